"""Logs, database and operations audit, search, rules and signed evidence: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="audit",
    title=Named(zh="审计服务", en="Audit"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter(
            "audit.instance-month",
            Named(zh="审计服务：实例", en="Audit: instances"),
            Named(zh="实例·月", en="instance·month"),
        ),
        Meter("audit.gb-month", Named(zh="审计服务：存储", en="Audit: storage"), Named(zh="GB·月", en="GB·month")),
    ),
    indicators=(
        Indicator("completeness", Named(zh="日志完整率", en="Logs not lost")),
        Indicator("timely-search", Named(zh="60 秒内可检索率", en="Logs searchable within 60 s")),
    ),
    objectives=(
        Objective(
            id="audit-completeness",
            service="audit",
            title=Named(zh="日志完整率", en="Logs not lost"),
            indicator="completeness",
            method="M6",
            target=Decimal("99.9"),
            ladder=(),
        ),
        Objective(
            id="audit-searchable",
            service="audit",
            title=Named(zh="60 秒内可检索率", en="Logs searchable within 60 s"),
            indicator="timely-search",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)

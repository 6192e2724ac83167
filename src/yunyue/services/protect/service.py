"""Web firewall, file integrity, anti-malware, intrusion blocking and bastion: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="protect",
    title=Named(zh="安全服务", en="Security protection"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter(
            "protect.host-month",
            Named(zh="安全服务：主机防护", en="Protection: hosts"),
            Named(zh="主机·月", en="host·month"),
        ),
        Meter(
            "protect.domain-month",
            Named(zh="安全服务：域名防护", en="Protection: domains"),
            Named(zh="域名·月", en="domain·month"),
        ),
    ),
    indicators=(
        Indicator("availability", Named(zh="防护可用性", en="Availability of protection")),
        Indicator("timely-alerts", Named(zh="5 分钟内告警率", en="Alerts within 5 minutes")),
    ),
    objectives=(
        Objective(
            id="protect-availability",
            service="protect",
            title=Named(zh="防护可用性", en="Availability of protection"),
            indicator="availability",
            method="M1",
            target=Decimal("99.9"),
            ladder=(),
        ),
        Objective(
            id="protect-alerts",
            service="protect",
            title=Named(zh="5 分钟内告警率", en="Alerts within 5 minutes"),
            indicator="timely-alerts",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)

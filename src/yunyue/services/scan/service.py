"""Host, web, port, TLS, image and baseline scans of proven assets: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="scan",
    title=Named(zh="安全检测", en="Security testing"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter(
            "scan.run", Named(zh="安全检测：单次检测", en="Security testing: single scans"), Named(zh="次", en="scan")
        ),
        Meter(
            "scan.domain-month",
            Named(zh="安全检测：域名持续检测", en="Security testing: domains, continuous"),
            Named(zh="域名·月", en="domain·month"),
        ),
    ),
    indicators=(
        Indicator("timely-reports", Named(zh="3 个工作日内出具报告率", en="Reports within 3 working days")),
        Indicator(
            "timely-notices", Named(zh="严重漏洞 24 小时内通报率", en="Critical findings notified within 24 hours")
        ),
        Indicator("timely-retests", Named(zh="2 个工作日内复测率", en="Retests within 2 working days")),
    ),
    objectives=(
        Objective(
            id="scan-reports",
            service="scan",
            title=Named(zh="3 个工作日内出具报告率", en="Reports within 3 working days"),
            indicator="timely-reports",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
        Objective(
            id="scan-notices",
            service="scan",
            title=Named(zh="严重漏洞 24 小时内通报率", en="Critical findings notified within 24 hours"),
            indicator="timely-notices",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
        Objective(
            id="scan-retests",
            service="scan",
            title=Named(zh="2 个工作日内复测率", en="Retests within 2 working days"),
            indicator="timely-retests",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)

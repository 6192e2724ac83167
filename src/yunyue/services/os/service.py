"""Hardened images, licences, a signed package repository and patches: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="os",
    title=Named(zh="商用操作系统套餐", en="Commercial operating system"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter("os.set-month", Named(zh="商用操作系统套餐", en="Hardened OS set"), Named(zh="套·月", en="set·month")),
    ),
    indicators=(
        Indicator("availability", Named(zh="软件仓库可用性", en="Repository availability")),
        Indicator("success", Named(zh="激活成功率", en="Activation success")),
        Indicator(
            "timely-patches", Named(zh="严重与高危补丁按时推送率", en="Critical and high patches pushed in time")
        ),
    ),
    objectives=(
        Objective(
            id="os-repository",
            service="os",
            title=Named(zh="软件仓库可用性", en="Repository availability"),
            indicator="availability",
            method="M1",
            target=Decimal("99.9"),
            ladder=(),
        ),
        Objective(
            id="os-activation",
            service="os",
            title=Named(zh="激活成功率", en="Activation success"),
            indicator="success",
            method="M6",
            target=Decimal("100"),
            ladder=(),
        ),
        Objective(
            id="os-patches",
            service="os",
            title=Named(zh="严重与高危补丁按时推送率", en="Critical and high patches pushed in time"),
            indicator="timely-patches",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)

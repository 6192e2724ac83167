"""Projects with quota, an image registry, deployment, scaling and logs: what can be ordered once it is ready."""

from decimal import Decimal

from yunyue.catalog import Entry, Indicator, Meter, NoParameters, NotAvailable, NotYet
from yunyue.contract.terms import Named, Objective

ENTRY = Entry(
    code="containers",
    title=Named(zh="容器服务", en="Containers"),
    parameters=NoParameters,
    actions=(),
    meters=(
        Meter(
            "containers.vcpu-month",
            Named(zh="容器服务:计算", en="Containers: processors"),
            Named(zh="vCPU·月", en="vCPU·month"),
        ),
        Meter(
            "containers.gib-month",
            Named(zh="容器服务:内存", en="Containers: memory"),
            Named(zh="GiB·月", en="GiB·month"),
        ),
    ),
    indicators=(
        Indicator("availability", Named(zh="容器服务可用性", en="Availability of containers")),
        Indicator("success", Named(zh="启动成功率", en="Start success")),
        Indicator("timely-replacement", Named(zh="失效副本 60 秒内替换率", en="Dead replicas replaced within 60 s")),
    ),
    objectives=(
        Objective(
            id="containers-availability",
            service="containers",
            title=Named(zh="容器服务可用性", en="Availability of containers"),
            indicator="availability",
            method="M1",
            target=Decimal("99.95"),
            ladder=(),
        ),
        Objective(
            id="containers-start",
            service="containers",
            title=Named(zh="启动成功率", en="Start success"),
            indicator="success",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
        Objective(
            id="containers-replacement",
            service="containers",
            title=Named(zh="失效副本 60 秒内替换率", en="Dead replicas replaced within 60 s"),
            indicator="timely-replacement",
            method="M6",
            target=Decimal("99"),
            ladder=(),
        ),
    ),
    state=NotAvailable(Named(zh="尚未提供", en="not yet available")),
)

service = NotYet(ENTRY)

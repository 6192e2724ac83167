"""What the catalogue says of containers."""

from decimal import Decimal
from typing import Final

from yunyue.catalog import Action, Entry, Indicator, Meter
from yunyue.contract.terms import Method, Named, Objective
from yunyue.services.containers.parameters import ProjectOrder

VCPU: Final = "containers.vcpu-month"
GIB: Final = "containers.gib-month"
VCPU_USED: Final = "containers.vcpu-used-month"
GIB_USED: Final = "containers.gib-used-month"
AVAILABILITY: Final = "availability"
SUCCESS: Final = "success"
TIMELY: Final = "timely-replacement"

_AVAILABLE = Named(zh="容器服务可用性", en="Availability of containers")
_STARTS = Named(zh="启动成功率", en="Start success")
_REPLACED = Named(zh="失效副本 60 秒内替换率", en="Dead replicas replaced within 60 s")
_VCPU_MONTH = Named(zh="vCPU·月", en="vCPU·month")
_GIB_MONTH = Named(zh="GiB·月", en="GiB·month")


def _objective(identifier: str, title: Named, indicator: str, rule: tuple[Method, str]) -> Objective:
    """Without a ladder: what a miss costs is the contract's to say (A15)."""
    method, target = rule
    return Objective(
        id=identifier,
        service="containers",
        title=title,
        indicator=indicator,
        method=method,
        target=Decimal(target),
        ladder=(),
    )


ENTRY: Final = Entry(
    code="containers",
    title=Named(zh="容器服务", en="Containers"),
    parameters=ProjectOrder,
    actions=(
        Action("pause", Named(zh="暂停", en="Pause")),
        Action("resume", Named(zh="恢复", en="Resume")),
    ),
    meters=(
        Meter(VCPU, Named(zh="容器服务：计算", en="Containers: processors"), _VCPU_MONTH),
        Meter(GIB, Named(zh="容器服务：内存", en="Containers: memory"), _GIB_MONTH),
        Meter(VCPU_USED, Named(zh="容器服务：实际计算", en="Containers: processors in use"), _VCPU_MONTH),
        Meter(GIB_USED, Named(zh="容器服务：实际内存", en="Containers: memory in use"), _GIB_MONTH),
    ),
    indicators=(Indicator(AVAILABILITY, _AVAILABLE), Indicator(SUCCESS, _STARTS), Indicator(TIMELY, _REPLACED)),
    objectives=(
        _objective("containers-availability", _AVAILABLE, AVAILABILITY, ("M1", "99.95")),
        _objective("containers-start", _STARTS, SUCCESS, ("M6", "99")),
        _objective("containers-replacement", _REPLACED, TIMELY, ("M6", "99")),
    ),
)

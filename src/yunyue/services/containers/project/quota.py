"""What a project's wishes add up to, against what was ordered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.objects import (
    Deployment,
    Job,
    Object,
    PersistentVolumeClaim,
    Service,
    StatefulSet,
)
from yunyue.services.containers.manifest.pod import Container
from yunyue.services.containers.manifest.quantity import milli, octets
from yunyue.services.containers.project.project import Quota

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Demand:
    """So much of everything."""

    milli: int = 0
    memory: int = 0
    storage: int = 0
    replicas: int = 0
    ports: int = 0

    def __add__(self, other: "Demand") -> "Demand":
        return Demand(
            self.milli + other.milli,
            self.memory + other.memory,
            self.storage + other.storage,
            self.replicas + other.replicas,
            self.ports + other.ports,
        )


def each(container: Container, count: int) -> Demand:
    """So many replicas of a container."""
    limits = container.resources.limits
    return Demand(milli=milli(limits["cpu"]) * count, memory=octets(limits["memory"]) * count, replicas=count)


def demand(one: Object) -> Demand:
    """What an object asks for at its full size."""
    match one:
        case Deployment():
            return each(one.spec.template.spec.container, one.spec.replicas)
        case StatefulSet():
            sizes = [octets(claim.spec.resources.requests["storage"]) for claim in one.spec.volume_claim_templates]
            whole = each(one.spec.template.spec.container, one.spec.replicas)
            return whole + Demand(storage=sum(sizes) * one.spec.replicas)
        case Job():
            return each(one.spec.template.spec.container, one.spec.parallelism)
        case PersistentVolumeClaim():
            return Demand(storage=octets(one.spec.resources.requests["storage"]))
        case Service():
            return Demand(ports=0 if one.spec.cluster_ip == "None" else len(one.spec.ports))
        case _:
            return Demand()


def exceeded(quota: Quota, wanted: Iterable[Demand]) -> Refused | None:
    """None when everything fits. Refused: what does not, how much is asked for and how much was ordered."""
    total = sum(wanted, start=Demand())
    over = (
        ("vcpu", f"{total.milli}m", f"{quota.milli}m", total.milli > quota.milli),
        ("memory", _mib(total.memory), _mib(quota.memory), total.memory > quota.memory),
        ("storage", _mib(total.storage), _mib(quota.storage), total.storage > quota.storage),
        ("replicas", str(total.replicas), str(quota.replicas), total.replicas > quota.replicas),
        ("ports", str(total.ports), str(quota.ports), total.ports > quota.ports),
    )
    for name, asked, ordered, is_over in over:
        if is_over:
            return Refused(f"the project would use {asked} of {name}; its quota is {ordered}", f"quota.{name}", "C37")
    return None


def _mib(size: int) -> str:
    return f"{-(-size // MIB)}Mi"

"""What the pages show of a project: how much of its quota is asked for, and what it used in the last hour."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from yunyue.doors.office import office
from yunyue.host.clock import BEIJING
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.metering.ledger import MINUTE, Ledger
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.quota import Demand, demand
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes
from yunyue.services.containers.registry.server import registry_at
from yunyue.sla.span import milliseconds

MINUTES: Final = 60
GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a quota. `used` and `most` in `unit`; `share` in percent."""

    title: Any
    used: str
    most: str
    unit: str
    share: int

    @property
    def tone(self) -> str:
        """good, or warn when little is left."""
        return "warn" if self.share >= 90 else "good"


def bars(project: Project) -> tuple[Bar, ...]:
    """What is asked for of each part of the quota."""
    store = Store(engine_folder(office().settings.home / "services"))
    wished = Wishes.of(Objects(store, project.order).all()).objects
    used, quota = sum((demand(one) for one in wished), start=Demand()), project.quota
    return (
        _bar(_("Processors"), used.milli / 1000, quota.milli / 1000, "vCPU"),
        _bar(_("Memory"), used.memory / GIB, quota.memory / GIB, "GiB"),
        _bar(_("Storage"), used.storage / GIB, quota.storage / GIB, "GiB"),
        _bar(_("Replicas"), used.replicas, quota.replicas, ""),
        _bar(_("Ports"), used.ports, quota.ports, ""),
    )


def _bar(title: str, used: float, most: float, unit: str) -> Bar:
    return Bar(title, f"{used:.4g}", f"{most:.4g}", unit, round(used * 100 / most) if most else 0)


def registry_address(home: Path) -> str:
    """Where images are pushed to, such as 127.0.0.1:5000; empty while no registry ever ran: looking makes nothing."""
    found = registry_at(engine_folder(home / "services"), lambda: milliseconds(office().clock.now()))
    return found.address if found is not None else ""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute's use on average. `at`: Beijing time; `vcpu`: processors."""

    at: datetime
    vcpu: float
    mib: float


def minutes(project: Project) -> tuple[Minute, ...]:
    """Each of the last sixty whole minutes for which there is a reading, oldest first."""
    end = milliseconds(office().clock.now()) // MINUTE * MINUTE
    ledger = Ledger(Store(engine_folder(office().settings.home / "services")))
    return tuple(
        Minute(
            at=datetime.fromtimestamp(minute / 1000, BEIJING),
            vcpu=round(cpu_ns / (MINUTE * 1e6), 3),
            mib=round(octet_ms / MINUTE / 2**20, 3),
        )
        for minute, cpu_ns, octet_ms in ledger.series(project.order, end - MINUTES * MINUTE, end)
    )


def course(project: Project, what: str) -> list[list[object]]:
    """The same as a chart's points: Beijing time, and processors or MiB."""
    return [[f"{one.at:%Y-%m-%d %H:%M:%S}", one.vcpu if what == "cpu" else one.mib, ""] for one in minutes(project)]

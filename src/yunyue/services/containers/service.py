"""Containers as a service (容器服务): each order is a project with a quota and a network of its own."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Entry, Host, Order, Result, Window, understand_parameters
from yunyue.host.log import logger
from yunyue.journal.facts import ServiceDelivered, ServiceResumed, ServiceRetired, ServiceSuspended
from yunyue.services import windows
from yunyue.services.containers import meter
from yunyue.services.containers.entry import ENTRY
from yunyue.services.containers.kubernetes.finding import unreachable
from yunyue.services.containers.kubernetes.keeper import ClusterKeeper
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.metering.sending import send
from yunyue.services.containers.metering.watching import EVERY_SECONDS, watch
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.podman.keeper import Keeper
from yunyue.services.containers.podman.places import FOLDER, Places
from yunyue.services.containers.podman.station import missing
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.sla.span import milliseconds

SEND_SECONDS: Final = 5.0
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Containers:
    """catalog.Service and catalog.Works for containers."""

    entry: Entry = ENTRY

    def provision(self, order: Order, host: Host) -> Result:
        """Make the project; usable at once. Refused: bad parameters, a name that is taken, no engine here."""
        wanted = understand_parameters(ProjectOrder, order.parameters, strict=False)
        if isinstance(wanted, Refused):
            return wanted
        lacking = missing() if wanted.engine == "podman" else unreachable(_folder(host))
        if lacking is not None:
            return lacking
        made = Project(
            order=order.id,
            contract=Path(host.folder).name,
            tenant=order.tenant,
            name=wanted.name or name_of(order.id),
            number=0,
            wanted=wanted,
            made=milliseconds(host.now()),
        )
        kept = _projects(host).add(made)
        if isinstance(kept, Refused):
            return kept
        _ring(host, order.id)
        return (ServiceDelivered(order=order.id),)

    def operate(self, instance: str, action: str, host: Host) -> Result:
        """pause (nothing runs, everything is kept) or resume. Refused: another action, already so."""
        found = _living(instance, host)
        if isinstance(found, Refused):
            return found
        if self.entry.action(action) is None:
            known = ", ".join(one.code for one in self.entry.actions)
            return Refused(f"there is no action {action!r}; known: {known}", "action", "C37")
        paused = action == "pause"
        if found.paused == paused:
            return Refused(f"the instance is {'paused' if paused else 'running'} already", "instance", "C37")
        _projects(host).put(msgspec.structs.replace(found, paused=paused))
        _ring(host, "")
        suspended = ServiceSuspended(order=instance, ground="client_request")
        return (suspended if paused else ServiceResumed(order=instance),)

    def meter(self, instance: str, window: Window, host: Host) -> Result:
        """See `containers.meter`."""
        found = _projects(host).find(instance)
        if isinstance(found, Refused):
            return found
        return meter.meter(instance, window, Ledger(_store(host)), milliseconds(host.now()))

    def indicate(self, instance: str, window: Window, host: Host) -> Result:
        """See `services.windows`."""
        found = _projects(host).find(instance)
        return found if isinstance(found, Refused) else windows.indicate(ENTRY, instance, window, host)

    def retire(self, instance: str, host: Host) -> Result:
        """End the project: replicas are drained, volumes destroyed. Retired again it answers the same."""
        found = _projects(host).find(instance)
        if isinstance(found, Refused):
            return found
        if not found.ended:
            _projects(host).put(msgspec.structs.replace(found, ended=milliseconds(host.now())))
            _ring(host, "")
        return (ServiceRetired(order=instance),)

    async def work(self, host: Host) -> None:
        """Until cancelled: keep the projects of the installation going, ask their endpoints, send samples."""
        async with asyncio.TaskGroup() as together:
            together.create_task(_lead(host))
            together.create_task(_lead_in_cluster(host))
            together.create_task(_send(host))


service = Containers()


def name_of(order: str) -> str:
    """A project's name made of an order's id."""
    plain = re.sub(r"[^a-z0-9]+", "-", order.lower()).strip("-")
    return f"p-{plain}"[:40].rstrip("-")


def keeper_of(host: Host) -> Keeper:
    """The keeper of the installation a host belongs to."""
    return Keeper(_folder(host), lambda: milliseconds(host.now()))


_leading: dict[tuple[int, Path], asyncio.Lock] = {}


@contextlib.asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """Contracts share one engine: the first that works leads, the next one takes over when it stops."""
    key = (id(asyncio.get_running_loop()), folder)
    async with _leading.setdefault(key, asyncio.Lock()):
        yield


async def _lead(host: Host) -> None:
    async with _alone(_folder(host)):
        keeper = keeper_of(host)
        watching = asyncio.create_task(_watch(keeper, host))
        try:
            await keeper.work()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def _lead_in_cluster(host: Host) -> None:
    async with _alone(_folder(host) / "cluster"):
        await ClusterKeeper(_folder(host), lambda: milliseconds(host.now())).work()


async def _watch(keeper: Keeper, host: Host) -> None:
    ledger = Ledger(keeper.store)
    while True:
        await host.sleep(EVERY_SECONDS)
        await asyncio.gather(*(watch(yard, ledger) for yard in keeper.yards.values()), return_exceptions=True)


async def _send(host: Host) -> None:
    contract = Path(host.folder).name
    while True:
        await host.sleep(SEND_SECONDS)
        await asyncio.to_thread(send, _store(host), contract, host)


def _folder(host: Host) -> Path:
    return Path(host.folder).parent / FOLDER


def _store(host: Host) -> Store:
    return Store(_folder(host))


def _projects(host: Host) -> Projects:
    return Projects(_store(host))


def _living(instance: str, host: Host) -> Project | Refused:
    found = _projects(host).find(instance)
    if isinstance(found, Project) and found.ended:
        return Refused("the instance is retired", "instance", "C37")
    return found


def _ring(host: Host, project: str) -> None:
    ring(Places(_folder(host)).run / "bell", project)

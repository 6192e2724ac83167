"""The engine on this machine as every door sees it: wishes go to the store and the bell is rung; answers come from it.

Any process may use it: the platform itself, a command line, the console. Only what runs now (logs, shells, ports) is
asked of podman directly, over its socket.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command, Follow, Line, Shell, Shown, Tunnel, Use
from yunyue.services.containers.kept import KeptEngine
from yunyue.services.containers.kinds import kind_named
from yunyue.services.containers.podman import listing, sessions
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.using import uses
from yunyue.services.containers.project.project import Project


class PodmanEngine(KeptEngine):
    """engine.Engine for the podman of one installation. `now`: ms."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        super().__init__(folder, now)
        self.places = Places(folder)

    def rang(self, project: Project) -> None:
        """KeptEngine: a datagram."""
        ring(self.places.run / "bell", project.order)

    def get(self, project: Project, kind: str = "", name: str = "") -> tuple[Shown, ...] | Refused:
        """Engine: objects as they stand."""
        wanted = kind_named(kind) if kind else ""
        if isinstance(wanted, Refused):
            return wanted
        found = listing.objects(self.store, self.places, project)
        chosen = tuple(one for one in found if wanted in ("", one.kind) and name in ("", one.name))
        return Refused(f"there is no {wanted or 'object'} {name}", "name", "C37") if name and not chosen else chosen

    def top(self, project: Project) -> tuple[Use, ...] | Refused:
        """Engine: what replicas use, measured over a moment."""
        return uses(self.store, self.places, project)

    async def logs(self, project: Project, replica: str, which: Follow) -> AsyncIterator[Line]:
        """Engine: lines of a replica."""
        row = listing.find_replica(self.store, project, replica)
        attempt = (row.attempt - which.previous) if row is not None else 0
        if attempt > 0:
            async for line in sessions.logs(
                self.places, self.places.container(project.number, replica, attempt), which
            ):
                yield line

    async def exec(self, project: Project, replica: str, command: Command) -> Shell | Refused:
        """Engine: a command in a replica."""
        row = listing.find_replica(self.store, project, replica)
        if row is None or not row.container:
            return Refused(f"there is no running replica {replica!r}", "replica", "C37")
        return await sessions.shell(self.places, row.container, command)

    async def forward(self, project: Project, target: str, port: int) -> Tunnel | Refused:
        """Engine: a connection."""
        address = listing.address_of(self.store, self.places, project, (target, port))
        return address if isinstance(address, Refused) else await sessions.tunnel(*address)

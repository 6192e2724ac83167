"""Opens what the service of one contract works with: its queue, its objects, the programs, the way to keys."""

from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.services.transcode.engine.binaries import find_binaries
from yunyue.services.transcode.jobs.database import open_database
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.services.transcode.keyspace import open_door
from yunyue.services.transcode.objects import open_objects
from yunyue.services.transcode.place import Place, this_machine
from yunyue.sla.span import milliseconds


@runtime_checkable
class Shared(Protocol):
    """A host that knows what several machines share."""

    @property
    def database(self) -> str:
        """ "sqlite", or the address of a PostgreSQL database."""
        ...

    @property
    def objects(self) -> str:
        """Where objects lie: "folder", another folder, or s3://…"""
        ...


_OPEN: Final[dict[str, Place]] = {}
"""One place for each folder: workers and doors of a process share the bell that wakes them."""


def place_of(host: Host) -> Place | Refused:
    """The place of the contract a host belongs to. Refused: no programs, a wrong setting, no database."""
    folder = Path(host.folder)
    known = _OPEN.get(str(folder))
    if known is None or not folder.exists():
        made = _made(host, folder)
        if isinstance(made, Refused):
            return made
        known = _OPEN[str(folder)] = made
    return known


def _made(host: Host, folder: Path) -> Place | Refused:
    engines = find_binaries()
    if isinstance(engines, Refused):
        return engines
    shared = host if isinstance(host, Shared) else None
    objects = open_objects(shared.objects if shared else "folder", folder / "objects")
    if isinstance(objects, Refused):
        return objects
    try:
        database = open_database(shared.database if shared else "sqlite", folder, folder.name)
    except QueueBroken as error:
        return Refused(f"the queue of jobs cannot be opened: {error}", "database", "C37")
    queue = Queue(database, lambda: milliseconds(host.now()))
    machine = this_machine()
    return Place(queue, objects, engines, folder, machine, open_door(folder), workers=max(1, machine.threads // 2))

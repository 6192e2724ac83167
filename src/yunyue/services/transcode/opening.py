"""Opens what the service of one contract works with: its queue, its objects, the programs, the way to keys."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.services.transcode.engine.binaries import find_binaries
from yunyue.services.transcode.jobs.database import open_database
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.queue import Clock, Queue
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


@runtime_checkable
class Chosen(Protocol):
    """A host that knows what the operator chose for films."""

    @property
    def transcode_workers(self) -> int:
        """Workers in this process; -1: as the machine allows."""
        ...

    @property
    def transcode_upload_days(self) -> int:
        """Days an unused film is kept; 0: for ever."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a place has its parts: a folder of this machine, a database and objects as the settings name them.

    `workers`: -1 for as many as the machine allows.
    """

    folder: Path
    database: str = "sqlite"
    objects: str = "folder"
    workers: int = -1
    upload_days: int = 30


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
    parts = Parts(folder)
    if isinstance(host, Shared):
        parts = replace(parts, database=host.database, objects=host.objects)
    if isinstance(host, Chosen):
        parts = replace(parts, workers=host.transcode_workers, upload_days=host.transcode_upload_days)
    return opened(parts, lambda: milliseconds(host.now()))


def opened(parts: Parts, now: Clock) -> Place | Refused:
    """A place; its contract is the folder's name. Refused: no programs, a wrong setting, no database."""
    engines = find_binaries()
    if isinstance(engines, Refused):
        return engines
    objects = open_objects(parts.objects, parts.folder / "objects")
    if isinstance(objects, Refused):
        return objects
    try:
        database = open_database(parts.database, parts.folder, parts.folder.name)
    except QueueBroken as error:
        return Refused(f"the queue of jobs cannot be opened: {error}", "database", "C37")
    machine = this_machine()
    workers = max(1, machine.threads // 2) if parts.workers < 0 else parts.workers
    return Place(
        Queue(database, now),
        objects,
        engines,
        parts.folder,
        machine,
        open_door(parts.folder),
        workers=workers,
        upload_days=parts.upload_days,
    )

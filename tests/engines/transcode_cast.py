"""A transcoding service under test: a place with its own queue and objects, and the host a contract would lend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from films import engines
from services_cast import START, TestHost
from workshop import MACHINE, SMALL

from yunyue.answer import Refused
from yunyue.catalog import Order
from yunyue.services.transcode.desk import Asked, Desk
from yunyue.services.transcode.jobs.database import Database, SqliteDatabase
from yunyue.services.transcode.jobs.job import ENDED, Job
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.services.transcode.jobs.worker import Worker
from yunyue.services.transcode.objects import Objects, open_objects
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.service import Transcode
from yunyue.sla.span import milliseconds

PATIENCE = 100.0


@dataclass
class Moved:
    """A clock in ms that tests move."""

    at: int = milliseconds(START)

    def __call__(self) -> int:
        return self.at


@dataclass
class KeyBox:
    """A key space: seals by adding a prefix. What the crypto service itself does is tested there."""

    given: list[bytes]

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        key = bytes([65 + len(self.given)]) * octets
        self.given.append(key)
        return key, f"vault:v1:{key.hex()}"

    def decrypt(self, ciphertext: str, bound: bytes = b"") -> bytes | Refused:
        if not ciphertext.startswith("vault:v1:"):
            return Refused("the key is gone", "key")
        return bytes.fromhex(ciphertext.removeprefix("vault:v1:"))


def place_at(
    folder: Path,
    database: Database | None = None,
    objects: Objects | None = None,
    clock: Moved | None = None,
    **more: object,
) -> Place:
    """A place with a queue in SQLite and objects in a folder, unless others are given."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = objects or open_objects("folder", folder / "objects")
    assert isinstance(opened, Objects)
    queue = Queue(database or SqliteDatabase(folder / "jobs.sqlite"), clock or Moved())
    return Place(queue, opened, engines(), folder, MACHINE, **more)  # type: ignore[arg-type] # fields of Place by name


def desk_at(place: Place, root: Path, tenant: str = "bureau", **parameters: object) -> Desk:
    """The desk of a tenant who has an order."""
    host = TestHost(root)
    host.folder = place.folder
    said = Transcode().provision(Order(f"order-{tenant}", "transcode", Decimal(1), tenant, parameters), host)
    assert not isinstance(said, Refused), said
    return Desk(place, host, tenant)


def uploaded(desk: Desk, path: Path) -> str:
    """A film handed in; the id of its upload."""
    made = desk.uploads.open(path.name, path.stat().st_size)
    assert not isinstance(made, Refused), made
    done = desk.uploads.append(made.id, 0, path.read_bytes())
    assert not isinstance(done, Refused), done
    return made.id


def submitted(desk: Desk, path: Path, **asked: object) -> Job:
    """A job of small sizes."""
    over = {"video": SMALL, "pictures": {"snapshots": 0, "sprite_seconds": 0}, **asked.pop("overrides", {})}  # type: ignore[dict-item] # overrides are a mapping
    job = desk.submit(Asked(upload=uploaded(desk, path), overrides=over, **asked))  # type: ignore[arg-type] # fields of Asked by name
    assert isinstance(job, Job), job
    return job


@contextmanager
def working(place: Place, count: int = 1) -> Iterator[Event]:
    """Workers in threads, for the length of a block."""
    stop = Event()
    threads = [Thread(target=Worker(place, Leases(place.queue)).run, args=(stop,)) for _ in range(count)]
    for one in threads:
        one.start()
    try:
        yield stop
    finally:
        stop.set()
        place.queue.ring()
        for one in threads:
            one.join()


def ended(desk: Desk, job: str) -> Job:
    """The job once it has ended; the wait looks at it again and again."""
    until, pause = monotonic() + PATIENCE, Event()
    while True:
        found = desk.job(job)
        assert isinstance(found, Job), found
        if found.state in ENDED:
            return found
        assert monotonic() < until, found
        pause.wait(0.02)


def begun(desk: Desk, job: str, doing: str = "") -> Job:
    """The job once it runs (and does what is named)."""
    until, pause = monotonic() + PATIENCE, Event()
    while True:
        found = desk.job(job)
        assert isinstance(found, Job), found
        assert found.state not in ENDED, found
        if found.state == "running" and (not doing or found.doing == doing):
            return found
        assert monotonic() < until, found
        pause.wait(0.02)


HOUR = timedelta(hours=1)

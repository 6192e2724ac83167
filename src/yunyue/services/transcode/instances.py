"""The orders of transcoding on this machine: one small file each, replaced as a whole and never half written."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import msgspec

from yunyue.answer import Refused
from yunyue.services.transcode.parameters import TranscodeOrder

_LOCK = RLock()


class Instance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order: for whom, with what, from when until when (ms; 0: it still runs). `paused`: no job is taken."""

    order: str
    tenant: str
    wanted: TranscodeOrder
    made: int
    ended: int = 0
    paused: bool = False


_DECODER = msgspec.json.Decoder(Instance)


class Instances:
    """The folder of instance files. Threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "instances"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def all(self) -> tuple[Instance, ...]:
        """Every instance, oldest first."""
        found = [_DECODER.decode(path.read_bytes()) for path in self._folder.glob("*.json")]
        return tuple(sorted(found, key=lambda one: (one.made, one.order)))

    def find(self, order: str) -> Instance | Refused:
        """The instance of that order."""
        try:
            return _DECODER.decode(self._path(order).read_bytes())
        except FileNotFoundError:
            return Refused(f"there is no instance of order {order!r}", "instance", "C37")

    def of_tenant(self, tenant: str) -> Instance | Refused:
        """The tenant's newest order that still runs: what a new job is billed to."""
        running = [one for one in self.all() if one.tenant == tenant and not one.ended]
        if not running:
            return Refused("no order of transcoding runs for this department; place one first", "tenant", "C37")
        return running[-1]

    def put(self, instance: Instance) -> None:
        """Keep it, durably."""
        with self._alone():
            path = self._path(instance.order)
            draft = path.with_suffix(".tmp")
            with draft.open("wb") as file:
                file.write(msgspec.json.encode(instance))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)

    def _path(self, order: str) -> Path:
        return self._folder / f"{hashlib.sha256(order.encode()).hexdigest()[:32]}.json"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with _LOCK, (self._folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

"""The instances of this service on this machine: one small file each, replaced as a whole and never half written."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Literal

import msgspec

from yunyue.answer import Refused
from yunyue.services.monitor.parameters import Probe

State = Literal["running", "paused", "retired"]

_ENCODER = msgspec.json.Encoder(order="sorted")
_LOCK = RLock()


class Instance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order's probe. Times in ms: `made` when provided, `since` when it last began to run, `ended` when retired.

    `incident`: the id of the one that is open, empty when all is well.
    """

    order: str
    tenant: str
    probe: Probe
    state: State
    made: int
    since: int
    ended: int | None = None
    incident: str = ""


_DECODER = msgspec.json.Decoder(Instance)


class Instances:
    """The folder of instance files. Threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "instances"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def version(self) -> int:
        """Changes whenever an instance is added or changed."""
        return self._folder.stat().st_mtime_ns

    def all(self) -> tuple[Instance, ...]:
        """Every instance, in the order of their ids."""
        found = [_DECODER.decode(path.read_bytes()) for path in self._folder.glob("*.json")]
        return tuple(sorted(found, key=lambda one: one.order))

    def find(self, order: str) -> Instance | Refused:
        """The instance of that order."""
        try:
            return _DECODER.decode(self._path(order).read_bytes())
        except FileNotFoundError:
            return Refused(f"there is no instance of order {order!r}", "instance", "C37")

    def add(self, instance: Instance) -> Instance | Refused:
        """Keep a new instance; the same order with the same probe again gives what is there."""
        with self._alone():
            found = self.find(instance.order)
            if isinstance(found, Refused):
                self._write(instance)
                return instance
        if found.state == "retired":
            return Refused(f"order {instance.order} was retired; place a new one", "order", "C37")
        if (found.probe, found.tenant) != (instance.probe, instance.tenant):
            return Refused(f"order {instance.order} is provided with other parameters", "parameters", "C37")
        return found

    def change(self, order: str, how: Callable[[Instance], Instance | Refused]) -> Instance | Refused:
        """Replace an instance by what `how` makes of it."""
        with self._alone():
            found = self.find(order)
            changed = found if isinstance(found, Refused) else how(found)
            if isinstance(changed, Instance) and changed != found:
                self._write(changed)
            return changed

    def _path(self, order: str) -> Path:
        return self._folder / f"{hashlib.sha256(order.encode()).hexdigest()[:32]}.json"

    def _write(self, instance: Instance) -> None:
        path = self._path(instance.order)
        fresh = path.with_suffix(".tmp")
        with fresh.open("wb") as file:
            file.write(_ENCODER.encode(instance))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with _LOCK, (self._folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

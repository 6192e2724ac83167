"""The key spaces that were ordered, in a file that can be read while the vault is sealed; nothing in it is secret."""

import os
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

FILE: Final = "instances.json"
_lock = Lock()


class Instance(msgspec.Struct, frozen=True):
    """One order: its mount, for whom, from when until when (milliseconds; 0: it still runs).

    `lives`: how long its keys lived, once they are destroyed and the vault no longer tells; see `Vault.lives`.
    """

    order: str
    tenant: str
    path: str
    identifier: str
    made: int
    ended: int = 0
    lives: list[list[tuple[int, int]]] = []


class Instances:
    """Those of one contract."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def all(self) -> dict[str, Instance]:
        """Every instance by its order."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Instance])
        except FileNotFoundError:
            return {}

    def put(self, instance: Instance) -> None:
        """Keep it, durably."""
        with _lock:
            content = msgspec.json.encode({**self.all(), instance.order: instance})
            draft = self._path.with_suffix(f".{os.getpid()}.tmp")
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._path)

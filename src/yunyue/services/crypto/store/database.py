"""A database as the vault needs it: whole transactions, durable when they end, and a number that tells of changes."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

FINGERPRINTED = "half migrated or changed by someone; bring it back from a backup"


@dataclass(frozen=True, slots=True)
class Tables:
    """What lies in a database: a name, a mark, the version, how to make it, and how to come from version to version.

    `upgrades` by the version they lead away from; each runs whole or not at all.
    """

    name: str
    mark: int
    version: int
    sqlite: tuple[str, ...]
    postgres: tuple[str, ...]
    sqlite_upgrades: dict[int, tuple[str, ...]] = field(default_factory=dict)
    postgres_upgrades: dict[int, tuple[str, ...]] = field(default_factory=dict)


class Found(Protocol):
    """What a statement found."""

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """The rest."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Executor(Protocol):
    """Runs statements with ? for what is filled in."""

    def execute(self, sql: str, given: Sequence[Any] = (), /) -> Found:
        """One statement."""
        ...

    def executemany(self, sql: str, given: Sequence[Sequence[Any]], /) -> object:
        """One statement for each."""
        ...


class Database(Protocol):
    """One store. Any number of threads of this process may use it; other processes may have it open too."""

    def using(self) -> AbstractContextManager[Executor]:
        """For single statements. Raises StorageFailed."""
        ...

    def transaction(self) -> AbstractContextManager[Executor]:
        """All that is run inside stays, durably, or none of it. May be nested; the outermost decides."""
        ...

    def generation(self) -> int:
        """A number that changes when another process has changed something."""
        ...

    def close(self) -> None:
        """Give it back; a second time does nothing."""
        ...

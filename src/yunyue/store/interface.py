"""What a journal on disk does, whichever database holds it, and how it says no."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact, Recorded


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the sequence number of each fact given, in order, and how many of them were new.

    A fact that was already there, equal in every byte, keeps its old number and is not stored again.
    """

    sequences: tuple[int, ...]
    new: int


@dataclass(frozen=True, slots=True)
class Head:
    """The journal's state: how many leaves, and the RFC 9162 root over them."""

    size: int
    root: bytes


class Journal(Protocol):
    """An append-only, ordered list of facts with a Merkle tree over it.

    Everything of one `append` is stored or nothing is; it is acknowledged only once it would survive a crash.
    """

    @property
    def origin(self) -> str:
        """The name under which checkpoints are signed, such as "yunyue.local/journal"."""
        ...

    def append(self, facts: Sequence[Fact], now: datetime) -> Appended | Refused:
        """Take facts in at `now`, cut to whole milliseconds (never earlier than the last one taken in).

        Refused, and nothing changed: an id that is there with other bytes; a fact over 65,535 bytes or one that does
        not read back as it was given; a full disk; another process that keeps the journal busy. Raises StorageFailed
        (a JournalBroken) when the disk fails otherwise, ValueError for a `now` without a zone.
        """
        ...

    def head(self) -> Head:
        """The durable state."""
        ...

    def head_at(self, size: int) -> Head:
        """The state when the journal had `size` leaves. Raises ValueError past the end."""
        ...

    def size_at(self, moment: datetime) -> int:
        """How many leaves had been taken in by `moment`; what was known then is this prefix of the journal."""
        ...

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The canonical bytes of leaves start ≤ i < stop."""
        ...

    def read(self, start: int = 0, stop: int | None = None, subject: str | None = None) -> Iterator[Recorded]:
        """Facts in order, perhaps of one contract only."""
        ...

    def find(self, identifier: str) -> Recorded | None:
        """The fact of that id."""
        ...

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree `index` of height `level` (level 0: a leaf hash).

        Raises BrokenTree when the journal holds no such complete subtree.
        """
        ...

    def close(self) -> None:
        """Give the files back."""
        ...

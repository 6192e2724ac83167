"""What the journal does the same way in every database: reading in pages, finding, and computing hashes of its tree.

A store gives a few primitive reads; nothing here writes. Records never change, so pages need no common transaction.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact, Recorded
from yunyue.journal.envelope import read as read_leaf
from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import subtree_root
from yunyue.journal.tree import leaf_hash, root_of
from yunyue.store.admission import Row, State, may_be_key, milliseconds
from yunyue.store.errors import JournalBroken
from yunyue.store.growth import LEVELS_A_TILE
from yunyue.store.interface import Appended, Head

PAGE = 1_024
"""Records read at a time: some hundred kilobytes."""


class StoredJournal(ABC):
    """A Journal (store/interface) that reads through the primitives below."""

    _seen = 0
    """The largest size read so far; the journal only grows."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """See Journal.origin."""

    @abstractmethod
    def append(self, facts: Sequence[Fact], now: datetime) -> Appended | Refused:
        """See Journal.append."""

    @abstractmethod
    def adopt(self, leaves: Iterator[bytes], expected: Head) -> Head | Refused:
        """Takes over another journal's leaves, if this one is empty and they give `expected`; all or nothing."""

    @abstractmethod
    def close(self) -> None:
        """See Journal.close."""

    @abstractmethod
    def state(self) -> State:
        """The durable state."""

    @abstractmethod
    def _page(self, start: int, stop: int, subject: str | None) -> list[tuple[int, bytes]]:
        """Sequence and bytes of the first PAGE records in start <= sequence < stop, of one subject or of all."""

    @abstractmethod
    def _recorded(self, sequence: int) -> int:
        """When the record was taken in, in milliseconds."""

    @abstractmethod
    def _find(self, identifier: str) -> tuple[int, bytes] | None:
        """Sequence and bytes of the record of that id."""

    @abstractmethod
    def find_sequence(self, identifier: str) -> int | None:
        """The number that looking an id up gives."""

    @abstractmethod
    def rows(self, start: int, stop: int) -> list[Row]:
        """Everything stored of the first PAGE records in start <= sequence < stop."""

    @abstractmethod
    def self_check(self) -> list[str]:
        """What the database itself finds wrong with its files and with the guards of the journal."""

    @abstractmethod
    def kept_nodes(self, level: int, start: int, stop: int) -> list[bytes]:
        """The hashes kept on disk (level 8, 16, ...; see store/growth) with start <= index < stop, in order."""

    def head(self) -> Head:
        """The durable state."""
        frontier = self.state().frontier
        return Head(frontier.size, frontier.root())

    def head_at(self, size: int) -> Head:
        """The state when the journal had `size` leaves. Raises ValueError past the end."""
        self._require_within(size)
        return Head(size, subtree_root(0, size, self.node) if size else root_of(()))

    def size_at(self, moment: datetime) -> int:
        """How many leaves had been taken in by `moment`: what was known then is this prefix."""
        return bisect_right(range(self.state().frontier.size), milliseconds(moment), key=self._recorded)

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The canonical bytes of leaves start <= i < stop."""
        return (leaf for _, leaf in self._rows(start, stop, None))

    def read(self, start: int = 0, stop: int | None = None, subject: str | None = None) -> Iterator[Recorded]:
        """Facts in order, perhaps of one contract only."""
        return (read_leaf(leaf, sequence) for sequence, leaf in self._rows(start, stop, subject))

    def find(self, identifier: str) -> Recorded | None:
        """The fact of that id."""
        found = self._find(identifier) if may_be_key(identifier) else None
        return None if found is None else read_leaf(found[1], found[0])

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree `index` of height `level` (level 0: a leaf hash).

        Raises BrokenTree when the journal has no such complete subtree.
        """
        if not (0 <= level < 64 and index >= 0) or (index + 1) << level > self._at_least((index + 1) << level):
            raise BrokenTree(f"node {index} of level {level}: not complete in this journal")
        kept, above = level - level % LEVELS_A_TILE, level % LEVELS_A_TILE
        start, stop = index << above, (index + 1) << above
        if kept:
            row = self.kept_nodes(kept, start, stop)
        else:
            row = [leaf_hash(leaf) for _, leaf in self._page(start, stop, None)]
        if len(row) != stop - start:
            raise JournalBroken(f"node {index} of level {level}: only {len(row)} of {stop - start} hashes are stored")
        return root_of(row)

    def _at_least(self, wanted: int) -> int:
        """A size the journal has, if it can be `wanted` or more; asked of the database only when it must have grown."""
        if wanted > self._seen:
            self._seen = self.state().frontier.size
        return self._seen

    def _rows(self, start: int, stop: int | None, subject: str | None) -> Iterator[tuple[int, bytes]]:
        """Rows up to the end as it is now, page by page."""
        size = self.state().frontier.size
        end = size if stop is None else min(stop, size)
        if subject is not None and not may_be_key(subject):
            return
        while start < end and (page := self._page(start, end, subject)):
            yield from page
            start = page[-1][0] + 1

    def _require_within(self, size: int) -> None:
        end = self.state().frontier.size
        if not 0 <= size <= end:
            raise ValueError(f"the journal has {end} leaves, not {size}")

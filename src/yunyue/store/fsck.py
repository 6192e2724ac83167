"""Re-reads and re-proves everything stored. Proofs only look at the path they walk; this looks at every byte.

It changes nothing. What it finds are values, each with its place and with what to do about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from yunyue.journal.errors import NotCanonical
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.store.admission import Row, State
from yunyue.store.adoption import row_of
from yunyue.store.errors import JournalBroken
from yunyue.store.fault import Fault, Report
from yunyue.store.fsck_published import RESTORE, check_published
from yunyue.store.growth import KeptNode, grow
from yunyue.store.interface import Head
from yunyue.store.publish import ReadCheckpoint
from yunyue.store.stored import StoredJournal

COLUMNS = ("sequence", "id", "subject", "type", "recorded", "leaf")


def fsck(journal: StoredJournal, directory: Path | None, read: ReadCheckpoint) -> Report:
    """Checks the journal, and the tiles and signed heads published in `directory` unless that is None."""
    leaves = check_leaves(journal)
    if directory is None or not directory.is_dir():
        return leaves
    published = check_published(journal, directory, read, altered=bool(leaves.faults))
    return Report(leaves.head, published.tiles, published.heads, (*leaves.faults, *published.faults))


def check_leaves(journal: StoredJournal) -> Report:
    """Checks the journal alone: every leaf, every kept hash, the state and the database's own guards."""
    leaves = _Leaves(journal)
    faults = tuple(leaves.faults())
    return Report(Head(leaves.frontier.size, leaves.frontier.root()), 0, 0, faults)


@dataclass
class _Leaves:
    """One pass over all leaves, with what it must remember on the way."""

    journal: StoredJournal
    frontier: Frontier = Frontier()  # noqa: RUF009 - a frozen value
    recorded: int = 0

    def faults(self) -> Iterator[Fault]:
        """Every fault of the leaves, the kept nodes and the state."""
        try:
            for broken in self.journal.self_check():
                yield Fault("database", broken, RESTORE)
            state = self.journal.state()
            yield from self._against(state)
        except JournalBroken as broken:
            yield Fault(f"after leaf {self.frontier.size - 1}", str(broken), RESTORE)

    def _against(self, state: State) -> Iterator[Fault]:
        ids: set[str] = set()
        while self.frontier.size < state.frontier.size:
            rows = self.journal.rows(self.frontier.size, state.frontier.size)
            whole = [row for at, row in enumerate(rows, self.frontier.size) if row[0] == at]
            for row in whole:
                yield from self._row(row, ids)
            growth = grow(self.frontier, [leaf_hash(row[5]) for row in whole])
            yield from self._nodes(growth.nodes)
            self.frontier = growth.frontier
            if len(whole) < len(rows) or not rows:
                yield Fault(f"leaf {self.frontier.size}", "missing; what follows could not be checked", RESTORE)
                return
        yield from self._end(state)

    def _row(self, row: Row, ids: set[str]) -> Iterator[Fault]:
        place = f"leaf {row[0]}"
        try:
            for name, is_, should in zip(COLUMNS, row, row_of(row[5], row[0]), strict=True):
                if is_ != should:
                    yield Fault(place, f"column {name} says {is_!r}, the record {should!r}", RESTORE)
        except NotCanonical as broken:
            yield Fault(place, str(broken), RESTORE)
        if row[1] in ids:
            yield Fault(place, f"the id {row[1]!r} is there twice", RESTORE)
        if row[4] < self.recorded:
            yield Fault(place, "recorded before the one before it", RESTORE)
        found = self.journal.find_sequence(row[1])
        if found != row[0]:
            yield Fault(place, f"looking its id up gives {found}", RESTORE)
        ids.add(row[1])
        self.recorded = max(self.recorded, row[4])

    def _nodes(self, nodes: Sequence[KeptNode]) -> Iterator[Fault]:
        for level, group in groupby(nodes, key=lambda node: node[0]):
            computed = [(index, hash_) for _, index, hash_ in group]
            kept = self.journal.kept_nodes(level, computed[0][0], computed[-1][0] + 1)
            if kept != [hash_ for _, hash_ in computed]:
                yield from self._each_node(level, computed)

    def _each_node(self, level: int, computed: list[tuple[int, bytes]]) -> Iterator[Fault]:
        for index, hash_ in computed:
            if self.journal.kept_nodes(level, index, index + 1) != [hash_]:
                place = f"leaves {index << level} to {((index + 1) << level) - 1}"
                yield Fault(place, f"they do not give the hash kept of them at level {level}", RESTORE)

    def _end(self, state: State) -> Iterator[Fault]:
        size = self.frontier.size
        if self.frontier != state.frontier:
            yield Fault("state", f"the leaves do not give the kept frontier over {size} leaves", RESTORE)
        if self.recorded != state.recorded:
            yield Fault("state", f"says {state.recorded} was the last time, the leaves say {self.recorded}", RESTORE)
        if self.journal.rows(size, 1 << 62):
            yield Fault(f"leaf {size}", "is there, and the state does not know of it", RESTORE)
        for level in range(8, 64, 8):
            if self.journal.kept_nodes(level, size >> level, 1 << 62):
                yield Fault("nodes", f"a hash at level {level} is kept for leaves that are not there", RESTORE)


__all__ = ["Fault", "Report", "check_leaves", "fsck"]

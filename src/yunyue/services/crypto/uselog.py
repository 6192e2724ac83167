"""The use log: who used which key for what, written to disk before the answer leaves, and never what was encrypted.

Each record is also a leaf of a tree (RFC 9162): whoever kept an earlier head can prove that nothing was taken out. A
record holds HMACs of request and answer, so that a copy of either can later be matched to it. Old records are sealed
in files that never change; the tree goes on over both.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from yunyue.journal.proofs import inclusion_proof, nodes_over
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.services.crypto.store.database import Database, Found
from yunyue.services.crypto.store.sqlite import SqliteDatabase
from yunyue.services.crypto.store.tables import USES
from yunyue.services.crypto.uses.proof import UseProof, leaf_of
from yunyue.services.crypto.uses.record import PARTLY, Counted, Use
from yunyue.services.crypto.uses.segments import Segment, Segments, sealed
from yunyue.services.crypto.uses.shelf import Folder, Rows

__all__ = ["Counted", "Use", "UseLog", "leaf_of", "sealed"]
APPLICATION_ID: Final = USES.mark
VERSION: Final = USES.version
AT_ONCE: Final = 10_000
SEGMENT_ROWS: Final = 65_536
MULTIPLE: Final = 256
OLD_MS: Final = 24 * 3_600_000
_NEVER: Final = 2**62
"""No record has this number."""
_INSERT: Final = "INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class UseLog:
    """One log. Any number of threads of this process may use it; other processes may append too.

    Given a path, a file with its sealed segments in the folder "uses" beside it; given a database, both in there.
    """

    def __init__(self, place: Path | Database) -> None:
        self._database: Database = SqliteDatabase(place, USES) if isinstance(place, Path) else place
        self._files = Segments(Folder(place.parent / "uses") if isinstance(place, Path) else Rows(self._database))

    def append(self, uses: Sequence[Use]) -> None:
        """Write them, in one transaction; they are on disk when this returns. Raises StorageFailed when not."""
        with self._database.transaction() as connection:
            frontier = Frontier.from_bytes(connection.execute("SELECT frontier FROM head").fetchone()[0])
            rows = [(frontier.size + index, *use) for index, use in enumerate(uses)]
            connection.executemany(_INSERT, rows)
            grown = frontier.extend([leaf_hash(leaf_of(row)) for row in rows])
            connection.execute("UPDATE head SET frontier = ?", (grown.to_bytes(),))

    def check(self) -> None:
        """That a record could be written now, as far as anybody can know beforehand. Raises StorageFailed."""
        with self._database.transaction() as connection:
            # Written and taken back: it finds room for a record; the head's commit finds whether the disk takes it.
            connection.execute("SAVEPOINT tried")
            connection.execute(_INSERT, (_NEVER, 0, "", "", 0, "", 0, "", 0, 0, b"", b""))
            connection.execute("ROLLBACK TO tried")
            connection.execute("UPDATE head SET frontier = frontier")

    def head(self) -> tuple[int, bytes]:
        """How many records there are, and the root of their tree."""
        with self._database.using() as connection:
            frontier = Frontier.from_bytes(connection.execute("SELECT frontier FROM head").fetchone()[0])
        return frontier.size, frontier.root()

    def read(self, start: int, stop: int) -> list[tuple[int, Use]]:
        """The records from number `start` up to `stop`, with their numbers."""
        found = [one for segment in self._overlapping(start, stop) for one in segment if start <= one[0] < stop]
        sql = "SELECT * FROM uses WHERE sequence >= ? AND sequence < ? ORDER BY sequence"
        with self._database.using() as connection:
            return found + [(row[0], Use(*row[1:])) for row in connection.execute(sql, (start, stop))]

    def counted(self, space: str, start: int, end: int) -> Counted:
        """What a space used between two moments (milliseconds), `end` not included.

        Good: a status below 400, or a batch of which some items were done.
        """
        sql = (
            "SELECT count(*), count(CASE WHEN status < 400 OR substr(operation, length(operation) - ?) = ? THEN 1 END)"
            " FROM uses WHERE space = ? AND at >= ? AND at < ?"
        )
        marked = (len(PARTLY) - 1, PARTLY)
        with self._database.using() as connection:
            counted = Counted(*connection.execute(sql, (*marked, space, start, end)).fetchone())
            inside = "SELECT * FROM segments WHERE ended >= ? AND began < ?"
            segments = self._sealed(connection.execute(inside, (start, end)))
        for segment in segments:
            counted = counted.plus(self._files.counted(segment, space, start, end))
        return counted

    def of_space(self, space: str, start: int, limit: int) -> list[tuple[int, Use]]:
        """A space's records from number `start`, at most `limit`, with their numbers."""
        found: list[tuple[int, Use]] = []
        for records in self._overlapping(start, 2**62):
            found += [one for one in records if one[0] >= start and one[1].space == space]
            if len(found) >= limit:
                return found[:limit]
        # The expression keeps the index by time out of it: the new records lie together at the end of the table.
        sql = "SELECT * FROM uses WHERE sequence >= ? AND space || '' = ? ORDER BY sequence LIMIT ?"
        with self._database.using() as connection:
            rows = connection.execute(sql, (start, space, limit - len(found)))
            return found + [(row[0], Use(*row[1:])) for row in rows]

    def forwarded(self, space: str) -> tuple[int, int]:
        """From which record on a space's uses were not sent to the series yet, and how many were."""
        sql = "SELECT sequence, ordinal FROM forwarded WHERE space = ?"
        with self._database.using() as connection:
            row = connection.execute(sql, (space,)).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def set_forwarded(self, space: str, sequence: int, ordinal: int) -> None:
        """Remember how far a space's uses were sent."""
        sql = (
            "INSERT INTO forwarded VALUES (?, ?, ?) ON CONFLICT (space) DO UPDATE SET"
            " sequence = excluded.sequence, ordinal = excluded.ordinal"
        )
        with self._database.transaction() as connection:
            connection.execute(sql, (space, sequence, ordinal))

    def segments(self) -> tuple[Segment, ...]:
        """Every sealed segment, oldest first."""
        with self._database.using() as connection:
            return self._sealed(connection.execute("SELECT * FROM segments ORDER BY first"))

    def seal(self, now: int, *, force: bool = False) -> tuple[Segment, ...]:
        """Seal what fills a segment or is a day old at `now` (milliseconds); with `force` all. Raises StorageFailed."""
        made: list[Segment] = []
        while rows := self._due(now, force=force):
            segment, content = sealed([(row[0], Use(*row[1:])) for row in rows])
            with self._database.transaction() as connection:
                if connection.execute("SELECT min(sequence) FROM uses").fetchone()[0] != segment.first:
                    continue  # another process sealed them meanwhile
                self._files.keep(segment, content, self.segments())
                connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?)", tuple(segment))
                connection.execute("DELETE FROM uses WHERE sequence < ?", (segment.first + segment.rows,))
            made.append(segment)
        return tuple(made)

    def proof(self, number: int) -> UseProof | None:
        """That a record is under the log's present head, checked without the log; None when there is no such record."""
        size, root = self.head()
        found = self.read(number, number + 1)
        if not found or not 0 <= number < size:
            return None
        nodes = nodes_over([leaf_hash(leaf_of((index, *use))) for index, use in self._all(size)])
        return UseProof(number, found[0][1], size, tuple(inclusion_proof(number, size, nodes)), root)

    def faults(self) -> list[str]:
        """What is wrong with the log: reads all of it again and compares with its head."""
        size, root = self.head()
        frontier, leaves = Frontier(), [leaf_hash(leaf_of((number, *use))) for number, use in self._all(size)]
        frontier = frontier.extend(leaves)
        wrong = [] if (frontier.size, frontier.root()) == (size, root) else ["the records do not give the log's head"]
        return wrong + [fault for one in self.segments() if (fault := self._files.fault(one))]

    def close(self) -> None:
        """Give it back."""
        self._database.close()

    def _all(self, size: int) -> Iterator[tuple[int, Use]]:
        for start in range(0, size, AT_ONCE):
            yield from self.read(start, min(start + AT_ONCE, size))

    def _due(self, now: int, *, force: bool) -> list[tuple[Any, ...]]:
        """The oldest records that fill a segment, or all that are old enough."""
        with self._database.using() as connection:
            first, last, oldest = connection.execute(
                "SELECT min(sequence), max(sequence), min(at) FROM uses"
            ).fetchone()
            count = 0 if first is None else min(last - first + 1, SEGMENT_ROWS)
            if not force:
                old = count and now - oldest >= OLD_MS
                count = count - count % MULTIPLE if old or count == SEGMENT_ROWS else 0
            return connection.execute("SELECT * FROM uses ORDER BY sequence LIMIT ?", (count,)).fetchall()

    def _overlapping(self, start: int, stop: int) -> Iterator[list[tuple[int, Use]]]:
        """The records of each segment that holds some of these numbers."""
        for segment in self.segments():
            if segment.first < stop and segment.first + segment.rows > start:
                yield self._files.read(segment)

    @staticmethod
    def _sealed(rows: Found) -> tuple[Segment, ...]:
        return tuple(Segment(*row) for row in rows)

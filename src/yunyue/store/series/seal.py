"""Sealing: the oldest rows of the tail become a file that never changes, and its digest becomes a fact.

Write to a temporary name, fsync, rename, fsync the folder, put it into the bucket if there is one, then one commit
that enters the file in the manifest and deletes its rows from the tail. Whatever step a crash follows, the rows are
still in the tail or already in the manifest, and sealing again removes what was left behind.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from yunyue.store.series import parquet
from yunyue.store.series.errors import SeriesDamaged
from yunyue.store.series.shelf import Shelf
from yunyue.store.series.tail import Limits, Segment, Tail, sealed_up_to
from yunyue.store.tail import only_one, sync_folder

Step = Literal["written", "renamed", "folder synced", "published", "entered"]
Row = tuple[Any, ...]


def nothing(step: Step) -> None:
    """What happens after a step in ordinary life; the crash tests put their abort here."""


class Sealer:
    """Seals the tail of the series in `folder`; `after` is called when a step is done."""

    def __init__(
        self,
        folder: Path,
        tail: Tail,
        limits: Limits,
        after: Callable[[Step], None] = nothing,
        shelf: Shelf | None = None,
    ) -> None:
        self._folder = folder
        self._shelf = shelf or Shelf(folder)
        self._tail = tail
        self._limits = limits
        self._after = after

    def seal(self, now: int, *, force: bool) -> tuple[Segment, ...]:
        """Seal what is due at `now` (ms), with `force` everything. While another process seals: nothing.

        Raises SeriesDamaged when the disk did not confirm a write; nothing is lost, and nobody should write on.
        """
        sealed: list[Segment] = []
        with only_one(self._folder / "seal.lock") as mine:
            if mine:
                self._clear()
                self._tail.shorten()
            while mine and (rows := self._due(now, force)):
                sealed.append(self._seal(rows))
        return tuple(sealed)

    def _due(self, now: int, force: bool) -> list[Row]:
        """The oldest rows that fill a segment, or all that are old enough."""
        with self._tail.transaction("DEFERRED") as db:
            count, oldest = db.execute("SELECT count(*), min(ts) FROM tail").fetchone()
            old = count and now - oldest >= self._limits.age_ms
            size = min(count, self._limits.rows)
            if not force:
                due = size == self._limits.rows or old
                size = size - size % self._limits.multiple if due else 0
            return db.execute("SELECT * FROM tail ORDER BY position LIMIT ?", (size,)).fetchall()

    def _seal(self, rows: list[Row]) -> Segment:
        times = [row[3] for row in rows]
        temporary = self._folder / f"seg-{rows[0][0]}-{len(rows)}.tmp"
        try:
            parquet.write(rows, temporary)
            segment = Segment(rows[0][0], len(rows), min(times), max(times), parquet.digest(temporary))
            self._after("written")
            temporary.rename(self._folder / f"{segment.name}.parquet")
            self._after("renamed")
            sync_folder(self._folder)
            self._after("folder synced")
            self._shelf.publish(segment)
            self._after("published")
            self._enter(segment)
            self._after("entered")
        except (OSError, sqlite3.OperationalError) as error:
            temporary.unlink(missing_ok=True)
            raise SeriesDamaged(f"{temporary.stem} could not be made durable: {error}") from error
        return segment

    def _enter(self, segment: Segment) -> None:
        line = (segment.first, segment.rows, segment.start, segment.stop, segment.digest)
        with self._tail.transaction() as db:
            if segment.first != sealed_up_to(db):
                raise SeriesDamaged(f"{segment.name} does not follow the last segment")
            db.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?)", line)
            gone = db.execute("DELETE FROM tail WHERE position < ?", (segment.first + segment.rows,))
            if gone.rowcount != segment.rows:
                raise SeriesDamaged(f"{segment.name} holds {segment.rows} rows, the tail lost {gone.rowcount}")

    def _clear(self) -> None:
        """Remove what an interrupted sealing left behind: files that no manifest line names.

        A whole file goes only if the tail still holds every row of it. Otherwise the manifest was lost or changed:
        raises SeriesDamaged and touches nothing.
        """
        known = {f"{one.name}.parquet" for one in self._tail.segments()}
        for path in sorted(self._folder.glob("seg-*.parquet")):
            if path.name in known:
                continue
            if not self._still_in_tail(path):
                raise SeriesDamaged(f"{path.name} is in no manifest, and the tail does not hold its rows")
            path.unlink()
        for path in self._folder.glob("seg-*.tmp"):
            path.unlink()

    def _still_in_tail(self, path: Path) -> bool:
        first, count = (int(part) for part in path.stem.split("-")[1:])
        with self._tail.transaction("DEFERRED") as db:
            query = "SELECT * FROM tail WHERE position >= ? AND position < ? ORDER BY position"
            rows = db.execute(query, (first, first + count)).fetchall()
        return len(rows) == count and parquet.holds(path, rows)

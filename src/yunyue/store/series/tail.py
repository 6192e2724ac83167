"""The hot tail: samples in SQLite, durable before they are acknowledged, until they are sealed into a file.

One commit holds the samples and the producer's high-water mark, so a batch that is sent again after a crash is
recognised. See `store.tail` for what all sealed series share.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.catalog.sample import Sample
from yunyue.store.tail import SEGMENTS, Stretch, TailFile

SCHEMA: Final = f"""{SEGMENTS}
CREATE TABLE IF NOT EXISTS tail (
  position INTEGER PRIMARY KEY, instance TEXT NOT NULL, indicator TEXT NOT NULL, ts INTEGER NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)), error TEXT NOT NULL, latency_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS producers (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, next INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pruned (
  first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, digest TEXT NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS archives (name TEXT PRIMARY KEY) STRICT;
"""
_SEGMENTS = "SELECT first, rows, start, stop, digest FROM segments ORDER BY first"
_PRUNED = "SELECT first, rows, start, stop, digest FROM pruned ORDER BY first"
_UP_TO = """
SELECT coalesce(max(stop), 0)
FROM (SELECT first + rows AS stop FROM segments UNION ALL SELECT first + rows FROM pruned)
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """When the tail is sealed: at so many rows, or when its oldest row is so old (ms of sample time).

    Rows of the tail are as durable and as visible as sealed ones; sealing later only delays their digest. Two hours
    keep a day's window at a dozen digests, where a minute would fill a fact to its limit.
    """

    rows: int = 100_000
    age_ms: int = 7_200_000
    multiple: int = 256


class Segment(Stretch):
    """A sealed file of samples."""

    __slots__ = ()
    prefix = "seg"


class Tail(TailFile):
    """The database of one series of samples."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)

    def append(self, samples: Sequence[Sample], producer: str, epoch: int, seq: int) -> int | Refused:
        """See `SampleSink.append`."""
        try:
            with self.transaction() as db:
                known = _high_water(db, producer, epoch)
                if isinstance(known, Refused):
                    return known
                if seq > known:
                    return Refused(f"{producer} left out numbers {known} to {seq - 1}", "seq")
                new = samples[known - seq :]
                _insert(db, new)
                db.execute("INSERT OR REPLACE INTO producers VALUES (?, ?, ?)", (producer, epoch, known + len(new)))
                return len(new)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                return Refused("the disk is full; nothing of this batch was stored", "samples")
            raise

    def shorten(self) -> None:
        """Give the disk back what the write-ahead file no longer needs, as far as readers and a full disk allow."""
        with self._lock, suppress(sqlite3.OperationalError):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def segments(self) -> tuple[Segment, ...]:
        """The manifest, in order of position."""
        with self.transaction("DEFERRED") as db:
            return manifest(db)

    def pruned(self) -> tuple[Segment, ...]:
        """The files whose time was up, in order of position; their samples are gone, their digests are not."""
        with self.transaction("DEFERRED") as db:
            return tuple(Segment(*row) for row in db.execute(_PRUNED))

    def archives(self) -> tuple[str, ...]:
        """The summaries, by name, that stand for the samples of pruned files."""
        with self.transaction("DEFERRED") as db:
            return tuple(row[0] for row in db.execute("SELECT name FROM archives ORDER BY name"))

    def since(self, position: int, limit: int) -> list[tuple[Any, ...]]:
        """The newest rows from a position on, at most so many, in order."""
        with self.transaction("DEFERRED") as db:
            query = "SELECT * FROM tail WHERE position >= ? ORDER BY position DESC LIMIT ?"
            return db.execute(query, (position, limit)).fetchall()[::-1]

    def newest(self, indicator: str) -> list[tuple[Any, ...]]:
        """The newest row of each instance that is here; SQLite takes the other columns from the row of the maximum."""
        query = """
        SELECT position, instance, indicator, max(ts), ok, error, latency_us FROM tail
        WHERE indicator = ? GROUP BY instance
        """
        with self.transaction("DEFERRED") as db:
            return db.execute(query, (indicator,)).fetchall()

    def end(self) -> int:
        """The position the next sample gets."""
        with self.transaction("DEFERRED") as db:
            return _next(db)


def manifest(db: sqlite3.Connection) -> tuple[Segment, ...]:
    """The manifest as this transaction sees it."""
    return tuple(Segment(*row) for row in db.execute(_SEGMENTS))


def sealed_up_to(db: sqlite3.Connection) -> int:
    """The first position that no sealed file holds, or held."""
    return int(db.execute(_UP_TO).fetchone()[0])


def _high_water(db: sqlite3.Connection, producer: str, epoch: int) -> int | Refused:
    """The next number expected of the producer in this epoch."""
    found = db.execute("SELECT epoch, next FROM producers WHERE name = ?", (producer,)).fetchone()
    if found is None or epoch > found[0]:
        return 0
    if epoch < found[0]:
        return Refused(f"{producer} is at epoch {found[0]}; epoch {epoch} is over", "epoch")
    return int(found[1])


def _insert(db: sqlite3.Connection, samples: Sequence[Sample]) -> None:
    position = _next(db)
    db.executemany(
        "INSERT INTO tail VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((position + offset, *sample) for offset, sample in enumerate(samples)),
    )


def _next(db: sqlite3.Connection) -> int:
    last = db.execute("SELECT max(position) FROM tail").fetchone()[0]
    return last + 1 if last is not None else sealed_up_to(db)

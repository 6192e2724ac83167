"""The values on disk: written down in the order in which they come, put in the order of series and time when read.

Each of two thousand series that bring a value has a page of its own in the ordered table: written there at once, a
value costs a page of disk and twice the time. So it first stands behind the last one that came, as durable, and many
go over together. A moment of a series has one value, the first that came.
"""

import math
import sqlite3
import struct
from collections.abc import Sequence
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS fresh (series INTEGER NOT NULL, ts INTEGER NOT NULL, value ANY) STRICT;
CREATE TABLE IF NOT EXISTS points (
  series INTEGER NOT NULL, ts INTEGER NOT NULL, value ANY, PRIMARY KEY (series, ts)
) STRICT, WITHOUT ROWID;
"""
STALE: Final = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
"""The NaN by which Prometheus says that a series ended; NULL in the table, and other NaNs are the text NaN."""

MOST_FRESH: Final = 50_000
CACHE_KIB: Final = 65_536

Written = float | str | None
Row = tuple[int, int, Written]


class Values:
    """Both tables of a database. The caller sees to locks and transactions, but for `settle`, which has its own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        db.executescript(SCHEMA)
        self._fresh = self._count()

    def add(self, rows: Sequence[Row]) -> None:
        """Write down series, moment (ms) and value as `written` has it."""
        self._db.executemany("INSERT INTO fresh VALUES (?, ?, ?)", rows)
        self._fresh += len(rows)
        if self._fresh >= MOST_FRESH:
            self.order()

    def order(self) -> None:
        """Put what came into its order, within the transaction there is."""
        self._db.execute("INSERT OR IGNORE INTO points SELECT series, ts, value FROM fresh ORDER BY series, ts, rowid")
        self._db.execute("DELETE FROM fresh")
        self._fresh = 0

    def recount(self) -> None:
        """After a transaction that came to nothing."""
        self._fresh = self._count()

    def settle(self) -> None:
        """Put what came into its order before many are read; on a full disk it stays as it is, and is read there."""
        self._fresh = self._count()
        if not self._fresh:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self.order()
            self._db.execute("COMMIT")
        except sqlite3.OperationalError:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self.recount()

    def _count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM fresh").fetchone()[0])

    def read(self, series: int, start: int, end: int) -> tuple[tuple[int, float], ...]:
        """Moment and value from `start` to `end`, both included."""
        query = "SELECT ts, value FROM points WHERE series = ? AND ts BETWEEN ? AND ? ORDER BY ts"
        found = self._db.execute(query, (series, start, end)).fetchall()
        if self._fresh:
            query = "SELECT ts, value FROM fresh WHERE series = ? AND ts BETWEEN ? AND ? ORDER BY rowid DESC"
            later = self._db.execute(query, (series, start, end)).fetchall()
            found = sorted((dict(later) | dict(found)).items())
        return tuple((at, _given(value)) for at, value in found)


def is_stale(value: float) -> bool:
    """Whether it is the NaN that ends a series."""
    return math.isnan(value) and struct.pack("<d", value) == struct.pack("<d", STALE)


def written(value: float) -> Written:
    """A value as the tables have it."""
    if not math.isnan(value):
        return value
    return None if is_stale(value) else "NaN"


def _given(value: Written) -> float:
    match value:
        case None:
            return float(STALE)
        case str():
            return math.nan
        case _:
            return float(value)

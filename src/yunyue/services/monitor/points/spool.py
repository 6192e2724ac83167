"""What a probe point found and the platform does not have yet: on disk, in order, until it was acknowledged.

The queue is bounded. When it is full, what is found next is lost and counted; what was taken in never is. The epoch is
drawn when the file is made, so a point whose disk was lost begins anew and nothing is taken for a repetition.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from yunyue.services.monitor.points.wire import MOST_SAMPLES, Taken
from yunyue.services.monitor.table import Table

MOST_HELD: Final = 1_000_000
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS queue (
  seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, at INTEGER NOT NULL, boot_ms INTEGER NOT NULL, boot TEXT NOT NULL,
  error TEXT NOT NULL, latency_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS metrics (
  number INTEGER PRIMARY KEY AUTOINCREMENT, message BLOB NOT NULL, at INTEGER NOT NULL
) STRICT;
"""
MOST_MESSAGES: Final = 20_000
"""Of host metrics, three days at one message every fifteen seconds."""


class Spool:
    """The queue of one point. `found` is durable when it returns."""

    def __init__(self, folder: Path, now: int, most: int = MOST_HELD) -> None:
        self._table = Table(folder / "spool.sqlite", SCHEMA)
        self._most = most
        with self._table.open() as db:
            db.execute("INSERT OR IGNORE INTO numbers VALUES ('epoch', ?), ('next', 0), ('lost', 0)", (now,))
        self.epoch = self._number("epoch")

    @property
    def held(self) -> int:
        """How many wait."""
        with self._table.open() as db:
            return int(db.execute("SELECT count(*) FROM queue").fetchone()[0])

    @property
    def lost(self) -> int:
        """How many found no room, ever."""
        return self._number("lost")

    def found(self, taken: Sequence[Taken], boot_ms: int, boot: str) -> None:
        """Keep outcomes whose ages count from `boot_ms`; those without room are counted. Raises sqlite3.Error."""
        with self._table.open() as db:
            following = int(db.execute("SELECT value FROM numbers WHERE name = 'next'").fetchone()[0])
            room = max(0, self._most - int(db.execute("SELECT count(*) FROM queue").fetchone()[0]))
            kept = taken[:room]
            rows = [
                (following + place, one.order, one.at, boot_ms - max(0, one.age), boot, one.error, one.latency_us)
                for place, one in enumerate(kept)
            ]
            db.executemany("INSERT INTO queue VALUES (?,?,?,?,?,?,?)", rows)
            db.execute("UPDATE numbers SET value = ? WHERE name = 'next'", (following + len(kept),))
            db.execute("UPDATE numbers SET value = value + ? WHERE name = 'lost'", (len(taken) - len(kept),))

    def oldest(self, boot_ms: int, boot: str) -> tuple[int, tuple[Taken, ...]]:
        """The oldest that wait and the first one's number; their ages count up to `boot_ms` of the same start."""
        query = "SELECT seq, instance, at, boot_ms, boot, error, latency_us FROM queue ORDER BY seq LIMIT ?"
        with self._table.open() as db:
            rows = db.execute(query, (MOST_SAMPLES,)).fetchall()
        found = tuple(
            Taken(order, at, max(0, boot_ms - then) if started == boot else -1, error, latency)
            for _, order, at, then, started, error, latency in rows
        )
        return (rows[0][0] if rows else self._number("next")), found

    def renew(self, epoch: int) -> bool:
        """Number what waits within a later epoch; whether it did. Only where nothing of the present one was ever taken.

        A queue that was made while the clock stood in the past has an epoch that the platform knows to be over.
        """
        with self._table.open() as db:
            oldest = db.execute("SELECT coalesce(min(seq), (SELECT value FROM numbers WHERE name = 'next')) FROM queue")
            fresh = oldest.fetchone()[0] == 0 and epoch > self.epoch
            if fresh:
                db.execute("UPDATE numbers SET value = ? WHERE name = 'epoch'", (epoch,))
                self.epoch = epoch
        return fresh

    def acknowledged(self, following: int) -> None:
        """The platform has everything before that number."""
        with self._table.open() as db:
            db.execute("DELETE FROM queue WHERE seq < ?", (following,))

    def measured(self, message: bytes, at: int) -> None:
        """Keep a message of metrics; the oldest goes when there are too many, since the newest say most."""
        with self._table.open() as db:
            db.execute("INSERT INTO metrics (message, at) VALUES (?, ?)", (message, at))
            oldest = "SELECT max(number) - ? FROM metrics"
            db.execute(f"DELETE FROM metrics WHERE number <= ({oldest})", (MOST_MESSAGES,))  # noqa: S608 - constant text

    def next_message(self) -> tuple[int, bytes] | None:
        """The oldest message of metrics and its number."""
        with self._table.open() as db:
            row = db.execute("SELECT number, message FROM metrics ORDER BY number LIMIT 1").fetchone()
        return (int(row[0]), bytes(row[1])) if row else None

    def delivered(self, number: int) -> None:
        """The platform has that message, or will never take it."""
        with self._table.open() as db:
            db.execute("DELETE FROM metrics WHERE number = ?", (number,))

    def _number(self, name: str) -> int:
        with self._table.open() as db:
            return int(db.execute("SELECT value FROM numbers WHERE name = ?", (name,)).fetchone()[0])


def compact(folder: Path) -> None:
    """Give back the room of what was sent long ago; called when a point starts."""
    path = folder / "spool.sqlite"
    if path.exists():
        with closing(sqlite3.connect(path, timeout=30)) as db:
            db.execute("VACUUM")

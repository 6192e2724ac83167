"""What every series that is sealed into files shares: its tail in SQLite, the manifest's lines, the steps of sealing.

The manifest of sealed files lies in the tail's own database: entering a file and deleting its rows from the tail is
one commit, so there is no moment at which a row is in both or in neither.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import ClassVar, Final

from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import SegmentSealed

SEGMENTS: Final = """
CREATE TABLE IF NOT EXISTS segments (
  first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, digest TEXT NOT NULL
) STRICT;
"""
EPOCH: Final = datetime(1970, 1, 1, 8, tzinfo=BEIJING)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line of the manifest: rows `first` ≤ position < `first` + `rows`, of the times `start` to `stop` (ms)."""

    prefix: ClassVar[str]
    first: int
    rows: int
    start: int
    stop: int
    digest: str

    @property
    def name(self) -> str:
        """The segment's file without its ending, and its id in facts."""
        return f"{self.prefix}-{self.first}-{self.rows}"

    def fact(self, series: str) -> SegmentSealed:
        """What the journal says of it."""
        return SegmentSealed(
            series=series,
            segment=self.name,
            first=self.first,
            rows=self.rows,
            start=EPOCH + self.start * _MILLISECOND,
            end=EPOCH + self.stop * _MILLISECOND,
            digest=self.digest,
        )


class TailFile:
    """The database of one series. All methods may be called from any thread; several processes may have it open."""

    def __init__(self, path: Path, schema: str) -> None:
        self._lock = RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(schema)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self, mode: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """One commit, or nothing at all when the body raises."""
        with self._lock:
            self._db.execute(f"BEGIN {mode}")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def milliseconds(moment: datetime) -> int:
    """A moment as samples have it."""
    return (moment - EPOCH) // _MILLISECOND


@contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """True when no other process holds the lock; it is given back at the end, also by a crash."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def sync_folder(folder: Path) -> None:
    """Have the disk confirm which files are in a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

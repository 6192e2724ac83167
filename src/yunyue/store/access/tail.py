"""The tail of the access series: records in SQLite, durable before anybody is answered, until they are sealed.

Requests that come together share one commit: whoever gets to write takes along all that wait by then.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.store.access.record import FIELDS, Access
from yunyue.store.tail import SEGMENTS, Stretch, TailFile

SCHEMA: Final = f"""{SEGMENTS}
CREATE TABLE IF NOT EXISTS tail (
  position INTEGER PRIMARY KEY,
  {", ".join(f"{name} {'INTEGER' if name in ('at', 'status') else 'TEXT'} NOT NULL" for name in FIELDS)}
) STRICT;
"""
INSERT: Final = f"INSERT INTO tail VALUES ({', '.join('?' * (len(FIELDS) + 1))})"  # noqa: S608  # question marks only
Row = tuple[Any, ...]


class Segment(Stretch):
    """A sealed file of accesses."""

    __slots__ = ()
    prefix = "access"


@dataclass(slots=True)
class _Waiting:
    record: Access
    done: bool = False
    refused: Refused | None = None


@dataclass(slots=True)
class _Queue:
    lock: Lock = field(default_factory=Lock)
    waiting: list[_Waiting] = field(default_factory=list)

    def put(self, one: _Waiting) -> None:
        with self.lock:
            self.waiting.append(one)

    def take(self) -> list[_Waiting]:
        with self.lock:
            taken, self.waiting = self.waiting, []
        return taken


class Tail(TailFile):
    """The database of the accesses."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SCHEMA)
        self._queue = _Queue()

    def note(self, record: Access) -> Refused | None:
        """Keep a record; when this returns None the disk has confirmed it."""
        mine = _Waiting(record.cut())
        self._queue.put(mine)
        with self._lock:
            if not mine.done:
                self._write(self._queue.take())
        return mine.refused

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            with self.transaction() as db:
                position = _next(db)
                db.executemany(INSERT, (_row(position + offset, one.record) for offset, one in enumerate(batch)))
            refused = None
        except sqlite3.Error as error:
            refused = Refused(f"the access could not be put on record: {error}", "access")
        for one in batch:
            one.refused, one.done = refused, True

    def segments(self) -> tuple[Segment, ...]:
        """The manifest, in order of position."""
        with self.transaction("DEFERRED") as db:
            return manifest(db)

    def standing(self) -> tuple[tuple[Segment, ...], list[Row]]:
        """The manifest and the rows not sealed yet, as of one moment."""
        with self.transaction("DEFERRED") as db:
            return manifest(db), db.execute("SELECT * FROM tail ORDER BY position").fetchall()


def record_of(row: Row) -> Access:
    """The record in a row of the tail or of a file."""
    return msgspec.convert(dict(zip(FIELDS, row[1:], strict=True)), Access)


def manifest(db: sqlite3.Connection) -> tuple[Segment, ...]:
    """The manifest as this transaction sees it."""
    rows = db.execute("SELECT first, rows, start, stop, digest FROM segments ORDER BY first")
    return tuple(Segment(*row) for row in rows)


def sealed_up_to(segments: Sequence[Segment]) -> int:
    """The first position that no sealed file holds."""
    return segments[-1].first + segments[-1].rows if segments else 0


def _row(position: int, record: Access) -> Row:
    return (position, *(getattr(record, name) for name in FIELDS))


def _next(db: sqlite3.Connection) -> int:
    last = db.execute("SELECT max(position) FROM tail").fetchone()[0]
    return int(last) + 1 if last is not None else sealed_up_to(manifest(db))

"""What the kernel has yet to be told: incidents that opened and closed, on disk until the journal has taken them in.

A probe's finding must not be forgotten because the journal was busy, its disk full or the fact refused. Each report
is tried again, ever more rarely, for as long as it takes; of one instance they are told in their order, until one
was refused so often that it lets the others pass.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from yunyue.answer import Refused
from yunyue.journal.envelope import understand
from yunyue.journal.facts import IncidentOpened, Payload

FIRST_PAUSE_MS = 1_000
LONGEST_PAUSE_MS = 600_000
STEPS_ASIDE = 10
"""Tries after which a report no longer holds up the later ones of its instance; by then 17 minutes have passed."""

NEVER = 2**62

SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
  number INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, type TEXT NOT NULL, said TEXT NOT NULL,
  at INTEGER NOT NULL, noticed INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  next INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT ''
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Report:
    """A payload about an instance that happened `at` and was noticed later (ms), tried so often, and why in vain."""

    number: int
    instance: str
    payload: Payload
    at: int
    noticed: int
    tries: int
    reason: str


class Outbox:
    """The reports of one folder. A method is one commit; any thread may call it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "outbox.sqlite"
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)
        self._earliest = 0
        self._plan()

    def put(self, instance: str, payload: Payload, at: int, noticed: int) -> None:
        """Keep a report until it is told; the same twice is one. Raises sqlite3.Error on a full or broken disk."""
        said = msgspec.json.encode(msgspec.to_builtins(payload)).decode()
        with self._open() as db:
            same = (instance, payload.type, said)
            if db.execute("SELECT 1 FROM reports WHERE (instance, type, said) = (?, ?, ?)", same).fetchone() is None:
                values = (*same, at, noticed)
                db.execute("INSERT INTO reports (instance, type, said, at, noticed) VALUES (?, ?, ?, ?, ?)", values)
        self._plan()

    def due(self, now: int) -> tuple[Report, ...]:
        """The oldest report of each instance, if its pause is over at `now` (ms)."""
        if now < self._earliest:
            return ()
        query = (
            "SELECT number, instance, type, said, at, noticed, tries, reason FROM reports AS one"
            " WHERE next <= ?1 AND (tries >= ?2 OR number ="
            " (SELECT min(number) FROM reports WHERE instance = one.instance AND tries < ?2)) ORDER BY number"
        )
        with self._open() as db:
            return tuple(_report(row) for row in db.execute(query, (now, STEPS_ASIDE)))

    def open_incident(self, instance: str) -> str | None:
        """The incident the newest report about an instance leaves open, empty when closed; None without a report."""
        mine = [one.payload for one in self.waiting() if one.instance == instance]
        match mine[-1] if mine else None:
            case IncidentOpened(incident=incident):
                return incident
            case None:
                return None
            case _:
                return ""

    def waiting(self) -> tuple[Report, ...]:
        """Everything that is not told yet, in order."""
        query = "SELECT number, instance, type, said, at, noticed, tries, reason FROM reports ORDER BY number"
        with self._open() as db:
            return tuple(_report(row) for row in db.execute(query))

    def told(self, report: Report) -> None:
        """The kernel has it."""
        with self._open() as db:
            db.execute("DELETE FROM reports WHERE number = ?", (report.number,))
        self._plan()

    def failed(self, report: Report, now: int, reason: str) -> None:
        """Not told: again after a pause that doubles each time, ten minutes at most."""
        pause = min(FIRST_PAUSE_MS << min(report.tries, 20), LONGEST_PAUSE_MS)
        with self._open() as db:
            change = "UPDATE reports SET tries = tries + 1, next = ?, reason = ? WHERE number = ?"
            db.execute(change, (now + pause, reason, report.number))
        self._plan()

    def _plan(self) -> None:
        """Remember when the next report is due, so that nobody asks the disk twice a second."""
        with self._open() as db:
            self._earliest = db.execute("SELECT coalesce(min(next), ?) FROM reports", (NEVER,)).fetchone()[0]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection for one commit: turns are rare, and a connection of one thread is of no use to another."""
        with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
            db.execute("PRAGMA synchronous=FULL")
            yield db


def _report(row: tuple[int, str, str, str, int, int, int, str]) -> Report:
    number, instance, kind, said, at, noticed, tries, reason = row
    payload = understand(kind, msgspec.json.decode(said, type=dict[str, object]))
    if isinstance(payload, Refused):
        raise ValueError(f"report {number} in the outbox is not what was written: {payload}")
    return Report(number, instance, payload, at, noticed, tries, reason)

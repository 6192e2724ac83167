"""Tables for lists and searches, made from facts and never the other way round.

They say how far they are; following the journal and starting over end in the same rows. Losing this file loses nothing.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Self

from yunyue.journal.corrections import withdrawn
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import (
    FactCorrected,
    IncidentClosed,
    IncidentOpened,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    ServiceDelivered,
    ServiceResumed,
    ServiceRetired,
    ServiceSuspended,
    VerdictReached,
)
from yunyue.store.interface import Journal

TABLES = """
CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO position VALUES (1, 0);
CREATE TABLE IF NOT EXISTS orders (
    contract TEXT NOT NULL, id TEXT NOT NULL, service TEXT NOT NULL, item TEXT NOT NULL, quantity TEXT NOT NULL,
    tenant TEXT NOT NULL, deliver_by TEXT NOT NULL, state TEXT NOT NULL, placed TEXT NOT NULL, delivered TEXT,
    PRIMARY KEY (contract, id)) STRICT;
CREATE TABLE IF NOT EXISTS incidents (
    contract TEXT NOT NULL, id TEXT NOT NULL, instance TEXT NOT NULL, severity INTEGER NOT NULL, about TEXT NOT NULL,
    opened TEXT NOT NULL, closed TEXT, PRIMARY KEY (contract, id)) STRICT;
CREATE TABLE IF NOT EXISTS verdicts (
    contract TEXT NOT NULL, objective TEXT NOT NULL, month TEXT NOT NULL, service TEXT NOT NULL,
    measured TEXT NOT NULL, target TEXT NOT NULL, met INTEGER NOT NULL, fact TEXT NOT NULL,
    PRIMARY KEY (contract, objective, month)) STRICT;
CREATE TABLE IF NOT EXISTS days (
    contract TEXT NOT NULL, day TEXT NOT NULL, type TEXT NOT NULL, facts INTEGER NOT NULL,
    PRIMARY KEY (contract, day, type)) STRICT;
"""
FILE = "projection.sqlite"
NAMES = ("orders", "incidents", "verdicts", "days")

STATES = {
    OrderApproved: "approved",
    ServiceSuspended: "suspended",
    ServiceResumed: "delivered",
    ServiceRetired: "retired",
    OrderCancelled: "cancelled",
}


class Projection:
    """The tables in one SQLite file; any thread may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(TABLES)

    @classmethod
    def current(cls, home: Path, journal: Journal) -> Self:
        """The tables of an installation, as far as its journal is."""
        tables = cls(home / FILE)
        tables.follow(journal)
        return tables

    @property
    def size(self) -> int:
        """How many facts of the journal the tables hold."""
        return int(self.rows("SELECT size FROM position")[0][0])

    def follow(self, journal: Journal) -> int:
        """Apply what the journal has taken in since; how many facts that were. A correction starts the tables over."""
        with self._lock, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            start = int(connection.execute("SELECT size FROM position").fetchone()[0])
            fresh = list(journal.read(start))
            if any(isinstance(one.fact.data, FactCorrected) for one in fresh):
                _empty(connection)
                size = _apply(connection, list(journal.read()), 0)
            else:
                size = _apply(connection, fresh, start)
            connection.execute("UPDATE position SET size = ?", (size,))
            connection.execute("COMMIT")
        return size - start

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """What a SELECT gives."""
        with self._connection() as connection:
            return connection.execute(query, tuple(values)).fetchall()

    def digest(self) -> str:
        """One SHA-256 over every row of every table, in a fixed order: equal tables, equal digest."""
        found = hashlib.sha256()
        for name in NAMES:
            for row in self.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3"):  # noqa: S608 - names of ours
                found.update(repr((name, row)).encode())
        return f"sha256:{found.hexdigest()}"

    def rebuild(self, journal: Journal) -> None:
        """Empty every table and make it again from the first fact."""
        with self._lock, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            _empty(connection)
            size = _apply(connection, list(journal.read()), 0)
            connection.execute("UPDATE position SET size = ?", (size,))
            connection.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as connection:
            yield connection


def _empty(connection: sqlite3.Connection) -> None:
    for name in NAMES:
        connection.execute(f"DELETE FROM {name}")  # noqa: S608 - names of ours


def _apply(connection: sqlite3.Connection, facts: Sequence[Recorded], size: int) -> int:
    """Every fact is counted by its day; those that still count are projected."""
    gone = withdrawn([one.fact for one in facts])
    for one in facts:
        _count(connection, one)
        if one.fact.id not in gone:
            _project(connection, one)
        size = one.sequence + 1
    return size


def _count(connection: sqlite3.Connection, one: Recorded) -> None:
    fact = one.fact
    connection.execute(
        "INSERT INTO days VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET facts = facts + 1",
        (fact.subject, fact.day.isoformat(), fact.type),
    )


def _project(connection: sqlite3.Connection, one: Recorded) -> None:
    fact, said = one.fact, one.fact.data
    contract, at = fact.subject, fact.time.isoformat()
    match said:
        case OrderPlaced():
            connection.execute(
                "INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, 'placed', ?, NULL)",
                (contract, said.order, said.service, said.item, str(said.quantity), said.tenant,
                 said.deliver_by.isoformat(), at),
            )  # fmt: skip
        case ServiceDelivered():
            connection.execute(
                "UPDATE orders SET state = 'delivered', delivered = coalesce(delivered, ?)"
                " WHERE contract = ? AND id = ?",
                (at, contract, said.order),
            )
        case OrderApproved() | ServiceSuspended() | ServiceResumed() | ServiceRetired() | OrderCancelled():
            connection.execute(
                "UPDATE orders SET state = ? WHERE contract = ? AND id = ?", (STATES[type(said)], contract, said.order)
            )
        case IncidentOpened():
            connection.execute(
                "INSERT OR IGNORE INTO incidents VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (contract, said.incident, said.order, said.severity, said.about, at),
            )
        case IncidentClosed():
            connection.execute(
                "UPDATE incidents SET closed = ? WHERE contract = ? AND id = ?", (at, contract, said.incident)
            )
        case VerdictReached():
            connection.execute(
                "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (contract, said.objective, said.month, said.service, str(said.measured), str(said.target),
                 int(said.met), fact.id),
            )  # fmt: skip
        case _:
            pass  # other facts have no table; settle() reads them from the journal

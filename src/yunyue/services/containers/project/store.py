"""The one file in which everything about projects is kept: SQLite, WAL; what was acknowledged survives a crash.

Several processes use it at once: the platform that reconciles, a command line, the console. Whoever changes what is
wanted rings the bell (`podman.bell`); the file is the truth.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS projects (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, number INTEGER NOT NULL, ended INTEGER NOT NULL, said TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS living ON projects (name) WHERE ended = 0;
CREATE UNIQUE INDEX IF NOT EXISTS numbered ON projects (number) WHERE ended = 0;
CREATE TABLE IF NOT EXISTS members (
  project TEXT NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (project, person)
) STRICT;
CREATE TABLE IF NOT EXISTS objects (
  project TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (project, kind, name)
) STRICT;
CREATE TABLE IF NOT EXISTS revisions (
  project TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, said TEXT NOT NULL,
  PRIMARY KEY (project, kind, name, number)
) STRICT;
CREATE TABLE IF NOT EXISTS replicas (
  project TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, workload TEXT NOT NULL, said TEXT NOT NULL,
  PRIMARY KEY (project, name)
) STRICT;
CREATE TABLE IF NOT EXISTS events (
  number INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
  name TEXT NOT NULL, severity TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS of_project ON events (project, number);
CREATE TABLE IF NOT EXISTS status (
  project TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (project, kind, name)
) STRICT;
CREATE TABLE IF NOT EXISTS spans (
  project TEXT NOT NULL, container TEXT NOT NULL, milli INTEGER NOT NULL, octets INTEGER NOT NULL,
  start INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (project, container)
) STRICT;
CREATE TABLE IF NOT EXISTS used (
  project TEXT NOT NULL, minute INTEGER NOT NULL, cpu_ns INTEGER NOT NULL, octet_ms INTEGER NOT NULL,
  PRIMARY KEY (project, minute)
) STRICT;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS places (
  project TEXT NOT NULL, service TEXT NOT NULL, port INTEGER NOT NULL, host INTEGER NOT NULL, slot INTEGER NOT NULL,
  outer_port INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (project, service, port)
) STRICT;
CREATE TABLE IF NOT EXISTS samples (
  number INTEGER PRIMARY KEY AUTOINCREMENT, contract TEXT NOT NULL, said TEXT NOT NULL
) STRICT;
"""
PATIENCE_SECONDS: Final = 30
VERSION: Final = 1
S = TypeVar("S", bound=msgspec.Struct)


class Store:
    """A connection for each thread, kept: the last one to close would empty the log and hold everybody else up."""

    def __init__(self, folder: Path) -> None:
        """Open the store of a folder, made when it is not there. Raises sqlite3.Error on a broken disk."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / "state.sqlite"
        self._threads = threading.local()
        db = self._db()
        if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(SCHEMA)
            db.execute(f"PRAGMA user_version={VERSION}")
            self.path.chmod(0o600)

    def _db(self) -> sqlite3.Connection:
        """This thread's connection; one whose thread ended is closed with it."""
        db: sqlite3.Connection | None = getattr(self._threads, "db", None)
        if db is None:
            db = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
            self._threads.db = db
            weakref.finalize(self, db.close)
        return db

    @contextmanager
    def change(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction that no other writer interleaves; `durable`: on the disk before it is acknowledged.

        A change within a change of the same thread is a part of it.
        """
        db = self._db()
        if db.in_transaction:
            yield db
            return
        db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self._db().execute(query, values).fetchall()

    def structs(self, kind: type[S], query: str, values: tuple[Any, ...] = ()) -> tuple[S, ...]:
        """The same, of a query whose only column is a struct's JSON."""
        return tuple(msgspec.json.decode(said, type=kind) for (said,) in self.rows(query, values))


def said(one: msgspec.Struct) -> str:
    """A struct as it is stored."""
    return msgspec.json.encode(one).decode()


def next_number(db: sqlite3.Connection, name: str) -> int:
    """The next of a count that never repeats."""
    query = "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
    found: int = db.execute(query, (name,)).fetchone()[0]
    return found

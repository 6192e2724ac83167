"""The use log: who used which key for what, written to disk before the answer leaves, and never what was encrypted.

Each record is also a leaf of a tree (RFC 9162): whoever kept an earlier head can prove that nothing was taken out. A
record holds HMACs of request and answer, so that a copy of either can later be matched to it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.services.crypto.errors import NotThisVault, StorageFailed

APPLICATION_ID: Final = 0x59594B55
VERSION: Final = 1
WAIT_SECONDS: Final = 30
_TABLES: Final = (
    "CREATE TABLE uses (sequence INTEGER PRIMARY KEY, at BIGINT NOT NULL, space TEXT NOT NULL, key TEXT NOT NULL,"
    " version INTEGER NOT NULL, operation TEXT NOT NULL, items INTEGER NOT NULL, actor TEXT NOT NULL,"
    " status INTEGER NOT NULL, micros INTEGER NOT NULL, request BLOB NOT NULL, response BLOB NOT NULL)",
    "CREATE INDEX uses_by_space ON uses (space, at)",
    "CREATE TABLE forwarded (space TEXT PRIMARY KEY, sequence BIGINT NOT NULL, ordinal BIGINT NOT NULL)",
    "CREATE TABLE head (id INTEGER PRIMARY KEY, frontier BLOB NOT NULL)",
    "CREATE TRIGGER uses_stay BEFORE DELETE ON uses BEGIN SELECT RAISE(ABORT, 'the use log is append-only'); END",
    "CREATE TRIGGER uses_hold BEFORE UPDATE ON uses BEGIN SELECT RAISE(ABORT, 'the use log is append-only'); END",
)
_INSERT: Final = "INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Use(NamedTuple):
    """One use. `at`: milliseconds since 1970; `actor`: the token's accessor; `items`: in a batch; `micros`: time."""

    at: int
    space: str
    key: str
    version: int
    operation: str
    items: int
    actor: str
    status: int
    micros: int
    request: bytes
    response: bytes


class Counted(NamedTuple):
    """Uses of a space in a stretch of time: all, the good ones, those that failed by our fault."""

    total: int
    good: int
    failed: int


class UseLog:
    """One file. Any number of threads of this process may use it; other processes may append too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._failure = ""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._connection = sqlite3.connect(
                path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise NotThisVault(f"{path}: {error}") from error

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "trusted_schema=OFF", "cell_size_check=ON"):
            run(f"PRAGMA {pragma}")
        run("BEGIN IMMEDIATE")
        try:
            if not run("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                for statement in _TABLES:
                    run(statement)
                run("INSERT INTO head VALUES (1, ?)", (Frontier().to_bytes(),))
                run(f"PRAGMA application_id={APPLICATION_ID}")
                run(f"PRAGMA user_version={VERSION}")
            there = {sql for (sql,) in run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
            named = (run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0])
            if named != (APPLICATION_ID, VERSION) or there != set(_TABLES):
                raise NotThisVault(f"{self._path}: no use log, one of another version, or half migrated")
            run("COMMIT")
        finally:
            if self._connection.in_transaction:
                run("ROLLBACK")

    def append(self, uses: Sequence[Use]) -> None:
        """Write them, in one transaction; they are on disk when this returns. Raises StorageFailed when not."""
        with self._lock:
            if self._failure:
                raise StorageFailed(self._failure)
            try:
                self._append(uses)
            except sqlite3.Error as error:
                code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
                if code not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    # After a failed fsync a second one may succeed without writing: so no retry on this file.
                    self._failure = f"{self._path}: {error}; open it again after it was checked"
                raise StorageFailed(self._failure or f"{self._path}: {error}") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _append(self, uses: Sequence[Use]) -> None:
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        frontier = Frontier.from_bytes(run("SELECT frontier FROM head").fetchone()[0])
        rows = [(frontier.size + index, *use) for index, use in enumerate(uses)]
        self._connection.executemany(_INSERT, rows)
        grown = frontier.extend([leaf_hash(leaf_of(row)) for row in rows])
        run("UPDATE head SET frontier = ?", (grown.to_bytes(),))
        run("COMMIT")

    def head(self) -> tuple[int, bytes]:
        """How many records there are, and the root of their tree."""
        with self._reading() as connection:
            frontier = Frontier.from_bytes(connection.execute("SELECT frontier FROM head").fetchone()[0])
        return frontier.size, frontier.root()

    def read(self, start: int, stop: int) -> list[tuple[int, Use]]:
        """The records from number `start` up to `stop`, with their numbers."""
        sql = "SELECT * FROM uses WHERE sequence >= ? AND sequence < ? ORDER BY sequence"
        with self._reading() as connection:
            return [(row[0], Use(*row[1:])) for row in connection.execute(sql, (start, stop))]

    def counted(self, space: str, start: int, end: int) -> Counted:
        """What a space used between two moments (milliseconds), `end` not included. Good: no status of 400 or more."""
        sql = (
            "SELECT count(*), count(CASE WHEN status < 400 THEN 1 END), count(CASE WHEN status >= 500 THEN 1 END)"
            " FROM uses WHERE space = ? AND at >= ? AND at < ?"
        )
        with self._reading() as connection:
            return Counted(*connection.execute(sql, (space, start, end)).fetchone())

    def of_space(self, space: str, start: int, limit: int) -> list[tuple[int, Use]]:
        """A space's records from number `start`, at most `limit`, with their numbers."""
        # The expression keeps the index by time out of it: the new records lie together at the end of the table.
        sql = "SELECT * FROM uses WHERE sequence >= ? AND space || '' = ? ORDER BY sequence LIMIT ?"
        with self._reading() as connection:
            return [(row[0], Use(*row[1:])) for row in connection.execute(sql, (start, space, limit))]

    def forwarded(self, space: str) -> tuple[int, int]:
        """From which record on a space's uses were not sent to the series yet, and how many were."""
        sql = "SELECT sequence, ordinal FROM forwarded WHERE space = ?"
        with self._reading() as connection:
            row = connection.execute(sql, (space,)).fetchone()
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    def set_forwarded(self, space: str, sequence: int, ordinal: int) -> None:
        """Remember how far a space's uses were sent."""
        sql = (
            "INSERT INTO forwarded VALUES (?, ?, ?) ON CONFLICT (space) DO UPDATE SET"
            " sequence = excluded.sequence, ordinal = excluded.ordinal"
        )
        with self._reading() as connection:
            connection.execute(sql, (space, sequence, ordinal))

    def faults(self) -> list[str]:
        """What is wrong with the log: reads all of it again and compares with its head."""
        size, root = self.head()
        frontier = Frontier()
        for start in range(0, size, 10_000):
            rows = self.read(start, min(start + 10_000, size))
            frontier = frontier.extend([leaf_hash(leaf_of((number, *use))) for number, use in rows])
        return [] if (frontier.size, frontier.root()) == (size, root) else ["the records do not give the log's head"]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise StorageFailed(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._failure = f"{self._path} is closed"
            self._connection.close()


def leaf_of(row: tuple[object, ...]) -> bytes:
    """A record as the tree takes it: its fields as text, octets in hexadecimal, one after another."""
    return "\x1f".join(value.hex() if isinstance(value, bytes) else str(value) for value in row).encode()

"""Where jobs are kept: one SQLite file, or PostgreSQL when workers on several machines share them.

The SQL is one subset both understand; `?` marks a value. A transaction that changes anything holds one lock, so two
workers never take the same task; a claim takes well under a millisecond and is rare beside minutes of encoding.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql

from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.schema import TABLES, VERSION

WAIT_SECONDS: Final = 30
SCHEMA: Final = "yunyue_transcode_"
_CONTRACTS: Final = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE starts_with(nspname, %s)"
Row = tuple[Any, ...]


class Hand(Protocol):
    """What may be done inside a transaction."""

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows a statement gives; none when it gives none."""
        ...


class Database(Protocol):
    """A place of jobs. Any thread may use it."""

    def transaction(self) -> Any:
        """A context manager that gives a Hand: all of it happens or nothing. Raises QueueBroken."""
        ...


class SqliteHand:
    """A Hand over sqlite3."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """See Hand."""
        return self._connection.execute(sql, tuple(values)).fetchall()


class SqliteDatabase:
    """One file with a write-ahead log and synchronous=FULL: what was acknowledged survives the power going off."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(0o600)
        with self.transaction() as hand:
            _prepare(hand)

    @contextmanager
    def transaction(self) -> Iterator[Hand]:
        """See Database."""
        try:
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield SqliteHand(connection)
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise QueueBroken(f"{self._path.name}: {error}") from error


class PostgresHand:
    """A Hand over psycopg."""

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """See Hand."""
        # Every statement is written in this room; only values come from outside, and they travel apart.
        cursor = self._connection.execute(sql.replace("?", "%s"), tuple(values))
        return cursor.fetchall() if cursor.description is not None else []


class PostgresDatabase:
    """A schema of its own in a PostgreSQL database, one for each contract."""

    def __init__(self, conninfo: str, contract: str) -> None:
        self._conninfo = conninfo
        self._schema = f"{SCHEMA}{hashlib.sha256(contract.encode()).hexdigest()[:16]}"
        self._lock = int(hashlib.sha256(self._schema.encode()).hexdigest()[:15], 16)
        try:
            with psycopg.connect(conninfo, autocommit=True, connect_timeout=WAIT_SECONDS) as connection:
                connection.execute("SELECT pg_advisory_lock(%s)", (self._lock,))
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
                _told(connection, self._schema, contract)
        except psycopg.Error as error:
            raise QueueBroken(f"PostgreSQL: {error}") from error
        with self.transaction() as hand:
            _prepare(hand)

    @contextmanager
    def transaction(self) -> Iterator[Hand]:
        """See Database."""
        try:
            with psycopg.connect(self._conninfo, connect_timeout=WAIT_SECONDS) as connection:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock,))
                connection.execute(f"SET LOCAL search_path TO {self._schema}")
                yield PostgresHand(connection)
        except psycopg.Error as error:
            raise QueueBroken(f"PostgreSQL: {error}") from error


def contracts_at(conninfo: str) -> tuple[str, ...]:
    """The contracts whose jobs lie in a PostgreSQL database. Raises QueueBroken."""
    try:
        with psycopg.connect(conninfo, connect_timeout=WAIT_SECONDS) as connection:
            rows = connection.execute(_CONTRACTS, (SCHEMA,)).fetchall()
    except psycopg.Error as error:
        raise QueueBroken(f"PostgreSQL: {error}") from error
    return tuple(sorted(str(name) for (name,) in rows if name))


def clock_at(conninfo: str) -> int:
    """The moment it is at a PostgreSQL server, in ms. Raises QueueBroken."""
    try:
        with psycopg.connect(conninfo, connect_timeout=WAIT_SECONDS) as connection:
            ((found,),) = connection.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").fetchall()
    except psycopg.Error as error:
        raise QueueBroken(f"PostgreSQL: {error}") from error
    return int(found)


def _told(connection: "psycopg.Connection[Row]", schema: str, contract: str) -> None:
    """The schema says whose it is, to workers that know the database alone."""
    if connection.execute(_CONTRACTS, (schema,)).fetchone() != (contract,):
        said = sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), sql.Literal(contract))
        connection.execute(said)


def open_database(address: str, folder: Path, contract: str) -> Database:
    """The database a setting names: "sqlite" (a file in the folder) or a postgresql:// address. Raises QueueBroken."""
    if address == "sqlite":
        return SqliteDatabase(folder / "jobs.sqlite")
    return PostgresDatabase(address, contract)


def _prepare(hand: Hand) -> None:
    for statement in TABLES:
        hand.run(statement)
    found = hand.run("SELECT version FROM about")
    if not found:
        hand.run("INSERT INTO about (version) VALUES (?)", (VERSION,))
    elif found != [(VERSION,)]:
        raise QueueBroken(f"the jobs are of version {found[0][0]}, this program of {VERSION}")

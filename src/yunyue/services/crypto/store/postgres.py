"""A schema of PostgreSQL. One process at a time writes (see `lead`); the others see what it changed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any, Final

import psycopg

from yunyue.services.crypto.errors import NotThisVault, StorageFailed
from yunyue.services.crypto.store.database import FINGERPRINTED, Executor, Found, Tables

WAIT_SECONDS: Final = 10
_MARKS: Final = (
    "CREATE TABLE made (mark BIGINT NOT NULL, version INTEGER NOT NULL, columns TEXT NOT NULL)",
    "CREATE TABLE changes (number BIGINT NOT NULL)",
    "INSERT INTO changes VALUES (0)",
)
_COLUMNS: Final = (
    "SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, ', ' ORDER BY table_name, column_name)"
    " || '; ' || (SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND NOT t.tgisinternal)"
    " FROM information_schema.columns WHERE table_schema = %s"
)


def open_to_all(run: Executor) -> None:
    """No fence: whoever has the database open may write."""
    del run


class Run:
    """Statements with ? on a connection of psycopg."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection

    def execute(self, sql: str, given: Sequence[Any] = (), /) -> Found:
        """See Executor.execute."""
        return self.connection.execute(sql.replace("?", "%s").encode(), given or None)

    def executemany(self, sql: str, given: Sequence[Sequence[Any]], /) -> object:
        """See Executor.executemany."""
        with self.connection.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s").encode(), given)
        return None


class PostgresDatabase:
    """See Database."""

    def __init__(self, address: str, tables: Tables, fence: Callable[[Executor], None] = open_to_all) -> None:
        """`fence` is asked in each transaction and raises StorageFailed when this process may write no more."""
        self._address = address
        self._fence = fence
        self._tables = tables
        self._lock = RLock()
        self._depth = self._mine = 0
        self._closed = False
        self._connection: psycopg.Connection[Any] | None = None
        try:
            self._connection = self._connected()
            self._prepare(self._connection)
        except psycopg.Error as error:
            self.close()
            raise NotThisVault(f"{tables.name} in PostgreSQL: {str(error).strip()}") from error
        except NotThisVault:
            self.close()
            raise

    def _connected(self) -> "psycopg.Connection[Any]":
        made = psycopg.connect(self._address, autocommit=True, connect_timeout=WAIT_SECONDS)
        made.execute("SET search_path TO yunyue_" + self._tables.name.replace(" ", "_"))
        return made

    def _prepare(self, connection: "psycopg.Connection[Any]") -> None:
        schema, run = "yunyue_" + self._tables.name.replace(" ", "_"), Run(connection)
        with connection.transaction():
            run.execute("SELECT pg_advisory_xact_lock(?)", (self._tables.mark,))
            run.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            there = run.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = ?", (schema,))
            if not there.fetchone()[0]:
                for statement in (*self._tables.postgres, *_MARKS):
                    run.execute(statement)
                self._mark(run, schema)
            version = self._version(connection, schema)
            while version in self._tables.postgres_upgrades:
                for statement in self._tables.postgres_upgrades[version]:
                    run.execute(statement)
                version += 1
                self._mark(run, schema, version)
            if version != self._tables.version:
                known = f"made by version {version} of the {self._tables.name}, this program knows"
                raise NotThisVault(f"schema {schema}: {known} {self._tables.version}")

    def _mark(self, run: Run, schema: str, version: int = 0) -> None:
        """Note what was made, and what it looks like."""
        seen = run.execute(_COLUMNS.replace("%s", "?"), (schema, schema)).fetchone()
        run.execute("DELETE FROM made")
        row = (self._tables.mark, version or self._tables.version, seen[0] if seen else "")
        run.execute("INSERT INTO made VALUES (?, ?, ?)", row)

    def _version(self, connection: "psycopg.Connection[Any]", schema: str) -> int:
        """Which version lies there. Raises NotThisVault unless it looks as it was left."""
        try:
            with connection.transaction():
                made = connection.execute("SELECT mark, version, columns FROM made").fetchone()
        except psycopg.Error:
            made = None
        seen = connection.execute(_COLUMNS, (schema, schema)).fetchone()
        if made is None or made[0] != self._tables.mark or seen is None or seen[0] != made[2]:
            raise NotThisVault(f"schema {schema}: {FINGERPRINTED}")
        return int(made[1])

    @contextmanager
    def using(self) -> Iterator[Run]:
        """See Database.using. A connection that broke is made anew the next time."""
        with self._lock:
            if self._closed:
                raise StorageFailed(f"the {self._tables.name} in PostgreSQL is closed")
            try:
                if self._connection is None or self._connection.closed:
                    self._connection, self._depth = self._connected(), 0
                yield Run(self._connection)
            except psycopg.Error as error:
                raise StorageFailed(f"{self._tables.name} in PostgreSQL: {str(error).strip()}") from error

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        """See Database.transaction. Writers wait for each other."""
        with self.using() as run:
            if self._depth:
                yield run
                return
            self._depth = 1
            try:
                with run.connection.transaction():
                    # The row is a lock too: until this ends nobody else reads what he is about to change.
                    run.execute("UPDATE changes SET number = number + 1")
                    self._fence(run)
                    yield run
                self._mine += 1
            finally:
                self._depth = 0

    def generation(self) -> int:
        """See Database.generation."""
        with self.using() as run:
            return int(run.execute("SELECT number FROM changes").fetchone()[0]) - self._mine

    def close(self) -> None:
        """See Database.close."""
        with self._lock, suppress(psycopg.Error):
            self._closed = True
            if self._connection is not None:
                self._connection.close()

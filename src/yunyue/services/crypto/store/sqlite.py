"""A file of SQLite with a write-ahead log and synchronous=FULL: what was acknowledged survives the power going off."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

from yunyue.services.crypto.errors import NotThisVault, StorageFailed, VaultBroken
from yunyue.services.crypto.store.database import FINGERPRINTED, Tables

WAIT_SECONDS: Final = 30
_AGAIN: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY)


class SqliteDatabase:
    """See Database."""

    def __init__(self, path: Path, tables: Tables) -> None:
        self._path = path
        self._tables = tables
        self._lock = RLock()
        self._failure = ""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = not path.exists()
        try:
            self._connection = sqlite3.connect(
                path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
        except sqlite3.DatabaseError as error:
            raise NotThisVault(f"{path}: {error}") from error
        try:
            if fresh:
                path.chmod(0o600)
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise NotThisVault(f"{path}: {error}") from error
        except NotThisVault:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        if run("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise NotThisVault(f"{self._path}: this file system cannot hold a write-ahead log")
        for pragma in ("synchronous=FULL", "trusted_schema=OFF", "cell_size_check=ON", "secure_delete=ON"):
            run(f"PRAGMA {pragma}")
        run("BEGIN IMMEDIATE")
        try:
            self._make()
            self._check()
            run("COMMIT")
        finally:
            self._undo()

    def _make(self) -> None:
        run, tables = self._connection.execute, self._tables
        empty = not run("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        # An empty file that bears a mark had tables once: it is not made anew.
        if empty and not run("PRAGMA application_id").fetchone()[0]:
            for statement in tables.sqlite:
                run(statement)
            run(f"PRAGMA application_id={tables.mark}")
            run(f"PRAGMA user_version={tables.version}")
        version = run("PRAGMA user_version").fetchone()[0]
        marked = run("PRAGMA application_id").fetchone()[0] == tables.mark
        while marked and version in tables.sqlite_upgrades:
            for statement in tables.sqlite_upgrades[version]:
                run(statement)
            version += 1
            run(f"PRAGMA user_version={version}")

    def _check(self) -> None:
        run, tables = self._connection.execute, self._tables
        if run("PRAGMA application_id").fetchone()[0] != tables.mark:
            raise NotThisVault(f"{self._path}: a database, but no {tables.name}")
        version = run("PRAGMA user_version").fetchone()[0]
        if version != tables.version:
            known = f"this program knows {tables.version}"
            raise NotThisVault(f"{self._path}: made by version {version} of the {tables.name}, {known}")
        there = {sql for (sql,) in run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
        if there != {one for one in tables.sqlite if one.startswith("CREATE")}:
            raise NotThisVault(f"{self._path}: {FINGERPRINTED}")

    @contextmanager
    def using(self) -> Iterator[sqlite3.Connection]:
        """See Database.using."""
        with self._lock:
            if self._failure:
                raise StorageFailed(self._failure)
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise self._explained(error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """See Database.transaction."""
        with self.using() as connection:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._undo()

    def _undo(self) -> None:
        """Take back what was not committed."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def generation(self) -> int:
        """See Database.generation."""
        with self.using() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """See Database.close."""
        with self._lock:
            self._failure = f"{self._path} is closed"
            self._connection.close()

    def _explained(self, error: sqlite3.Error) -> VaultBroken:
        """A full or busy disk can be tried again; after anything else nobody knows what is on the disk: stop.

        After a failed fsync a second one may succeed without writing, so there is no retry on this file.
        """
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in _AGAIN and code != sqlite3.SQLITE_CONSTRAINT:
            self._failure = f"{self._path}: {error}; nothing more is written until it is checked and opened again"
        return StorageFailed(self._failure or f"{self._path}: {error}; nothing was written")

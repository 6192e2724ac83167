"""The rows of the crypto service on disk: a path and what is sealed there, changed in whole transactions or not at all.

SQLite with a write-ahead log and synchronous=FULL: what was acknowledged survives the power going off. The SQL is of
the kind PostgreSQL understands too.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

from yunyue.services.crypto.errors import NotThisVault, StorageFailed, VaultBroken

APPLICATION_ID: Final = 0x59594B31
VERSION: Final = 1
WAIT_SECONDS: Final = 30
_TABLE: Final = "CREATE TABLE sealed_rows (path TEXT PRIMARY KEY, content BLOB NOT NULL)"


class Rows:
    """One file. Any number of threads of this process may use it; other processes may have it open too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._failure = ""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = not path.exists()
        try:
            self._connection = sqlite3.connect(
                path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            if fresh:
                path.chmod(0o600)
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise NotThisVault(f"{path}: {error}") from error

    def _prepare(self) -> None:
        run = self._connection.execute
        if run("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise NotThisVault(f"{self._path}: this file system cannot hold a write-ahead log")
        for pragma in ("synchronous=FULL", "trusted_schema=OFF", "cell_size_check=ON", "secure_delete=ON"):
            run(f"PRAGMA {pragma}")
        run("BEGIN IMMEDIATE")
        try:
            if not run("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                run(_TABLE)
                run(f"PRAGMA application_id={APPLICATION_ID}")
                run(f"PRAGMA user_version={VERSION}")
            self._check()
            run("COMMIT")
        finally:
            if self._connection.in_transaction:
                run("ROLLBACK")

    def _check(self) -> None:
        run = self._connection.execute
        if run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise NotThisVault(f"{self._path}: a database, but no store of keys")
        version = run("PRAGMA user_version").fetchone()[0]
        if version != VERSION:
            raise NotThisVault(f"{self._path}: made by version {version} of the store, this program knows {VERSION}")
        if [sql for (sql,) in run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")] != [_TABLE]:
            raise NotThisVault(f"{self._path}: half migrated or changed by someone; bring it back from a backup")

    def get(self, path: str) -> bytes | None:
        """What lies at the path."""
        with self._using() as connection:
            row = connection.execute("SELECT content FROM sealed_rows WHERE path = ?", (path,)).fetchone()
        return None if row is None else bytes(row[0])

    def under(self, prefix: str) -> dict[str, bytes]:
        """Every row whose path starts with the prefix, by path."""
        sql = "SELECT path, content FROM sealed_rows WHERE path >= ? AND path < ? ORDER BY path"
        with self._using() as connection:
            return {path: bytes(content) for path, content in connection.execute(sql, (prefix, prefix + "\U0010ffff"))}

    def put(self, path: str, content: bytes | None) -> None:
        """Write the row, or remove it; inside `transaction` it becomes true with the rest of it."""
        with self._using() as connection:
            if content is None:
                connection.execute("DELETE FROM sealed_rows WHERE path = ?", (path,))
                return
            sql = "INSERT INTO sealed_rows VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET content = excluded.content"
            connection.execute(sql, (path, content))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is put inside stays, durably, or none of it. May be nested; the outermost decides."""
        with self._using() as connection:
            if self._open():
                yield
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            finally:
                if self._open():
                    connection.execute("ROLLBACK")

    def _open(self) -> bool:
        return self._connection.in_transaction

    def generation(self) -> int:
        """A number that changes when another process has changed the rows."""
        with self._using() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Give the file back; a second time does nothing."""
        self._failure = f"{self._path} is closed"
        self._connection.close()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._failure:
                raise StorageFailed(self._failure)
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise self._explained(error) from error

    def _explained(self, error: sqlite3.Error) -> VaultBroken:
        """A full or busy disk can be tried again; after anything else nobody knows what is on the disk: stop."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY):
            self._failure = f"{self._path}: {error}; nothing more is written until it is checked and opened again"
        return StorageFailed(self._failure or f"{self._path}: {error}; nothing was written")

"""The rows of the crypto service: a path and what is sealed there, changed in whole transactions or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from yunyue.services.crypto.store.database import Database
from yunyue.services.crypto.store.sqlite import SqliteDatabase
from yunyue.services.crypto.store.tables import ROWS

APPLICATION_ID = ROWS.mark
VERSION = ROWS.version

LAST: Final = 0x10FFFF
SURROGATES, AFTER_SURROGATES = 0xD800, 0xE000


class Rows:
    """One store. Any number of threads of this process may use it; other processes may have it open too."""

    def __init__(self, place: Path | Database) -> None:
        self._database: Database = SqliteDatabase(place, ROWS) if isinstance(place, Path) else place

    def get(self, path: str) -> bytes | None:
        """What lies at the path."""
        if "\0" in path:
            return None
        with self._database.using() as connection:
            row = connection.execute("SELECT content FROM sealed_rows WHERE path = ?", (path,)).fetchone()
        return None if row is None else bytes(row[0])

    def under(self, prefix: str) -> dict[str, bytes]:
        """Every row whose path starts with the prefix, by path."""
        if "\0" in prefix:
            return {}
        end = _after(prefix)
        below, values = ("", (prefix,)) if end is None else (" AND path < ?", (prefix, end))
        sql = f"SELECT path, content FROM sealed_rows WHERE path >= ?{below} ORDER BY path"  # noqa: S608 - of two texts
        with self._database.using() as connection:
            return {path: bytes(content) for path, content in connection.execute(sql, values)}

    def put(self, path: str, content: bytes | None) -> None:
        """Write the row, or remove it; inside `transaction` it becomes true with the rest of it."""
        with self._database.transaction() as connection:
            if content is None:
                connection.execute("DELETE FROM sealed_rows WHERE path = ?", (path,))
                return
            sql = "INSERT INTO sealed_rows VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET content = excluded.content"
            connection.execute(sql, (path, content))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is put inside stays, durably, or none of it. May be nested; the outermost decides."""
        with self._database.transaction():
            yield

    def generation(self) -> int:
        """A number that changes when another process has changed the rows."""
        return self._database.generation()

    def close(self) -> None:
        """Give the store back; a second time does nothing."""
        self._database.close()


def _after(prefix: str) -> str | None:
    """The first text that comes after all that begin with the prefix; None when there is none."""
    for length in range(len(prefix), 0, -1):
        last = ord(prefix[length - 1])
        if last < LAST:
            following = AFTER_SURROGATES if last + 1 == SURROGATES else last + 1
            return prefix[: length - 1] + chr(following)
    return None

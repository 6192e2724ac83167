"""A small database of this service: one file, one commit at a time, durable before it is acknowledged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Table:
    """A file with a schema. Threads and processes may use it at once; a connection is of no use to another thread."""

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(schema)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection for one commit; nothing is changed when the body raises."""
        with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
            db.execute("PRAGMA synchronous=FULL")
            yield db

"""The file of the journal in SQLite: making it, knowing it again, and telling how it is damaged."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from yunyue.journal.envelope import Fact
from yunyue.journal.tree import Frontier
from yunyue.store.admission import State, may_be_key
from yunyue.store.errors import JournalBroken, NotThisJournal, StorageFailed
from yunyue.store.files import flush_folder, make_folder
from yunyue.store.sqlite_schema import APPLICATION_ID, TABLES, TRIGGERS, VERSION

WAIT_SECONDS = 30
"""How long a writer waits for another process before it is refused."""


def typed(cursor: sqlite3.Cursor, types: tuple[type, ...]) -> list[Any]:
    """All rows. A damaged page may give back other types than a STRICT table takes in; raises JournalBroken then."""
    rows = cursor.fetchall()
    for row in rows:
        if tuple(map(type, row)) != types:
            raise JournalBroken(f"row {row[0]!r:.20}: damaged, a column has the wrong type")
    return rows


def make_private(path: Path) -> None:
    """Makes an empty file only its owner may read; SQLite gives its log beside it the same mode."""
    try:
        make_folder(path.parent)
        if not path.exists():
            path.touch(0o600)
            flush_folder(path.parent)
    except OSError as error:
        raise StorageFailed(f"{path}: {error.strerror or error}") from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, so that every transaction is begun and ended where one reads it."""
    with explained(path):
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("trusted_schema=OFF", "foreign_keys=ON", "synchronous=FULL", "cell_size_check=ON"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError:
            connection.close()
            raise
    return connection


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Tells a file that is no journal from one that cannot be read."""
    try:
        yield
    except UnicodeDecodeError as error:
        # Python fails on the text of SQLite's own message when that quotes a damaged schema.
        raise NotThisJournal(f"{path}: damaged, holds text that is not UTF-8 ({error.reason})") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        kind = NotThisJournal if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) else StorageFailed
        raise kind(f"{path}: {error}") from error


def prepare(connection: sqlite3.Connection, path: Path, origin: str) -> None:
    """Makes the tables in an empty file; in any other, checks that it is this journal."""
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise NotThisJournal(f"{path}: this file system cannot hold a write-ahead log (journal_mode is {mode})")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            _create(connection, origin)
        _check(connection, path, origin)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _create(connection: sqlite3.Connection, origin: str) -> None:
    for statement in (*TABLES, *TRIGGERS):
        connection.execute(statement.strip())
    connection.execute("INSERT INTO state VALUES (1, ?, 0, ?, 0)", (origin, Frontier().to_bytes()))
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={VERSION}")


def _check(connection: sqlite3.Connection, path: Path, origin: str) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotThisJournal(f"{path}: a database, but not a journal")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise NotThisJournal(f"{path}: made by version {version} of the journal, and this program knows {VERSION}")
    if missing := missing_guards(connection):
        raise NotThisJournal(f"{path}: someone removed or changed what guards the journal: {', '.join(missing)}")
    found = connection.execute("SELECT origin FROM state").fetchone()
    if found != (origin,):
        raise NotThisJournal(f"{path}: the journal of {found and found[0]!r}, not of {origin!r}")


def missing_guards(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables and triggers that are not there word for word as this program makes them."""
    wanted = {statement.split()[2]: statement.strip() for statement in (*TABLES, *TRIGGERS)}
    there = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
    return [name for name, sql in wanted.items() if there.get(name) != sql]


def read_state(connection: sqlite3.Connection) -> State:
    with closing(connection.execute("SELECT size, frontier, recorded FROM state")) as cursor:
        row = cursor.fetchone()
    if row is None or tuple(map(type, row)) != (int, bytes, int):
        raise JournalBroken("the journal's state is missing or damaged")
    frontier = Frontier.from_bytes(row[1])
    if frontier.size != row[0]:
        raise JournalBroken(f"the journal's state says {row[0]} leaves, its frontier {frontier.size}")
    return State(frontier, row[2])


def known(connection: sqlite3.Connection, facts: Sequence[Fact]) -> dict[str, tuple[int, bytes]]:
    wanted = json.dumps([fact.id for fact in facts if may_be_key(fact.id)])
    sql = "SELECT id, sequence, leaf FROM leaves WHERE id IN (SELECT value FROM json_each(?))"
    return {identifier: (sequence, leaf) for identifier, sequence, leaf in connection.execute(sql, (wanted,))}

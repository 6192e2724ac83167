"""The journal in one SQLite file: acknowledged means it would survive the power going off at that moment.

WAL with synchronous=FULL; several processes may have the file open, and readers never wait for the writer.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Self, TypeVar

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.tree import Frontier
from yunyue.store.admission import Admitted, Row, State, admit
from yunyue.store.adoption import take_over
from yunyue.store.errors import JournalBroken, NotThisJournal, StorageFailed
from yunyue.store.files import flush_folder, make_folder
from yunyue.store.interface import Appended, Head
from yunyue.store.readers import Readers
from yunyue.store.sqlite_schema import APPLICATION_ID, TABLES, TRIGGERS, VERSION
from yunyue.store.stored import PAGE, StoredJournal

WAIT_SECONDS = 30
"""How long a writer waits for another process before it is refused."""


Outcome = TypeVar("Outcome")


class SqliteJournal(StoredJournal):
    """A Journal (store/interface) in SQLite. One object serves any number of threads of one process; do not fork it."""

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = origin
        self._writing = Lock()
        self._failure = ""
        self._readers = Readers(self._reader, str(path))
        self._writer = _connect(path)

    @classmethod
    def open(cls, path: Path, origin: str) -> Self:
        """The journal in `path`, made when there is none.

        Raises NotThisJournal for any other file, origin or version; StorageFailed when it cannot be opened at all.
        """
        _make_private(path)
        journal = cls(path, origin)
        try:
            with _explained(path):
                _prepare(journal._writer, path, origin)
        except JournalBroken:
            journal.close()
            raise
        return journal

    @property
    def origin(self) -> str:
        """The name under which checkpoints are signed."""
        return self._origin

    def append(self, facts: Sequence[Fact], now: datetime) -> Appended | Refused:
        """See Journal.append. Raises StorageFailed, now and ever after on this object, when the disk fails."""

        def work() -> Appended | Refused:
            admitted = admit(facts, now, _read_state(self._writer), _known(self._writer, facts))
            if isinstance(admitted, Refused):
                return admitted
            self._insert(admitted)
            return Appended(admitted.sequences, len(admitted.rows))

        return self._transact(work)

    def adopt(self, leaves: Iterator[bytes], expected: Head) -> Head | Refused:
        """See StoredJournal.adopt."""
        return self._transact(lambda: take_over(leaves, expected, _read_state(self._writer), self._insert))

    def close(self) -> None:
        """Gives the files back; a second time does nothing."""
        self._failure = f"{self._path} is closed"
        self._readers.close()
        self._writer.close()

    def _transact(self, work: Callable[[], Outcome | Refused]) -> Outcome | Refused:
        """Runs `work` in one transaction, which stays only if it refuses nothing."""
        with self._writing:
            if self._failure:
                raise StorageFailed(self._failure)
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                outcome = work()
                if not isinstance(outcome, Refused):
                    self._writer.execute("COMMIT")
                return outcome
            except (sqlite3.Error, UnicodeDecodeError) as error:
                return self._explain(error)
            finally:
                self._end()

    def _insert(self, admitted: Admitted) -> None:
        writer, frontier = self._writer, admitted.growth.frontier
        if not admitted.rows:
            return
        writer.executemany("INSERT INTO leaves VALUES (?, ?, ?, ?, ?, ?)", admitted.rows)
        writer.executemany("INSERT INTO nodes VALUES (?, ?, ?)", admitted.growth.nodes)
        state = (frontier.size, frontier.to_bytes(), admitted.recorded)
        writer.execute("UPDATE state SET size = ?, frontier = ?, recorded = ?", state)

    def _end(self) -> None:
        """Leaves no transaction open, whatever happened in it."""
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._failure = f"{self._path}: {error}; nothing more is recorded until it is checked and opened again"
            raise StorageFailed(self._failure) from error

    def _explain(self, error: Exception) -> Refused:
        """A full disk, a busy or read-only file are refusals; anything else is a broken promise and ends this handle.

        After a failed fsync nobody knows what is on disk, and a second fsync may succeed without writing: so no retry.
        """
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR_SHMSIZE):
            return Refused(f"the disk is full, nothing was recorded; free some space beside {self._path.name}")
        match code & 0xFF:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return Refused("another process is writing to the journal, nothing was recorded; try again")
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
                return Refused(f"{self._path.name} may not be written by this user, nothing was recorded")
            case _:
                self._failure = f"{self._path}: {error}; nothing more is recorded until it is checked and opened again"
                raise StorageFailed(self._failure) from error

    def _reader(self) -> sqlite3.Connection:
        connection = _connect(self._path)
        connection.execute("PRAGMA query_only=ON")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with _explained(self._path), self._readers.lend() as connection:
            yield connection

    def state(self) -> State:
        """See StoredJournal.state."""
        with self._reading() as connection:
            return _read_state(connection)

    def _page(self, start: int, stop: int, subject: str | None) -> list[tuple[int, bytes]]:
        chosen, values = ("", ()) if subject is None else ("AND subject = ?", (subject,))
        sql = (
            f"SELECT sequence, leaf FROM leaves WHERE sequence >= ? AND sequence < ? {chosen} ORDER BY sequence LIMIT ?"  # noqa: S608 - the text put in is one of two constants
        )
        with self._reading() as connection:
            return _typed(connection.execute(sql, (start, stop, *values, PAGE)), (int, bytes))

    def _recorded(self, sequence: int) -> int:
        with self._reading() as connection:
            found = _typed(connection.execute("SELECT recorded FROM leaves WHERE sequence = ?", (sequence,)), (int,))
        if not found:
            raise JournalBroken(f"leaf {sequence} is missing")
        return int(found[0][0])

    def _find(self, identifier: str) -> tuple[int, bytes] | None:
        with self._reading() as connection:
            sql = "SELECT sequence, leaf FROM leaves WHERE id = ?"
            found = _typed(connection.execute(sql, (identifier,)), (int, bytes))
        return found[0] if found else None

    def find_sequence(self, identifier: str) -> int | None:
        """See StoredJournal.find_sequence."""
        with self._reading() as connection:
            row = connection.execute("SELECT sequence FROM leaves WHERE id = ?", (identifier,)).fetchone()
        return None if row is None else int(row[0])

    def rows(self, start: int, stop: int) -> list[Row]:
        """See StoredJournal.rows."""
        sql = (
            "SELECT sequence, id, subject, type, recorded, leaf FROM leaves"
            " WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?"
        )
        with self._reading() as connection:
            return _typed(connection.execute(sql, (start, stop, PAGE)), (int, str, str, str, int, bytes))

    def self_check(self) -> list[str]:
        """See StoredJournal.self_check."""
        with self._reading() as connection:
            found = [text for (text,) in connection.execute("PRAGMA integrity_check")]
            guards = [f"what guards the journal was changed: {name}" for name in missing_guards(connection)]
        return [each for each in found if each != "ok"] + guards

    def kept_nodes(self, level: int, start: int, stop: int) -> list[bytes]:
        """See StoredJournal.kept_nodes."""
        sql = "SELECT hash FROM nodes WHERE level = ? AND place >= ? AND place < ? ORDER BY place"
        with self._reading() as connection:
            return [hash_ for (hash_,) in _typed(connection.execute(sql, (level, start, stop)), (bytes,))]


def _typed(cursor: sqlite3.Cursor, types: tuple[type, ...]) -> list[Any]:
    """All rows. A damaged page may give back other types than a STRICT table takes in; raises JournalBroken then."""
    rows = cursor.fetchall()
    for row in rows:
        if tuple(map(type, row)) != types:
            raise JournalBroken(f"row {row[0]!r:.20}: damaged, a column has the wrong type")
    return rows


def _make_private(path: Path) -> None:
    """Makes an empty file only its owner may read; SQLite gives its log beside it the same mode."""
    try:
        make_folder(path.parent)
        if not path.exists():
            path.touch(0o600)
            flush_folder(path.parent)
    except OSError as error:
        raise StorageFailed(f"{path}: {error.strerror or error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, so that every transaction is begun and ended where one reads it."""
    with _explained(path):
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("trusted_schema=OFF", "foreign_keys=ON", "synchronous=FULL", "cell_size_check=ON"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError:
            connection.close()
            raise
    return connection


@contextmanager
def _explained(path: Path) -> Iterator[None]:
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


def _prepare(connection: sqlite3.Connection, path: Path, origin: str) -> None:
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


def _read_state(connection: sqlite3.Connection) -> State:
    with closing(connection.execute("SELECT size, frontier, recorded FROM state")) as cursor:
        row = cursor.fetchone()
    if row is None or tuple(map(type, row)) != (int, bytes, int):
        raise JournalBroken("the journal's state is missing or damaged")
    frontier = Frontier.from_bytes(row[1])
    if frontier.size != row[0]:
        raise JournalBroken(f"the journal's state says {row[0]} leaves, its frontier {frontier.size}")
    return State(frontier, row[2])


def _known(connection: sqlite3.Connection, facts: Sequence[Fact]) -> dict[str, tuple[int, bytes]]:
    wanted = json.dumps([fact.id for fact in facts])
    sql = "SELECT id, sequence, leaf FROM leaves WHERE id IN (SELECT value FROM json_each(?))"
    return {identifier: (sequence, leaf) for identifier, sequence, leaf in connection.execute(sql, (wanted,))}

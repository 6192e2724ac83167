"""The journal in one SQLite file: acknowledged means it would survive the power going off at that moment.

WAL with synchronous=FULL; several processes may have the file open, and readers never wait for the writer.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self, TypeVar

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.store.admission import Admitted, Row, State, admit
from yunyue.store.adoption import take_over
from yunyue.store.errors import JournalBroken, StorageFailed
from yunyue.store.interface import Appended, Head
from yunyue.store.readers import Readers
from yunyue.store.sqlite_file import (
    connect,
    explained,
    known,
    make_private,
    missing_guards,
    prepare,
    read_state,
    typed,
)
from yunyue.store.stored import PAGE, StoredJournal

Outcome = TypeVar("Outcome")


class SqliteJournal(StoredJournal):
    """A Journal (store/interface) in SQLite. One object serves any number of threads of one process; do not fork it."""

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = origin
        self._writing = Lock()
        self._failure = ""
        self._readers = Readers(self._reader, str(path))
        self._writer = connect(path)

    @classmethod
    def open(cls, path: Path, origin: str) -> Self:
        """The journal in `path`, made when there is none.

        Raises NotThisJournal for any other file, origin or version; StorageFailed when it cannot be opened at all.
        """
        make_private(path)
        journal = cls(path, origin)
        try:
            with explained(path):
                prepare(journal._writer, path, origin)
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
            admitted = admit(facts, now, read_state(self._writer), known(self._writer, facts))
            if isinstance(admitted, Refused):
                return admitted
            self._insert(admitted)
            return Appended(admitted.sequences, len(admitted.rows))

        return self._transact(work)

    def adopt(self, leaves: Iterator[bytes], expected: Head) -> Head | Refused:
        """See StoredJournal.adopt."""
        return self._transact(lambda: take_over(leaves, expected, read_state(self._writer), self._insert))

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
        connection = connect(self._path)
        connection.execute("PRAGMA query_only=ON")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with explained(self._path), self._readers.lend() as connection:
            yield connection

    def state(self) -> State:
        """See StoredJournal.state."""
        with self._reading() as connection:
            return read_state(connection)

    def _page(self, start: int, stop: int, subject: str | None) -> list[tuple[int, bytes]]:
        chosen, values = ("", ()) if subject is None else ("AND subject = ?", (subject,))
        sql = (
            f"SELECT sequence, leaf FROM leaves WHERE sequence >= ? AND sequence < ? {chosen} ORDER BY sequence LIMIT ?"  # noqa: S608 - the text put in is one of two constants
        )
        with self._reading() as connection:
            return typed(connection.execute(sql, (start, stop, *values, PAGE)), (int, bytes))

    def _recorded(self, sequence: int) -> int:
        with self._reading() as connection:
            found = typed(connection.execute("SELECT recorded FROM leaves WHERE sequence = ?", (sequence,)), (int,))
        if not found:
            raise JournalBroken(f"leaf {sequence} is missing")
        return int(found[0][0])

    def _find(self, identifier: str) -> tuple[int, bytes] | None:
        with self._reading() as connection:
            sql = "SELECT sequence, leaf FROM leaves WHERE id = ?"
            found = typed(connection.execute(sql, (identifier,)), (int, bytes))
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
            return typed(connection.execute(sql, (start, stop, PAGE)), (int, str, str, str, int, bytes))

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
            return [hash_ for (hash_,) in typed(connection.execute(sql, (level, start, stop)), (bytes,))]

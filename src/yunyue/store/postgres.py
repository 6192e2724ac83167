"""The journal in PostgreSQL, for installations that run one anyway: the same promises as in SQLite.

Writers queue on the one row of state; a commit is acknowledged once the server has its log on disk.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any, Self, TypeVar

import psycopg
from psycopg import errors

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.tree import Frontier
from yunyue.store.admission import Admitted, Row, State, admit, may_be_key
from yunyue.store.adoption import take_over
from yunyue.store.errors import JournalBroken, NotThisJournal, StorageFailed
from yunyue.store.interface import Appended, Head
from yunyue.store.postgres_schema import FUNCTIONS, TRIGGERS, creation
from yunyue.store.readers import Readers
from yunyue.store.stored import PAGE, StoredJournal

VERSION = 1
WAIT = "30s"
"""How long a writer waits for another process before it is refused."""

Connection = psycopg.Connection[tuple[Any, ...]]

Outcome = TypeVar("Outcome")


class PostgresJournal(StoredJournal):
    """A Journal (store/interface) in the schema `yunyue` of a database. One object serves any number of threads."""

    def __init__(self, conninfo: str, origin: str) -> None:
        self._conninfo = conninfo
        self._origin = origin
        self._writing = Lock()
        self._failure = ""
        self._readers = Readers(self._connect, "the journal in PostgreSQL")
        self._writer = self._connect()

    @classmethod
    def open(cls, conninfo: str, origin: str) -> Self:
        """The journal in the database `conninfo` names (a libpq connection string), made when there is none.

        Raises NotThisJournal for another origin or version, missing guards, or a server that does not keep what it
        acknowledges; StorageFailed when there is no server.
        """
        journal = cls(conninfo, origin)
        try:
            _prepare(journal._writer, origin)
        except psycopg.Error as error:
            journal.close()
            raise NotThisJournal(f"the journal in PostgreSQL: {error}") from error
        except NotThisJournal:
            journal.close()
            raise
        return journal

    @property
    def origin(self) -> str:
        """The name under which checkpoints are signed."""
        return self._origin

    def append(self, facts: Sequence[Fact], now: datetime) -> Appended | Refused:
        """See Journal.append. A lost connection raises StorageFailed too, and the next append connects anew.

        Whether the lost batch was recorded is then unknown; giving it again is safe, as each id is taken once.
        """

        def work() -> Appended | Refused:
            state = _read_state(self._writer, "FOR UPDATE")
            admitted = admit(facts, now, state, _known(self._writer, facts))
            if isinstance(admitted, Refused):
                return admitted
            self._insert(admitted)
            return Appended(admitted.sequences, len(admitted.rows))

        return self._transact(work)

    def adopt(self, leaves: Iterator[bytes], expected: Head) -> Head | Refused:
        """See StoredJournal.adopt."""
        return self._transact(
            lambda: take_over(leaves, expected, _read_state(self._writer, "FOR UPDATE"), self._insert)
        )

    def close(self) -> None:
        """Gives the connections back; a second time does nothing."""
        self._failure = "the journal in PostgreSQL is closed"
        self._readers.close()
        self._writer.close()

    def _transact(self, work: Callable[[], Outcome | Refused]) -> Outcome | Refused:
        """Runs `work` in one transaction, which stays only if it refuses nothing."""
        with self._writing:
            if self._failure:
                raise StorageFailed(self._failure)
            if self._writer.closed:
                self._writer = self._connect()
            try:
                with self._writer.transaction() as transaction:
                    outcome = work()
                    if isinstance(outcome, Refused):
                        raise psycopg.Rollback(transaction)
            except psycopg.Error as error:
                return self._explain(error)
            return outcome

    def _insert(self, admitted: Admitted) -> None:
        frontier = admitted.growth.frontier
        if not admitted.rows:
            return
        with self._writer.cursor() as cursor:
            with cursor.copy("COPY yunyue.leaves FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "text", "text", "text", "int8", "bytea"])
                for row in admitted.rows:
                    copy.write_row(row)
            if admitted.growth.nodes:
                cursor.executemany("INSERT INTO yunyue.nodes VALUES (%s, %s, %s)", admitted.growth.nodes)
            state = (frontier.size, frontier.to_bytes(), admitted.recorded)
            cursor.execute("UPDATE yunyue.state SET size = %s, frontier = %s, recorded = %s", state)

    def _explain(self, error: psycopg.Error) -> Refused:
        match error:
            case errors.DiskFull():
                return Refused("the disk is full, nothing was recorded; free some space on the database server")
            case errors.LockNotAvailable() | errors.QueryCanceled() | errors.DeadlockDetected():
                return Refused("another process is writing to the journal, nothing was recorded; try again")
            case errors.ReadOnlySqlTransaction() | errors.InsufficientPrivilege():
                return Refused("the journal may not be written by this user, nothing was recorded")
        message = f"the journal in PostgreSQL: {error}"
        if self._writer.closed or self._writer.broken:
            self._writer.close()
            raise StorageFailed(f"{message}; append the same facts again") from error
        self._failure = f"{message}; nothing more is recorded until it is checked and opened again"
        raise StorageFailed(self._failure) from error

    def _connect(self) -> Connection:
        try:
            connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10)
            try:
                connection.execute("SET synchronous_commit = on")
                connection.execute(f"SET lock_timeout = '{WAIT}'")
            except psycopg.Error:
                connection.close()
                raise
        except psycopg.Error as error:
            raise StorageFailed(f"the journal in PostgreSQL: {error}") from error
        return connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._readers.lend() as connection:
                yield connection
        except psycopg.Error as error:
            raise StorageFailed(f"the journal in PostgreSQL: {error}") from error

    def state(self) -> State:
        """See StoredJournal.state."""
        with self._reading() as connection:
            return _read_state(connection)

    def _page(self, start: int, stop: int, subject: str | None) -> list[tuple[int, bytes]]:
        sql = (
            "SELECT sequence, leaf FROM yunyue.leaves WHERE sequence >= %(start)s AND sequence < %(stop)s"
            " AND (%(subject)s::text IS NULL OR subject = %(subject)s) ORDER BY sequence LIMIT %(page)s"
        )
        values = {"start": start, "stop": stop, "subject": subject, "page": PAGE}
        with self._reading() as connection:
            return [(row[0], row[1]) for row in connection.execute(sql, values, binary=True)]

    def _recorded(self, sequence: int) -> int:
        with self._reading() as connection:
            row = connection.execute("SELECT recorded FROM yunyue.leaves WHERE sequence = %s", (sequence,)).fetchone()
        if row is None:
            raise JournalBroken(f"leaf {sequence} is missing")
        return int(row[0])

    def _find(self, identifier: str) -> tuple[int, bytes] | None:
        sql = "SELECT sequence, leaf FROM yunyue.leaves WHERE id = %s"
        with self._reading() as connection:
            row = connection.execute(sql, (identifier,), binary=True).fetchone()
        return None if row is None else (row[0], row[1])

    def find_sequence(self, identifier: str) -> int | None:
        """See StoredJournal.find_sequence."""
        with self._reading() as connection:
            row = connection.execute("SELECT sequence FROM yunyue.leaves WHERE id = %s", (identifier,)).fetchone()
        return None if row is None else int(row[0])

    def rows(self, start: int, stop: int) -> list[Row]:
        """See StoredJournal.rows."""
        sql = (
            "SELECT sequence, id, subject, type, recorded, leaf FROM yunyue.leaves"
            " WHERE sequence >= %s AND sequence < %s ORDER BY sequence LIMIT %s"
        )
        with self._reading() as connection:
            found = connection.execute(sql, (start, stop, PAGE), binary=True).fetchall()
        return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in found]

    def self_check(self) -> list[str]:
        """See StoredJournal.self_check. The server's own files are for its operator's pg_amcheck."""
        with self._reading() as connection:
            return [f"what guards the journal was changed: {name}" for name in missing_guards(connection)]

    def kept_nodes(self, level: int, start: int, stop: int) -> list[bytes]:
        """See StoredJournal.kept_nodes."""
        sql = "SELECT hash FROM yunyue.nodes WHERE level = %s AND place >= %s AND place < %s ORDER BY place"
        with self._reading() as connection:
            return [row[0] for row in connection.execute(sql, (level, start, stop), binary=True)]


def _prepare(connection: Connection, origin: str) -> None:
    """Makes the tables in a database without them; in any other, checks that it is this journal."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        row = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
        if row is None or row[0] != "on":
            raise NotThisJournal(f"the server's {setting} is not on: it would forget facts it has acknowledged")
    with connection.transaction():
        # Two processes may start at once; the number only has to be the same in both.
        connection.execute("SELECT pg_advisory_xact_lock(1498040645)")
        if connection.execute("SELECT to_regnamespace('yunyue')").fetchone() == (None,):
            connection.execute(creation())
            connection.execute(
                "INSERT INTO yunyue.state VALUES (1, %s, %s, 0, %s, 0)", (VERSION, origin, Frontier().to_bytes())
            )
        _check(connection, origin)


def _check(connection: Connection, origin: str) -> None:
    row = connection.execute("SELECT version, origin FROM yunyue.state").fetchone()
    if row is None or row[0] != VERSION:
        raise NotThisJournal(f"made by version {row and row[0]} of the journal, and this program knows {VERSION}")
    if row[1] != origin:
        raise NotThisJournal(f"the journal of {row[1]!r}, not of {origin!r}")
    if missing := missing_guards(connection):
        raise NotThisJournal(f"someone removed or changed what guards the journal: {', '.join(missing)}")


def missing_guards(connection: Connection) -> list[str]:
    """Names of the triggers that are not there, not always on, or do not run our function word for word."""
    sql = (
        "SELECT t.tgname, c.relname, p.proname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE c.relnamespace = to_regnamespace('yunyue') AND t.tgenabled = 'A'"
    )
    there = {row[0]: row[1:] for row in connection.execute(sql)}
    return [
        name
        for name, (table, _, function) in TRIGGERS.items()
        if there.get(name) != (table, function, FUNCTIONS[function])
    ]


def _read_state(connection: Connection, lock: str = "") -> State:
    sql = f"SELECT size, frontier, recorded FROM yunyue.state {lock}"  # noqa: S608 - lock is one of two constants
    row = connection.execute(sql, binary=True).fetchone()
    if row is None:
        raise JournalBroken("the journal's state is missing")
    frontier = Frontier.from_bytes(row[1])
    if frontier.size != row[0]:
        raise JournalBroken(f"the journal's state says {row[0]} leaves, its frontier {frontier.size}")
    return State(frontier, row[2])


def _known(connection: Connection, facts: Sequence[Fact]) -> dict[str, tuple[int, bytes]]:
    sql = "SELECT id, sequence, leaf FROM yunyue.leaves WHERE id = ANY(%s)"
    rows = connection.execute(sql, ([fact.id for fact in facts if may_be_key(fact.id)],), binary=True)
    return {identifier: (sequence, leaf) for identifier, sequence, leaf in rows}

"""Which of several machines serves: the one that holds a lock of the database, for as long as its connection lives."""

from contextlib import suppress
from threading import Lock
from typing import Any, Final

import psycopg

from yunyue.host.log import logger
from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.store.database import Executor
from yunyue.services.crypto.store.postgres import WAIT_SECONDS

LOCK: Final = 0x59594C44
_log = logger("yunyue.crypto")


class Lead:
    """The lead over one database. `address`: where this machine is reached, which the others send clients to."""

    def __init__(self, database: str, address: str = "") -> None:
        self._database = database
        self._address = address
        self._lock = Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._term = 0
        self.held = False

    def check(self, run: Executor) -> None:
        """Inside a transaction: raise StorageFailed unless this machine leads; nobody takes over until it ends."""
        row = run.execute("SELECT term FROM yunyue_lead.leader FOR SHARE").fetchone() if self.held else None
        if row is None or row[0] != self._term:
            self.held = False
            raise StorageFailed("another machine serves the vault now; nothing was written")

    def look(self) -> bool:
        """Whether this machine leads now: takes the lead when it is free, gives it up when the database is gone."""
        with self._lock:
            was = self.held
            try:
                self.held = self._still() if self.held else self._taken()
            except psycopg.Error as error:
                self.held = False
                self._drop()
                _log.error("the database of the vault cannot be reached", reason=str(error).strip())
            if self.held != was:
                _log.warning("this machine serves the vault" if self.held else "this machine stands by")
            return self.held

    def leader(self) -> str:
        """Where the machine that leads is reached; empty when nobody says."""
        if self.held:
            return self._address
        try:
            with self._connected() as connection:
                row = connection.execute("SELECT address FROM yunyue_lead.leader").fetchone()
        except psycopg.Error:
            return ""
        return "" if row is None else str(row[0])

    def close(self) -> None:
        """Let another lead."""
        with self._lock:
            self.held = False
            self._drop()

    def _drop(self) -> None:
        """Let go of the lock at once: the server notices a closed connection only a little later."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None

    def _connected(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self._database, autocommit=True, connect_timeout=WAIT_SECONDS)

    def _still(self) -> bool:
        """The lock lives and dies with its connection."""
        if self._connection is None or self._connection.closed:
            return False
        self._connection.execute("SELECT 1")
        return True

    def _taken(self) -> bool:
        if self._connection is None or self._connection.closed:
            self._connection = self._connected()
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        if row is None or not row[0]:
            return False
        with self._connection.transaction():
            self._connection.execute("CREATE SCHEMA IF NOT EXISTS yunyue_lead")
            table = "yunyue_lead.leader (id INTEGER PRIMARY KEY, address TEXT NOT NULL, term BIGINT NOT NULL)"
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            taken = (
                "INSERT INTO yunyue_lead.leader VALUES (1, %s, 1) ON CONFLICT (id) DO UPDATE"
                " SET address = excluded.address, term = leader.term + 1 RETURNING term"
            )
            row = self._connection.execute(taken, (self._address,)).fetchone()
        self._term = int(row[0]) if row else 0
        return True

"""Every kind of journal there is, each behind the same handle, so that one suite runs over all of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres import Cluster
from samples import ORIGIN

from yunyue.store.interface import Journal
from yunyue.store.postgres import PostgresJournal
from yunyue.store.sqlite import SqliteJournal


@dataclass
class Place:
    """Where one journal is kept, and how to open it, as often as wanted."""

    kind: str
    address: str
    opened: list[Journal] = field(default_factory=list)

    def open(self, origin: str = ORIGIN) -> Journal:
        """Another handle of the same journal; closed when the test ends."""
        journal: Journal
        if self.kind == "sqlite":
            journal = SqliteJournal.open(Path(self.address), origin)
        else:
            journal = PostgresJournal.open(self.address, origin)
        self.opened.append(journal)
        return journal

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Runs SQL behind the journal's back; raises the database's own error. Write `leaves`, never a schema."""
        if self.kind == "sqlite":
            connection = sqlite3.connect(self.address, isolation_level=None)
            try:
                return connection.execute(statement).fetchall()
            finally:
                connection.close()
        options = f"{self.address} options='-c search_path=yunyue'"
        with psycopg.connect(options, autocommit=True) as server:
            cursor = server.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Closes every handle."""
        while self.opened:
            self.opened.pop().close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engine("postgres"))])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty place for a journal, of each kind in turn."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            address = str(tmp_path / "place.db")
        else:
            cluster: Cluster = request.getfixturevalue("postgres")
            address = stack.enter_context(cluster.lent())
        place = Place(request.param, address)
        stack.callback(place.close)
        yield place


@pytest.fixture
def journal(place: Place) -> Journal:
    """A new journal of each kind in turn."""
    return place.open()


@pytest.fixture
def sqlite_journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    """A new journal in SQLite, for what does not depend on the database."""
    journal = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
    yield journal
    journal.close()

"""The database itself refuses to change or remove what the journal holds, whoever asks."""

import sqlite3

import psycopg
import pytest
from journals import Place
from samples import appended, payments

from yunyue.store.errors import NotThisJournal
from yunyue.store.interface import Journal

DATABASE_SAYS_NO = (sqlite3.DatabaseError, psycopg.Error)
COLUMNS = "sequence, id, subject, type, recorded, leaf"
only_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("place", ["postgres"], indirect=True)
NEXT = "SELECT 300, 'new-id', subject, type, recorded, leaf FROM leaves WHERE sequence = 0"


@pytest.fixture
def filled(place: Place) -> Journal:
    """300 facts: one kept node, and a frontier."""
    journal = place.open()
    appended(journal, payments(0, 300))
    return journal


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE leaves SET subject = 'another' WHERE sequence = 5",
        "UPDATE leaves SET leaf = leaf WHERE sequence = 5",
        "UPDATE leaves SET sequence = 300 WHERE sequence = 299",
        "DELETE FROM leaves WHERE sequence = 299",
        "DELETE FROM leaves",
        "UPDATE nodes SET place = 7",
        "DELETE FROM nodes",
        "DELETE FROM state",
        "UPDATE state SET size = 299",
        "UPDATE state SET size = 301",
        "UPDATE state SET origin = 'other.example'",
        "UPDATE state SET recorded = recorded - 1",
        f"INSERT INTO leaves ({COLUMNS}) {NEXT.replace('300', '301')}",
        f"INSERT INTO leaves ({COLUMNS}) {NEXT.replace('300', '-1')}",
        f"INSERT INTO leaves ({COLUMNS}) {NEXT.replace('300', '5')}",
        f"INSERT INTO leaves ({COLUMNS}) {NEXT.replace('300', 'NULL')}",
        f"INSERT INTO leaves ({COLUMNS}) {NEXT.replace('recorded', 'recorded - 1')}",
        f"INSERT INTO leaves ({COLUMNS}) {NEXT.replace(chr(39) + 'new-id' + chr(39), 'id')}",
    ],
)
def test_the_database_refuses(place: Place, filled: Journal, statement: str) -> None:
    before, leaves = filled.head(), list(filled.leaves())
    with pytest.raises(DATABASE_SAYS_NO):
        place.sql(statement)
    assert filled.head() == before
    assert list(filled.leaves()) == leaves


def test_the_database_takes_the_next_leaf_so_the_refusals_above_are_not_for_their_wording(
    place: Place, filled: Journal
) -> None:
    place.sql(f"INSERT INTO leaves ({COLUMNS}) {NEXT}")
    assert place.sql("SELECT max(sequence) FROM leaves") == [(300,)]


@only_sqlite
@pytest.mark.parametrize("word", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "UPDATE OR REPLACE"])
def test_sqlite_does_not_replace_a_leaf(place: Place, filled: Journal, word: str) -> None:
    row = NEXT.replace("'new-id'", "'beijing-2024/payment/3'")
    update = "UPDATE OR REPLACE leaves SET id = 'beijing-2024/payment/3' WHERE sequence = 4"
    with pytest.raises(sqlite3.IntegrityError, match="journal:"):
        place.sql(update if word.startswith("UPDATE") else f"{word} INTO leaves ({COLUMNS}) {row}")
    assert len(list(filled.leaves())) == 300


@only_postgres
@pytest.mark.parametrize("table", ["leaves", "nodes", "state"])
def test_postgres_does_not_truncate(place: Place, filled: Journal, table: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="truncate is refused"):
        place.sql(f"TRUNCATE {table} CASCADE")


@only_postgres
def test_postgres_guards_a_session_that_calls_itself_a_replica(place: Place, filled: Journal) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="delete is refused"):
        place.sql("SET session_replication_role = replica; DELETE FROM leaves")


@only_postgres
def test_postgres_guards_an_upsert(place: Place, filled: Journal) -> None:
    row = NEXT.replace("'new-id'", "'beijing-2024/payment/3'")
    with pytest.raises(psycopg.errors.RaiseException, match="update is refused"):
        place.sql(f"INSERT INTO leaves ({COLUMNS}) {row} ON CONFLICT (id) DO UPDATE SET subject = 'x'")


def test_a_journal_whose_guards_were_removed_is_not_opened(place: Place, filled: Journal) -> None:
    place.sql("DROP TRIGGER leaves_stay" + ("" if place.kind == "sqlite" else " ON leaves"))
    with pytest.raises(NotThisJournal, match="leaves_stay"):
        place.open()


@only_postgres
def test_postgres_notices_a_guard_that_was_switched_off(place: Place, filled: Journal) -> None:
    place.sql("ALTER TABLE leaves DISABLE TRIGGER leaves_stay")
    with pytest.raises(NotThisJournal, match="leaves_stay"):
        place.open()

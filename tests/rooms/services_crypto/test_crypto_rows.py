"""Rows on disk: whole transactions or nothing, and a file that is not ours is refused with a clear error."""

import sqlite3
from pathlib import Path

import pytest

from yunyue.services.crypto.errors import NotThisVault, StorageFailed
from yunyue.services.crypto.rows import Rows


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path / "keys.db")


def test_a_row_is_read_as_it_was_written(rows: Rows) -> None:
    rows.put("a/b", b"1")
    rows.put("a/b", b"2")
    assert rows.get("a/b") == b"2"
    assert rows.get("a") is None


def test_a_removed_row_is_gone(rows: Rows) -> None:
    rows.put("a", b"1")
    rows.put("a", None)
    assert rows.get("a") is None


def test_rows_are_listed_by_the_start_of_their_paths(rows: Rows) -> None:
    for path in ("a/1", "a/2", "a0", "b/1", "a/密"):
        rows.put(path, path.encode())
    assert list(rows.under("a/")) == ["a/1", "a/2", "a/密"]
    assert rows.under("c") == {}


def test_a_transaction_stays_whole(rows: Rows) -> None:
    def half_done() -> None:
        with rows.transaction():
            rows.put("a", b"1")
            with rows.transaction():
                rows.put("b", b"1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert rows.under("") == {}
    with rows.transaction():
        rows.put("a", b"1")
    assert rows.get("a") == b"1"


def test_what_another_process_changed_is_noticed(rows: Rows, tmp_path: Path) -> None:
    other = Rows(tmp_path / "keys.db")
    before = rows.generation()
    rows.put("mine", b"1")
    assert rows.generation() == before
    other.put("theirs", b"1")
    assert rows.generation() != before
    assert rows.get("theirs") == b"1"


def test_the_file_is_for_its_owner_alone(rows: Rows, tmp_path: Path) -> None:
    rows.put("a", b"1")
    assert (tmp_path / "keys.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(NotThisVault, match=r"keys\.db"):
        Rows(tmp_path / "keys.db")


def test_another_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "keys.db") as other:
        other.execute("CREATE TABLE people (name)")
    other.close()
    with pytest.raises(NotThisVault, match="no store of keys"):
        Rows(tmp_path / "keys.db")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("PRAGMA user_version=2", "made by version 2"),
        ("PRAGMA application_id=7", "no store of keys"),
        ("CREATE TABLE sealed_rows_new (path TEXT)", "half migrated"),
        ("CREATE TRIGGER t AFTER INSERT ON sealed_rows BEGIN DELETE FROM sealed_rows; END", "half migrated"),
    ],
)
def test_a_store_of_another_version_or_half_migrated_is_refused(tmp_path: Path, change: str, reason: str) -> None:
    Rows(tmp_path / "keys.db").close()
    with sqlite3.connect(tmp_path / "keys.db") as other:
        other.execute(change)
    other.close()
    with pytest.raises(NotThisVault, match=reason):
        Rows(tmp_path / "keys.db")


def run(rows: Rows, statement: str) -> None:
    """A statement on the store's own connection."""
    with rows._database.using() as connection:
        connection.execute(statement)


def test_a_closed_store_refuses(rows: Rows) -> None:
    rows.close()
    with pytest.raises(StorageFailed, match="closed"):
        rows.get("a")


def test_a_full_disk_refuses_and_can_be_tried_again(rows: Rows) -> None:
    rows.put("a", b"1")
    run(rows, "PRAGMA max_page_count=1")
    with pytest.raises(StorageFailed, match="nothing was written"):
        rows.put("b", bytes(100_000))
    run(rows, "PRAGMA max_page_count=1000000")
    rows.put("b", bytes(100_000))
    assert rows.get("b") == bytes(100_000)


def test_after_an_unknown_failure_nothing_more_is_written(rows: Rows) -> None:
    run(rows, "DROP TABLE sealed_rows")
    with pytest.raises(StorageFailed, match="checked"):
        rows.put("a", b"1")
    with pytest.raises(StorageFailed, match="checked"):
        rows.generation()

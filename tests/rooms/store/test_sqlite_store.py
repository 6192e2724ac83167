"""What is particular to the journal in SQLite: its file, its settings, and its disk."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import NOW, ORIGIN, appended, payment, payments, refused, small_disk

from yunyue.answer import Refused
from yunyue.store import sqlite_file
from yunyue.store.errors import NotThisJournal, StorageFailed
from yunyue.store.fsck import fsck
from yunyue.store.interface import Head
from yunyue.store.sqlite import SqliteJournal


def nothing_signed(written: str) -> Refused:
    """Reads no checkpoint: nothing is published in these tests."""
    return Refused("nothing is published here")


def test_the_file_is_a_durable_write_ahead_database(sqlite_journal: SqliteJournal) -> None:
    settings = {
        name: sqlite_journal._writer.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check")
    }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }


def test_readers_cannot_write(sqlite_journal: SqliteJournal) -> None:
    with (
        pytest.raises(StorageFailed, match="readonly"),
        sqlite_journal._reading() as connection,
    ):
        connection.execute("CREATE TABLE another (x)")


def test_folders_above_the_file_are_made(tmp_path: Path) -> None:
    SqliteJournal.open(tmp_path / "a" / "b" / "journal.db", ORIGIN).close()
    assert (tmp_path / "a" / "b" / "journal.db").is_file()


def test_only_its_owner_may_read_the_journal(tmp_path: Path, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 3))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}


def test_a_place_where_no_folder_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed, match="journal"):
        SqliteJournal.open(tmp_path / "file" / "journal.db", ORIGIN)


def test_a_text_file_is_not_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at\n" * 100)
    with pytest.raises(NotThisJournal, match="not a database"):
        SqliteJournal.open(path, ORIGIN)
    assert path.read_text().startswith("not a database")


def test_another_programs_database_is_not_a_journal(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE customers (name)")
    connection.close()
    with pytest.raises(NotThisJournal, match="not a journal"):
        SqliteJournal.open(tmp_path / "other.db", ORIGIN)


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path, sqlite_journal: SqliteJournal) -> None:
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(NotThisJournal, match="version 99"):
        SqliteJournal.open(tmp_path / "journal.db", ORIGIN)


def test_a_folder_is_not_a_journal(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="unable to open"):
        SqliteJournal.open(tmp_path, ORIGIN)


def test_a_busy_journal_refuses_and_later_takes_the_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_journal: SqliteJournal
) -> None:
    monkeypatch.setattr(sqlite_file, "WAIT_SECONDS", 0)
    impatient = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
    sqlite_journal._writer.execute("BEGIN IMMEDIATE")
    assert "another process" in refused(impatient, [payment(0)]).reason
    sqlite_journal._writer.execute("ROLLBACK")
    assert appended(impatient, [payment(0)]).new == 1
    impatient.close()


def test_a_disk_too_small_for_a_journal_is_told_when_opening(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert os.environ.get("CI") != "true", "CI must be able to mount a small disk"
        pytest.skip("mounting a small disk needs root")
    with small_disk(tmp_path, "8k") as disk, pytest.raises(StorageFailed, match=r"journal\.db: "):
        SqliteJournal.open(disk / "journal.db", ORIGIN)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SqliteJournal]:
    """A journal on a disk of 2 megabytes; where nobody may mount one, in a file that may not grow beyond 2."""
    if os.geteuid() == 0:
        with small_disk(tmp_path, "2m"):
            journal = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
            yield journal
            journal.close()
    else:
        assert os.environ.get("CI") != "true", "CI must be able to mount a small disk"
        journal = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
        journal._writer.execute("PRAGMA max_page_count=500")
        yield journal
        journal.close()


def fill(journal: SqliteJournal) -> tuple[int, Refused]:
    """Appends until refused; how many facts went in, and the refusal."""
    for start in range(0, 100_000, 200):
        outcome = journal.append(payments(start, start + 200), NOW)
        if isinstance(outcome, Refused):
            return start, outcome
    raise AssertionError("the disk never filled")


def test_a_full_disk_refuses_and_changes_nothing(small: SqliteJournal) -> None:
    count, answer = fill(small)
    assert count > 0
    assert answer.reason.startswith("the disk is full, nothing was recorded")
    assert small.head().size == count
    assert [each.fact for each in small.read()] == payments(0, count)
    assert fsck(small, None, nothing_signed).faults == ()


def test_a_full_disk_refuses_again_and_again_and_reads_go_on(small: SqliteJournal) -> None:
    count, _ = fill(small)
    for _ in range(3):
        assert "disk is full" in refused(small, payments(count, count + 200)).reason
    assert small.node(0, count - 1)
    assert small.head_at(count) == small.head()


def test_after_space_is_freed_the_same_handle_takes_facts_again(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert os.environ.get("CI") != "true", "CI must be able to mount a small disk"
        pytest.skip("mounting a small disk needs root")
    with small_disk(tmp_path, "3m") as disk:
        (disk / "ballast").write_bytes(b"x" * 1_000_000)
        journal = SqliteJournal.open(disk / "journal.db", ORIGIN)
        count, _ = fill(journal)
        (disk / "ballast").unlink()
        assert appended(journal, payments(count, count + 200)).new == 200
        assert fsck(journal, None, nothing_signed).head == Head(count + 200, journal.head().root)
        journal.close()


def test_a_file_that_may_not_grow_refuses_as_full_and_works_again_once_it_may(sqlite_journal: SqliteJournal) -> None:
    sqlite_journal._writer.execute("PRAGMA max_page_count=300")
    count, _ = fill(sqlite_journal)
    sqlite_journal._writer.execute("PRAGMA max_page_count=100000")
    assert appended(sqlite_journal, payments(count, count + 200)).new == 200


FAILING_DISK = """
import resource, signal, sys
from pathlib import Path
from samples import NOW, ORIGIN, payments
from yunyue.store.errors import StorageFailed
from yunyue.store.sqlite import SqliteJournal

journal = SqliteJournal.open(Path(sys.argv[1]), ORIGIN)
journal.append(payments(0, 100), NOW)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limit[1]))
for attempt in range(2):
    try:
        print(journal.append(payments(100, 3_000), NOW))
    except StorageFailed as failed:
        print("failed:", failed)
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
print("readable:", journal.head().size)
"""


def test_after_a_disk_error_that_is_not_a_full_disk_the_handle_takes_nothing_more(tmp_path: Path) -> None:
    """The kernel's limit on file size makes a write fail for real (EFBIG); it is lifted before the second attempt."""
    path = os.pathsep.join(sys.path)
    run = subprocess.run(
        [sys.executable, "-c", FAILING_DISK, str(tmp_path / "journal.db")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, third = run.stdout.splitlines()
    assert first.startswith("failed:")
    assert "nothing more is recorded until it is checked and opened again" in first
    assert second == first
    assert third == "readable: 100"
    again = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
    assert appended(again, payments(100, 110)).new == 10
    assert fsck(again, None, nothing_signed).sound
    again.close()

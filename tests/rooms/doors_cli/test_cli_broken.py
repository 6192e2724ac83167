"""What is wrong with machine or installation is named for what it is: full, unreachable, damaged, or a mistake."""

import errno
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from cli_cast import Terminal
from samples import small_disk

from yunyue.doors.cli import broken
from yunyue.doors.cli.broken import refused_for
from yunyue.store.errors import StorageFailed
from yunyue.store.files import write_durably

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")


def fill(folder: Path) -> None:
    """Leave not one page free."""
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


@needs_root
@pytest.mark.parametrize(
    "words",
    [
        ("fact", "add", "beijing-2024", "funds.arrived", "instalment=1", "--at", "2024-05-10"),
        ("settle", "beijing-2024"),
        ("journal", "publish"),
        ("backup", "{disk}/copy"),
        ("fact", "document", __file__),
        ("contract", "new", "{disk}/new"),
        ("rebuild",),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_full_disk_is_named_as_such(signed_home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    with small_disk(tmp_path, "2m") as disk:
        shutil.copytree(signed_home, disk / "home")
        fill(disk)
        result = Terminal(disk / "home").run(*(word.format(disk=disk) for word in words))
    assert "Traceback" not in result.output
    assert result.exit_code == 1
    assert "the disk is full" in result.stderr, result.output


def test_sqlites_word_for_a_full_disk_is_understood_behind_what_wraps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUNYUE_HOME", str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "x")) as connection:
        connection.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.executescript("CREATE TABLE a (b); CREATE TABLE c (d); CREATE TABLE e (f);")
    wrapped = StorageFailed("x: database or disk is full")
    wrapped.__cause__ = full.value
    found = refused_for(wrapped)
    assert found.reason.startswith("the disk is full: ")
    assert f"free at least 1 GiB beside {tmp_path}" in found.reason


def test_an_input_output_error_is_a_full_disk_only_where_nothing_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = sqlite3.OperationalError("disk I/O error")
    problem.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    monkeypatch.setenv("YUNYUE_HOME", str(tmp_path))
    assert "restore" in refused_for(problem).reason
    monkeypatch.setattr(broken, "SCARCE", 1 << 60)
    assert "the disk is full" in refused_for(problem).reason


def test_a_write_that_fails_names_the_file(tmp_path: Path) -> None:
    found = refused_for(OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "a" / "b")))
    assert found.field == str(tmp_path / "a" / "b")
    assert f"beside {tmp_path}" in found.reason


@needs_root
def test_what_cannot_be_written_durably_names_its_place(tmp_path: Path) -> None:
    with small_disk(tmp_path, "64k") as disk, pytest.raises(OSError, match="No space left") as problem:
        write_durably(disk / "large", b"x" * 1_000_000)
    assert problem.value.filename == str(disk / "large")


def test_a_database_server_that_is_not_there_is_no_reason_to_restore(empty: Terminal) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as one:
        port = one.getsockname()[1]
    result = empty.run("settle", "x", YUNYUE_DATABASE=f"postgresql://nobody@127.0.0.1:{port}/none")
    assert result.exit_code == 1
    assert "the database server does not let us in" in result.stderr
    assert "refused" in result.stderr
    assert "YUNYUE_DATABASE" in result.stderr
    assert "restore" not in result.stderr
    assert "fsck" not in result.stderr


def test_what_the_server_says_of_its_disk_is_passed_on() -> None:
    assert "the database server is full" in refused_for(psycopg.errors.DiskFull("could not extend file")).reason


def test_a_database_behind_anothers_exception_is_still_found() -> None:
    wrapped = RuntimeError("(sqlite3.DatabaseError) file is not a database")
    wrapped.__cause__ = sqlite3.DatabaseError("file is not a database")
    assert refused_for(wrapped).reason == "file is not a database; yunyue doctor says what to do"


def test_a_mistake_of_ours_stays_one() -> None:
    with pytest.raises(KeyError):
        refused_for(KeyError("x"))

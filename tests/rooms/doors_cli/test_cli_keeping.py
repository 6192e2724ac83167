"""yunyue rebuild, backup and restore: losing tables, losing the machine."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal


def statement(terminal: Terminal) -> object:
    found = terminal.json("settle", CONTRACT, "--as-of", "2024-06-30")
    return {name: value for name, value in found.items() if name != "known_at"}


@pytest.fixture
def lost(paid_late: Terminal, tmp_path: Path) -> tuple[Terminal, Path, object, str]:
    """A machine that is gone, its backup with keys, and what it said before."""
    paid_late.ok("backup", str(tmp_path / "copy"), "--with-keys")
    said, root = statement(paid_late), paid_late.json("journal", "head")["root"]
    shutil.rmtree(paid_late.home)
    return paid_late, tmp_path / "copy", said, root


def test_a_lost_machine_comes_back_as_it_was(lost: tuple[Terminal, Path, object, str]) -> None:
    terminal, copy, said, root = lost
    assert terminal.json("restore", str(copy))["root"] == root
    assert statement(terminal) == said
    assert terminal.json("journal", "fsck")["sound"] is True


def test_a_restored_installation_goes_on(lost: tuple[Terminal, Path, object, str]) -> None:
    terminal, copy, _, _ = lost
    terminal.ok("restore", str(copy))
    assert terminal.fact("funds.arrived", "2024-09-18", "instalment=2")["new"] is True


def test_keys_are_copied_only_when_asked_for(paid_late: Terminal, tmp_path: Path) -> None:
    paid_late.ok("backup", str(tmp_path / "copy"))
    assert not (tmp_path / "copy" / "keys").exists()
    assert not list((tmp_path / "copy").rglob("*.pem"))


def test_a_backup_without_keys_comes_back_with_the_keys_kept_elsewhere(paid_late: Terminal, tmp_path: Path) -> None:
    paid_late.ok("backup", str(tmp_path / "copy"))
    shutil.copytree(paid_late.home / "keys", tmp_path / "keys")
    shutil.rmtree(paid_late.home)
    found = paid_late.refused("restore", str(tmp_path / "copy"))
    assert found["field"] == "keys"
    paid_late.ok("restore", str(tmp_path / "copy"), "--keys", str(tmp_path / "keys"))
    assert paid_late.json("contract", "list")["loaded"] == [CONTRACT]


def test_other_keys_do_not_bring_it_back(paid_late: Terminal, tmp_path: Path, empty: Terminal) -> None:
    paid_late.ok("backup", str(tmp_path / "copy"))
    other = Terminal(tmp_path / "other")
    other.ok("contract", "load", CONTRACT)
    shutil.rmtree(paid_late.home)
    result = paid_late.run("restore", str(tmp_path / "copy"), "--keys", str(other.home / "keys"))
    assert result.exit_code == 1
    assert "checkpoint does not hold" in result.stderr
    assert not paid_late.home.exists()


def test_a_changed_backup_puts_nothing_in_place(lost: tuple[Terminal, Path, object, str]) -> None:
    terminal, copy, _, _ = lost
    leaves = copy / "journal" / "journal.leaves"
    content = bytearray(leaves.read_bytes())
    content[len(content) // 2] ^= 1
    leaves.write_bytes(content)
    assert terminal.run("restore", str(copy)).exit_code == 1
    assert not terminal.home.exists()
    assert not list(terminal.home.parent.glob("*.restoring"))


def test_a_shortened_backup_puts_nothing_in_place(lost: tuple[Terminal, Path, object, str]) -> None:
    terminal, copy, _, _ = lost
    leaves = copy / "journal" / "journal.leaves"
    leaves.write_bytes(leaves.read_bytes()[:-10])
    assert terminal.run("restore", str(copy)).exit_code == 1
    assert not terminal.home.exists()


def test_a_changed_document_puts_nothing_in_place(lost: tuple[Terminal, Path, object, str]) -> None:
    terminal, copy, _, _ = lost
    document = next(path for path in (copy / "objects").glob("??/*"))
    document.write_bytes(document.read_bytes() + b" ")
    found = terminal.refused("restore", str(copy))
    assert found["field"] == f"objects/{document.name}"
    assert not terminal.home.exists()


def test_a_missing_document_puts_nothing_in_place(lost: tuple[Terminal, Path, object, str]) -> None:
    terminal, copy, _, _ = lost
    for document in (copy / "objects").glob("??/*"):
        document.unlink()
    assert terminal.run("restore", str(copy)).exit_code == 1
    assert not terminal.home.exists()


def test_an_installation_is_never_overwritten(paid_late: Terminal, tmp_path: Path) -> None:
    paid_late.ok("backup", str(tmp_path / "copy"), "--with-keys")
    assert paid_late.refused("restore", str(tmp_path / "copy"))["field"] == str(paid_late.home)


def test_every_backup_takes_a_new_folder(paid_late: Terminal, tmp_path: Path) -> None:
    paid_late.ok("backup", str(tmp_path / "copy"))
    assert paid_late.refused("backup", str(tmp_path / "copy"))["field"] == str(tmp_path / "copy")


def test_a_folder_that_is_no_backup_is_refused(empty: Terminal, tmp_path: Path, signed_home: Path) -> None:
    (tmp_path / "nothing").mkdir()
    result = empty.run("restore", str(tmp_path / "nothing"), "--keys", str(signed_home / "keys"))
    assert result.exit_code == 1
    assert not empty.home.exists()


def test_rebuilt_tables_equal_what_was_there(paid_late: Terminal) -> None:
    first = paid_late.json("rebuild")
    assert first["same"] is True
    assert paid_late.json("rebuild")["after"] == first["after"]


def test_tampered_tables_are_found_and_made_again(paid_late: Terminal) -> None:
    right = paid_late.json("rebuild")["after"]
    with closing(sqlite3.connect(paid_late.home / "projection.sqlite")) as connection:
        connection.execute("UPDATE days SET facts = facts + 1")
        connection.commit()
    found = paid_late.json("rebuild")
    assert (found["same"], found["after"]) == (False, right)


def test_lost_tables_come_back(paid_late: Terminal) -> None:
    right = paid_late.json("rebuild")["after"]
    for path in paid_late.home.glob("projection.sqlite*"):
        path.unlink()
    assert paid_late.json("rebuild")["after"] == right

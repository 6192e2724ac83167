"""yunyue journal: head, tail, publish, fsck, witness."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_cast import CONTRACT, Terminal, alter


def published_tile(terminal: Terminal) -> Path:
    """The one tile of a small log."""
    return next(path for path in (terminal.home / "tiles" / "tile" / "0").rglob("*") if path.is_file())


def tamper(terminal: Terminal, *statements: str) -> None:
    """Change the database behind the platform's back, its guards taken off and put on again."""
    with closing(sqlite3.connect(terminal.home / "journal.sqlite")) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)
        connection.commit()


def test_the_head_names_origin_size_root_and_keys(terminal: Terminal) -> None:
    found = terminal.json("journal", "head")
    assert (found["origin"], found["size"], found["published"]) == ("yunyue.local/journal", 3, 0)
    assert len(bytes.fromhex(found["root"])) == 32
    assert found["keys"][0].startswith("yunyue.local/journal+")


def test_publishing_brings_the_published_size_up(terminal: Terminal) -> None:
    done = terminal.json("journal", "publish")
    assert done["size"] == 3
    assert terminal.json("journal", "head")["published"] == 3
    assert (terminal.home / "tiles" / "checkpoint").read_text().splitlines()[:2] == ["yunyue.local/journal", "3"]


def test_the_tail_shows_the_newest_last(terminal: Terminal) -> None:
    assert [one["id"] for one in terminal.json("journal", "tail", "-n", "2")] == ["signed-client", "signed-provider"]


def test_a_sound_journal_is_found_sound(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    found = terminal.json("journal", "fsck")
    assert (found["sound"], found["size"], found["faults"]) == (True, 3, [])
    assert found["tiles"] > 0


@pytest.mark.parametrize("published", [False, True])
def test_a_changed_leaf_is_the_journals_fault_and_asks_for_a_backup(terminal: Terminal, published: bool) -> None:
    if published:
        terminal.ok("journal", "publish")
    alter(terminal, "2024-04-11", "2024-04-12")
    result = terminal.run("journal", "fsck")
    assert result.exit_code == 1
    assert "the leaves do not give the kept frontier" in result.stdout
    assert ("do not give the signed root" in result.stdout) == published
    assert "restore the journal from the last backup" in result.stdout
    assert "has it right" not in result.stdout
    assert terminal.refused("journal", "publish", "--again")["field"] == "journal"


def test_a_deleted_leaf_is_found_with_its_place(terminal: Terminal) -> None:
    tamper(terminal, "DELETE FROM leaves WHERE sequence = 1")
    result = terminal.run("journal", "fsck")
    assert result.exit_code == 1
    assert "leaf 1: missing" in result.output


def test_a_changed_tile_is_found_with_its_name(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    tile = published_tile(terminal)
    content = bytearray(tile.read_bytes())
    content[0] ^= 1
    tile.write_bytes(content)
    result = terminal.run("journal", "fsck")
    assert result.exit_code == 1
    assert "differs from the journal at byte 0" in result.stdout
    assert "yunyue journal publish --again" in result.stdout
    assert terminal.json("journal", "publish", "--again")["size"] == 3
    assert terminal.json("journal", "fsck")["sound"]


def test_a_forged_head_is_put_right_from_the_kept_one(terminal: Terminal) -> None:
    terminal.ok("journal", "publish")
    path = terminal.home / "tiles" / "checkpoint"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"\n3\n", b"\n4\n", 1))
    assert "yunyue journal publish --again" in terminal.run("journal", "fsck").stdout
    terminal.ok("journal", "publish", "--again")
    assert path.read_bytes() == before
    assert terminal.json("journal", "fsck")["sound"]


def test_the_wrong_keys_are_named_as_such(terminal: Terminal, tmp_path: Path) -> None:
    terminal.ok("journal", "publish")
    other = Terminal(tmp_path / "other")
    other.ok("contract", "load", CONTRACT)
    shutil.rmtree(terminal.home / "keys")
    shutil.copytree(other.home / "keys", terminal.home / "keys")
    assert "put back the keys" in terminal.run("journal", "fsck").stdout
    assert "keys" in terminal.refused("journal", "publish", "--again")["reason"]


def test_a_changed_document_is_found_by_its_digest(terminal: Terminal) -> None:
    terminal.ok("fact", "document", __file__)
    name = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    path = terminal.home / "objects" / name[:2] / name
    path.write_bytes(path.read_bytes() + b"!")
    result = terminal.run("journal", "fsck")
    assert result.exit_code == 1
    assert f"sha256:{name}" in result.stdout


def test_a_witness_signs_a_log_that_grew(terminal: Terminal, tmp_path: Path) -> None:
    first = terminal.json("journal", "witness", str(tmp_path / "w"), "--name", "client.example")
    assert (first["before"], first["size"]) == (0, 3)
    assert "— client.example " in first["checkpoint"]
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1")
    second = terminal.json("journal", "witness", str(tmp_path / "w"), "--name", "client.example")
    assert (second["before"], second["size"]) == (3, 4)
    assert (tmp_path / "w" / "checkpoint").read_text() == second["checkpoint"]


def test_a_witness_watches_a_log_it_only_has_the_keys_of(terminal: Terminal, empty: Terminal, tmp_path: Path) -> None:
    terminal.ok("journal", "publish")
    keys = terminal.json("journal", "head")["keys"]
    elsewhere = Terminal(tmp_path / "nowhere")
    words = [word for key in keys for word in ("--key", key)]
    found = elsewhere.json("journal", "witness", str(tmp_path / "w"), "--log", str(terminal.home / "tiles"), *words)
    assert found["size"] == 3
    assert not elsewhere.home.exists()


def test_a_witness_refuses_a_shortened_log(terminal: Terminal, tmp_path: Path, signed_home: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(terminal.home, old)
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1")
    terminal.ok("journal", "witness", str(tmp_path / "w"))
    result = Terminal(old).run("journal", "witness", str(tmp_path / "w"))
    assert result.exit_code == 1
    assert "shortened" in result.stderr


def test_a_witness_refuses_a_forked_log(terminal: Terminal, tmp_path: Path) -> None:
    fork = tmp_path / "fork"
    shutil.copytree(terminal.home, fork)
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1")
    terminal.ok("journal", "witness", str(tmp_path / "w"))
    Terminal(fork).fact("funds.arrived", "2024-05-11", "instalment=1")
    result = Terminal(fork).run("journal", "witness", str(tmp_path / "w"))
    assert result.exit_code == 1
    assert "forked" in result.stderr


def test_somebody_elses_log_is_watched_with_its_key(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.refused("journal", "witness", str(tmp_path / "w"), "--log", str(tmp_path))["field"] == "key"
    words = ("--log", str(tmp_path), "--key", "nonsense")
    assert terminal.refused("journal", "witness", str(tmp_path / "w"), *words)["field"] == "key"


def test_a_journal_put_back_to_an_older_state_is_not_published(terminal: Terminal, tmp_path: Path) -> None:
    old = (terminal.home / "journal.sqlite").read_bytes()
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1")
    terminal.ok("journal", "publish")
    for path in terminal.home.glob("journal.sqlite*"):
        path.unlink()
    (terminal.home / "journal.sqlite").write_bytes(old)
    result = terminal.run("journal", "publish")
    assert result.exit_code == 1
    assert "shortened" in result.stderr


@pytest.mark.parametrize("mode", [0o644, 0o640])
def test_keys_that_others_can_read_are_refused(terminal: Terminal, mode: int) -> None:
    key = next(path for path in (terminal.home / "keys").iterdir() if path.is_file())
    key.chmod(mode)
    result = terminal.run("settle", CONTRACT)
    assert result.exit_code == 1
    assert str(key) in result.stderr


def test_a_witness_whose_name_cannot_stand_in_a_note_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    found = terminal.refused("journal", "witness", str(tmp_path / "w"), "--name", "bad name")
    assert (found["field"], "no spaces" in found["reason"]) == ("name", True)
    assert not (tmp_path / "w").exists()

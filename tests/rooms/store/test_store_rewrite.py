"""Writing what is published again: only from a journal that gives the signed root, and then everything is sound."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from samples import ORIGIN, appended, payments
from signing import Signing

from yunyue.answer import Refused
from yunyue.host.keys import LogKeys
from yunyue.host.signatures import read_checkpoint
from yunyue.journal.checkpoint import Checkpoint
from yunyue.store.fault import Report
from yunyue.store.files import only_one
from yunyue.store.fsck import fsck
from yunyue.store.interface import Head
from yunyue.store.publish import Publication
from yunyue.store.recompute import recomputed
from yunyue.store.rewrite import rewrite
from yunyue.store.sqlite import SqliteJournal

SIZES = (3, 300)


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> int:
    """A log within one tile, and one with kept hashes above its leaves."""
    found: int = request.param
    return found


@pytest.fixture
def place(tmp_path: Path, signing: Signing, size: int) -> Publication:
    """A published journal of that size, closed; published once before, when it was smaller."""
    journal = SqliteJournal.open(tmp_path / "journal.db", ORIGIN)
    place = signing.publication(tmp_path / "published")
    for stop in (2, size):
        appended(journal, payments(0, stop))
        assert isinstance(place.publish(journal), Checkpoint)
    journal.close()
    return place


def tampered(folder: Path) -> None:
    """One leaf changed behind the platform's back, the guards put back."""
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        changed = "CAST(replace(CAST(leaf AS TEXT), '1.00', '9.00') AS BLOB)"
        connection.execute(f"UPDATE leaves SET leaf = {changed} WHERE sequence = 1")
        for _, sql in guards:
            connection.execute(sql)
        connection.commit()


def again(place: Publication, folder: Path) -> Checkpoint | Refused:
    with closing(SqliteJournal.open(folder / "journal.db", ORIGIN)) as journal:
        return rewrite(place, journal)


def check(place: Publication, folder: Path) -> Report:
    with closing(SqliteJournal.open(folder / "journal.db", ORIGIN)) as journal:
        return fsck(journal, place.directory, place.read)


def every(place: Publication) -> dict[str, bytes]:
    files = (path for path in place.directory.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(place.directory).as_posix(): path.read_bytes() for path in files}


def test_a_tampered_leaf_is_the_journals_fault_and_no_tile_is_blamed(place: Publication, tmp_path: Path) -> None:
    tampered(tmp_path)
    faults = check(place, tmp_path).faults
    blamed = [one for one in faults if "the journal is what was altered" in one.what]
    assert [one.place for one in blamed] == ["checkpoint"]
    assert all("restore" in one.remedy for one in faults), [str(one) for one in faults]
    assert not any("has it right" in str(one) for one in faults)


def test_nothing_is_written_from_a_tampered_journal(place: Publication, tmp_path: Path) -> None:
    before = every(place)
    tampered(tmp_path)
    outcome = again(place, tmp_path)
    assert isinstance(outcome, Refused)
    assert outcome.field == "journal"
    assert every(place) == before


def test_following_the_advice_for_any_one_damaged_file_makes_all_sound(place: Publication, tmp_path: Path) -> None:
    whole = every(place)
    for name, content in whole.items():
        (place.directory / name).write_bytes(b"\x00" + content[1:])
        faults = check(place, tmp_path).faults
        assert faults
        assert {"publish --again" in one.remedy for one in faults} == {True}, [str(one) for one in faults]
        assert isinstance(again(place, tmp_path), Checkpoint), name
        assert check(place, tmp_path).sound, name
    assert {name for name in every(place) if name.startswith("tile")} == {n for n in whole if n.startswith("tile")}


def test_what_belongs_to_no_tile_is_taken_away(place: Publication, tmp_path: Path) -> None:
    (place.directory / "tile/0/notes.txt").write_text("x")
    (place.directory / "tile/0/777").write_bytes(b"x" * 8192)
    assert isinstance(again(place, tmp_path), Checkpoint)
    assert check(place, tmp_path).sound


def test_with_another_key_the_advice_is_to_bring_the_keys_back(place: Publication, tmp_path: Path) -> None:
    other = LogKeys.open(tmp_path / "other", ORIGIN)
    assert isinstance(other, LogKeys)
    known = other.note_keys()
    strange = Publication(place.directory, other.sign_checkpoint, lambda note: read_checkpoint(note, ORIGIN, known))
    before = every(place)
    faults = check(strange, tmp_path).faults
    assert ["put back the keys" in one.remedy for one in faults] == [True]
    outcome = again(strange, tmp_path)
    assert isinstance(outcome, Refused)
    assert "keys" in outcome.reason
    assert every(place) == before


def test_a_head_of_more_leaves_than_there_are_is_never_written_over(
    place: Publication, tmp_path: Path, size: int
) -> None:
    short = tmp_path / "short"
    short.mkdir()
    with closing(SqliteJournal.open(short / "journal.db", ORIGIN)) as journal:
        appended(journal, payments(0, 2))
    (place.directory / "checkpoint").write_bytes((place.directory / "checkpoint-at/000000/2").read_bytes())
    (place.directory / f"checkpoint-at/000000/{size}").write_text("spoilt")
    before = every(place)
    assert isinstance(again(place, short), Refused)
    assert every(place) == before


def test_while_another_process_publishes_nothing_is_written(place: Publication, tmp_path: Path) -> None:
    with only_one(place.directory):
        outcome = again(place, tmp_path)
    assert isinstance(outcome, Refused)
    assert "another process" in outcome.reason


def test_nothing_published_is_nothing_to_write_again(signing: Signing, tmp_path: Path) -> None:
    place = signing.publication(tmp_path / "published")
    outcome = again(place, tmp_path)
    assert isinstance(outcome, Refused)
    assert "nothing is published" in outcome.reason


def test_the_root_from_the_leaves_is_the_root_the_journal_keeps_until_a_leaf_is_altered(
    place: Publication, tmp_path: Path, size: int
) -> None:
    with closing(SqliteJournal.open(tmp_path / "journal.db", ORIGIN)) as journal:
        kept = journal.head()
        assert recomputed(journal, size) == kept
        assert recomputed(journal, 2) == journal.head_at(2)
    shutil.copy(tmp_path / "journal.db", tmp_path / "copy.db")
    tampered(tmp_path)
    with closing(SqliteJournal.open(tmp_path / "journal.db", ORIGIN)) as journal:
        found = recomputed(journal, size)
    assert isinstance(found, Head)
    assert (found.size, found.root == kept.root) == (size, False)

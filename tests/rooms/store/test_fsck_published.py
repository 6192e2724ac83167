"""One flipped bit anywhere in what is stored or published is found; a spoilt file is named."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from samples import ORIGIN, appended, payments
from signing import Signing

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.store.errors import JournalBroken
from yunyue.store.fault import Report
from yunyue.store.fsck import fsck
from yunyue.store.sqlite import SqliteJournal

COUNT = 300


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, signing: Signing) -> Path:
    """A folder with a journal of 300 facts and its publication, nothing open."""
    folder = tmp_path_factory.mktemp("original")
    journal = SqliteJournal.open(folder / "journal.db", ORIGIN)
    publication = signing.publication(folder / "published")
    for size in (40, 256, COUNT):
        appended(journal, payments(0, size))
        assert isinstance(publication.publish(journal), Checkpoint)
    journal.close()
    return folder


@pytest.fixture
def damaged(original: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(original, tmp_path / "damaged")


def check(folder: Path, signing: Signing) -> Report:
    journal = SqliteJournal.open(folder / "journal.db", ORIGIN)
    try:
        return fsck(journal, folder / "published", signing.read)
    finally:
        journal.close()


def published_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "published").rglob("*") if path.is_file() and path.name != ".lock")


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8 % len(content)] ^= 1 << bit % 8
    path.write_bytes(content)


def test_the_untouched_copy_is_sound(damaged: Path, signing: Signing) -> None:
    assert check(damaged, signing).faults == ()


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(which=st.integers(0, 10_000), bit=st.integers(0, 10_000_000))
def test_any_flipped_bit_of_any_published_file_is_found_and_the_file_named(
    damaged: Path, signing: Signing, which: int, bit: int
) -> None:
    paths = published_files(damaged)
    path = paths[which % len(paths)]
    flip(path, bit)
    try:
        places = [fault.place for fault in check(damaged, signing).faults]
    finally:
        flip(path, bit)
    assert path.relative_to(damaged / "published").as_posix() in places


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sequence=st.integers(0, COUNT - 1), bit=st.integers(0, 100_000))
def test_any_flipped_bit_of_any_leaf_in_the_database_file_is_found(
    damaged: Path, original: Path, signing: Signing, sequence: int, bit: int
) -> None:
    path = damaged / "journal.db"
    content = bytearray((original / "journal.db").read_bytes())
    # A leaf's id stands in its bytes once, behind the "id" key, wherever the pages put it.
    at = content.index(b'"id":"beijing-2024/payment/%d"' % sequence)
    start = content.rindex(b'{"actor"', 0, at)
    end = content.index(b'"type":"payment.made"}', at) + len(b'"type":"payment.made"}')
    content[start + bit // 8 % (end - start)] ^= 1 << bit % 8
    path.write_bytes(content)
    assert not check(damaged, signing).sound


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(bit=st.integers(0, 10_000_000))
@example(bit=11_175)  # SQLite's message then quotes a schema that is not UTF-8, and Python fails on the message
def test_a_flipped_bit_anywhere_in_the_database_file_is_found_or_touches_nothing_that_is_stored(
    damaged: Path, original: Path, signing: Signing, bit: int
) -> None:
    path = damaged / "journal.db"
    path.write_bytes((original / "journal.db").read_bytes())
    wanted = everything(original / "journal.db")
    flip(path, bit)
    try:
        sound = check(damaged, signing).sound
    except JournalBroken:
        return
    assert not sound or everything(path) == wanted


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory, signing: Signing) -> Path:
    """As `original`, but as the power going off leaves it: everything is still in SQLite's log beside the file."""
    running, folder = tmp_path_factory.mktemp("running"), tmp_path_factory.mktemp("cut-off")
    journal = SqliteJournal.open(running / "journal.db", ORIGIN)
    for size in (40, 256, COUNT):
        appended(journal, payments(0, size))
    assert isinstance(signing.publication(running / "published").publish(journal), Checkpoint)
    for name in ("journal.db", "journal.db-wal"):
        shutil.copy(running / name, folder / name)
    shutil.copytree(running / "published", folder / "published")
    journal.close()
    return folder


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(bit=st.integers(0, 10_000_000))
def test_a_bit_flipped_in_the_log_that_makes_sqlite_forget_commits_is_found_by_the_signed_head(
    cut_off: Path, tmp_path: Path, signing: Signing, bit: int
) -> None:
    """SQLite ends its log at the first frame that does not add up, without a word; the published head remembers."""
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    copy = shutil.copytree(cut_off, tmp_path / "copy")
    flip(copy / "journal.db-wal", bit)
    try:
        report = check(copy, signing)
    except JournalBroken:
        return
    assert not report.sound or report.head.size == COUNT


def test_the_log_of_the_copy_above_holds_the_journal(cut_off: Path, tmp_path: Path, signing: Signing) -> None:
    copy = shutil.copytree(cut_off, tmp_path / "copy")
    assert (copy / "journal.db-wal").stat().st_size > 200_000
    report = check(copy, signing)
    assert (report.sound, report.head.size) == (True, COUNT)


def everything(path: Path) -> list[object]:
    journal = SqliteJournal.open(path, ORIGIN)
    try:
        rows = [row for start in range(0, COUNT, 100) for row in journal.rows(start, start + 100)]
        return [*rows, journal.kept_nodes(8, 0, 9), journal.state()]
    finally:
        journal.close()


def found(folder: Path, signing: Signing) -> dict[str, str]:
    return {fault.place: fault.what for fault in check(folder, signing).faults}


def test_a_missing_tile_is_named(damaged: Path, signing: Signing) -> None:
    (damaged / "published/tile/0/000").unlink()
    (damaged / "published/tile/entries/001.p/44").unlink()
    places = found(damaged, signing)
    assert "missing" in places["tile/0/000"]
    assert "missing" in places["tile/entries/001.p/44"]


def test_a_shortened_tile_is_named(damaged: Path, signing: Signing) -> None:
    path = damaged / "published/tile/0/000"
    path.write_bytes(path.read_bytes()[:-1])
    assert found(damaged, signing)["tile/0/000"] == "8191 bytes for 8192"


def test_a_file_that_does_not_belong_there_is_named(damaged: Path, signing: Signing) -> None:
    (damaged / "published/tile/0/notes.txt").write_text("x")
    (damaged / "published/tile/0/777").write_bytes(b"x" * 8192)
    places = found(damaged, signing)
    assert places["tile/0/notes.txt"].startswith("path: not a path of tlog-tiles")
    assert "tile/0/777" in places


def test_what_a_killed_run_left_behind_is_no_fault(damaged: Path, signing: Signing) -> None:
    (damaged / "published/tile/0/.002.fresh").write_bytes(b"half")
    assert check(damaged, signing).sound


def test_a_kept_head_under_another_size_is_named(damaged: Path, signing: Signing) -> None:
    kept = damaged / "published/checkpoint-at/000000"
    shutil.copy(kept / "40", kept / "41")
    assert found(damaged, signing) == {"checkpoint-at/000000/41": "holds the head of 40 leaves"}


def test_a_missing_checkpoint_is_named(damaged: Path, signing: Signing) -> None:
    (damaged / "published/checkpoint").unlink()
    assert list(found(damaged, signing)) == ["checkpoint"]


def test_without_any_head_nothing_is_published_yet(damaged: Path, signing: Signing) -> None:
    shutil.rmtree(damaged / "published/checkpoint-at")
    (damaged / "published/checkpoint").unlink()
    report = check(damaged, signing)
    assert (report.sound, report.tiles) == (True, 0)


def test_heads_signed_by_a_stranger_are_named(damaged: Path, signing: Signing) -> None:
    journal = SqliteJournal.open(damaged / "journal.db", ORIGIN)
    report = fsck(journal, damaged / "published", lambda written: Refused("not signed by this log"))
    journal.close()
    assert [fault.what for fault in report.faults] == ["not signed by this log"]

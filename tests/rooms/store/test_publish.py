"""Publishing: others find everything under the head, a killed run resumes, and no second history is ever signed."""

from pathlib import Path

import pytest
from samples import NOW, ORIGIN, appended, payment, payments
from signing import Signing

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import parse_note
from yunyue.journal.proofs import inclusion_proof, verify_inclusion
from yunyue.journal.tiles import decode_entries, nodes_in_tiles
from yunyue.journal.tree import leaf_hash
from yunyue.store import files, publish
from yunyue.store.files import only_one
from yunyue.store.fsck import fsck
from yunyue.store.publish import Publication
from yunyue.store.rewrite import rewrite
from yunyue.store.sqlite import SqliteJournal
from yunyue.store.tile_files import kept_sizes, tile_reader


@pytest.fixture
def place(tmp_path: Path, signing: Signing) -> Publication:
    """An empty folder to publish in."""
    return signing.publication(tmp_path / "published")


def published(place: Publication, journal: SqliteJournal) -> Checkpoint:
    outcome = place.publish(journal)
    assert isinstance(outcome, Checkpoint), outcome
    return outcome


def files_in(place: Publication) -> dict[str, bytes]:
    return {
        path.relative_to(place.directory).as_posix(): path.read_bytes()
        for path in place.directory.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_nothing_is_published_at_first(place: Publication) -> None:
    assert place.latest() is None


def test_the_published_head_is_the_journals(place: Publication, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 300))
    head = sqlite_journal.head()
    assert published(place, sqlite_journal) == Checkpoint(ORIGIN, head.size, head.root)
    assert place.latest() == Checkpoint(ORIGIN, head.size, head.root)


def test_an_empty_journal_has_a_head_too(place: Publication, sqlite_journal: SqliteJournal) -> None:
    assert published(place, sqlite_journal).size == 0
    assert sorted(files_in(place)) == ["checkpoint", "checkpoint-at/000000/0"]


def test_files_stand_where_the_specification_of_tiles_puts_them(
    place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 600))
    published(place, sqlite_journal)
    assert sorted(files_in(place)) == [
        "checkpoint",
        "checkpoint-at/000000/600",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ]


def test_entry_bundles_hold_the_leaves(place: Publication, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 300))
    published(place, sqlite_journal)
    found = files_in(place)
    first, second = decode_entries(found["tile/entries/000"]), decode_entries(found["tile/entries/001.p/44"])
    assert not isinstance(first, Refused)
    assert not isinstance(second, Refused)
    assert first + second == list(sqlite_journal.leaves())


def test_a_stranger_proves_a_leaf_from_the_files_alone(place: Publication, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 1_000))
    head = published(place, sqlite_journal)
    node_of = nodes_in_tiles(head.size, tile_reader(place.directory))
    for index, leaf in enumerate(sqlite_journal.leaves()):
        if index % 97 == 0:
            proof = inclusion_proof(index, head.size, node_of)
            assert verify_inclusion(leaf_hash(leaf), index, head.size, proof, head.root)


def test_publishing_again_without_growth_changes_no_file(place: Publication, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 300))
    published(place, sqlite_journal)
    before = files_in(place)
    published(place, sqlite_journal)
    assert files_in(place) == before


def test_growth_publishes_what_publishing_at_once_would_have(
    tmp_path: Path, signing: Signing, place: Publication, sqlite_journal: SqliteJournal
) -> None:
    for start, stop in ((0, 100), (100, 256), (256, 257), (257, 900)):
        appended(sqlite_journal, payments(start, stop))
        published(place, sqlite_journal)
    at_once = signing.publication(tmp_path / "at-once")
    published(at_once, sqlite_journal)
    wanted = {name: content for name, content in files_in(at_once).items() if name.startswith("tile/")}
    assert wanted.items() <= files_in(place).items()


def test_partial_tiles_go_once_the_full_tile_is_published(place: Publication, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 100))
    published(place, sqlite_journal)
    assert "tile/0/000.p/100" in files_in(place)
    appended(sqlite_journal, payments(100, 256))
    published(place, sqlite_journal)
    assert [name for name in files_in(place) if ".p/" in name] == ["tile/1/000.p/1"]


def test_tiles_of_an_old_head_are_still_read_after_they_were_filled(
    place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 100))
    old = published(place, sqlite_journal)
    appended(sqlite_journal, payments(100, 600))
    published(place, sqlite_journal)
    node_of = nodes_in_tiles(old.size, tile_reader(place.directory))
    proof = inclusion_proof(7, old.size, node_of)
    leaf = next(sqlite_journal.leaves(7, 8))
    assert verify_inclusion(leaf_hash(leaf), 7, old.size, proof, old.root)


def test_every_published_head_stays_signed(place: Publication, sqlite_journal: SqliteJournal) -> None:
    for stop in (1, 5, 9):
        appended(sqlite_journal, payments(0, stop))
        published(place, sqlite_journal)
    assert kept_sizes(place.directory) == [1, 5, 9]
    for size in (1, 5, 9):
        note = place.checkpoint_at(sqlite_journal, size)
        assert isinstance(note, str)
        assert place.read(note) == Checkpoint(ORIGIN, size, sqlite_journal.head_at(size).root)


def test_a_head_between_two_published_ones_is_signed_when_asked_for_and_kept(
    place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 300))
    published(place, sqlite_journal)
    note = place.checkpoint_at(sqlite_journal, 123)
    assert isinstance(note, str)
    assert place.read(note) == Checkpoint(ORIGIN, 123, sqlite_journal.head_at(123).root)
    assert place.checkpoint_at(sqlite_journal, 123) == note
    assert place.latest() == Checkpoint(ORIGIN, 300, sqlite_journal.head().root)


def test_a_head_beyond_the_published_one_is_refused(place: Publication, sqlite_journal: SqliteJournal) -> None:
    assert place.checkpoint_at(sqlite_journal, 0) == Refused("nothing is published yet", "size")
    appended(sqlite_journal, payments(0, 3))
    published(place, sqlite_journal)
    assert place.checkpoint_at(sqlite_journal, 4) == Refused("3 leaves are published, not 4", "size")
    assert place.checkpoint_at(sqlite_journal, -1) == Refused("3 leaves are published, not -1", "size")


def another(tmp_path: Path, numbers: range, fen: int = 100) -> SqliteJournal:
    journal = SqliteJournal.open(tmp_path / "another.db", ORIGIN)
    appended(journal, [payment(number, fen) for number in numbers])
    return journal


def test_a_shortened_journal_is_not_published(
    tmp_path: Path, place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 300))
    published(place, sqlite_journal)
    before = files_in(place)
    outcome = place.publish(another(tmp_path, range(200)))
    assert isinstance(outcome, Refused)
    assert "200 leaves and 300 are published: it was shortened" in outcome.reason
    assert files_in(place) == before


@pytest.mark.parametrize("size", [300, 301, 700])
def test_a_rewritten_journal_is_not_published(
    tmp_path: Path, place: Publication, sqlite_journal: SqliteJournal, size: int
) -> None:
    appended(sqlite_journal, payments(0, 300))
    published(place, sqlite_journal)
    before = files_in(place)
    forked = another(tmp_path, range(size), fen=101)
    for outcome in (place.publish(forked), place.checkpoint_at(forked, 10), rewrite(place, forked)):
        assert isinstance(outcome, Refused)
        assert "rewritten" in outcome.reason
    assert files_in(place) == before


def test_putting_an_older_checkpoint_back_does_not_hide_a_shortened_journal(
    tmp_path: Path, place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 100))
    published(place, sqlite_journal)
    older = (place.directory / "checkpoint").read_bytes()
    appended(sqlite_journal, payments(100, 300))
    published(place, sqlite_journal)
    (place.directory / "checkpoint").write_bytes(older)
    assert isinstance(place.publish(another(tmp_path, range(200))), Refused)
    (place.directory / "checkpoint").unlink()
    assert isinstance(place.publish(SqliteJournal.open(tmp_path / "another.db", ORIGIN)), Refused)


def test_a_lost_checkpoint_file_is_put_back_from_the_kept_ones(
    place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 100))
    published(place, sqlite_journal)
    before = files_in(place)
    (place.directory / "checkpoint").unlink()
    published(place, sqlite_journal)
    assert files_in(place) == before


def test_a_checkpoint_with_a_broken_signature_stops_publishing(
    place: Publication, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 10))
    published(place, sqlite_journal)
    path = place.directory / "checkpoint"
    path.write_text(path.read_text().replace("\n10\n", "\n11\n"))
    outcome = place.publish(sqlite_journal)
    assert isinstance(outcome, Refused)
    assert "does not hold" in outcome.reason


def test_the_journal_of_another_log_is_not_published_there(
    tmp_path: Path, place: Publication, sqlite_journal: SqliteJournal
) -> None:
    published(place, sqlite_journal)
    outcome = place.publish(SqliteJournal.open(tmp_path / "other.db", "other.example/journal"))
    assert isinstance(outcome, Refused)
    assert outcome.field == "origin"


def test_two_processes_do_not_publish_at_once(place: Publication, sqlite_journal: SqliteJournal) -> None:
    with only_one(place.directory):
        outcome = place.publish(sqlite_journal)
    assert isinstance(outcome, Refused)
    assert "another process" in outcome.reason


class PowerCut(BaseException):
    """Ends a run in the middle, like a kill: nothing of ours catches it."""


def test_cut_off_at_any_write_the_served_head_holds_and_the_next_run_finishes(
    tmp_path: Path, signing: Signing, sqlite_journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every state between two writes is tried; a stranger must find each served head whole."""
    appended(sqlite_journal, payments(0, 300))
    first = signing.publication(tmp_path / "before")
    published(first, sqlite_journal)
    appended(sqlite_journal, payments(300, 600))
    cuts = 0
    for allowed in range(100):
        place = signing.publication(tmp_path / f"cut-after-{allowed}")
        copy_files(first, place)
        if not cut_off(place, sqlite_journal, allowed, monkeypatch):
            break
        cuts += 1
        served = place.read((place.directory / "checkpoint").read_text())
        assert isinstance(served, Checkpoint)
        assert_whole(place, sqlite_journal, served)
        assert published(place, sqlite_journal).size == 600
        assert fsck(sqlite_journal, place.directory, signing.read).faults == ()
    # Two full files and two partial ones at level 0, a partial one at level 1, the kept head, the published head.
    assert cuts == 7


def copy_files(source: Publication, target: Publication) -> None:
    for name, content in files_in(source).items():
        path = target.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def cut_off(place: Publication, journal: SqliteJournal, allowed: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Publishes, with the power going off at the write after `allowed`; False when it got through."""
    left = iter(range(allowed))

    def write(path: Path, content: bytes, mode: int = 0o644) -> None:
        if next(left, None) is None:
            raise PowerCut
        files.write_durably(path, content, mode)

    with monkeypatch.context() as patch:
        patch.setattr(publish, "write_durably", write)
        try:
            place.publish(journal)
        except PowerCut:
            return True
    return False


def assert_whole(place: Publication, journal: SqliteJournal, head: Checkpoint) -> None:
    node_of = nodes_in_tiles(head.size, tile_reader(place.directory))
    for index in (0, 255, 256, head.size - 1):
        leaf = leaf_hash(next(journal.leaves(index, index + 1)))
        assert verify_inclusion(leaf, index, head.size, inclusion_proof(index, head.size, node_of), head.root)


def test_damaged_tiles_are_written_again_from_the_journal(
    place: Publication, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 600))
    published(place, sqlite_journal)
    before = files_in(place)
    (place.directory / "tile/0/000").write_bytes(b"rubbish")
    (place.directory / "tile/1/000.p/2").unlink()
    assert not fsck(sqlite_journal, place.directory, signing.read).sound
    assert isinstance(rewrite(place, sqlite_journal), Checkpoint)
    assert files_in(place) == before


def test_nothing_is_written_again_before_there_is_a_head(place: Publication, sqlite_journal: SqliteJournal) -> None:
    assert isinstance(rewrite(place, sqlite_journal), Refused)


def test_a_head_carries_every_signature_of_the_log(
    place: Publication, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    published(place, sqlite_journal)
    note = parse_note((place.directory / "checkpoint").read_text())
    assert not isinstance(note, Refused)
    assert [each.key_id for each in note.signatures] == [key.key_id for key in signing.log.note_keys()]


def test_a_later_moment_is_a_later_head(place: Publication, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 5), NOW)
    published(place, sqlite_journal)
    note = place.checkpoint_at(sqlite_journal, sqlite_journal.size_at(NOW))
    assert isinstance(note, str)
    assert note.startswith(f"{ORIGIN}\n5\n")

"""The witness signs a log that grew, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from samples import NOW, ORIGIN, appended, payment, payments
from signing import Signing

from yunyue.answer import Refused
from yunyue.host.signatures import check_note
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.note import Signed, parse_note
from yunyue.journal.proofs import consistency_proof
from yunyue.journal.tree import EMPTY_ROOT
from yunyue.store.errors import JournalBroken
from yunyue.store.files import only_one
from yunyue.store.interface import Head
from yunyue.store.sqlite import SqliteJournal
from yunyue.store.witness import MEMORY, Witness


@pytest.fixture
def witness(tmp_path: Path, signing: Signing) -> Witness:
    """A witness that has seen nothing yet."""
    return signing.witness(tmp_path / "witness")


def note_of(signing: Signing, journal: SqliteJournal, size: int | None = None) -> str:
    head = journal.head() if size is None else journal.head_at(size)
    return signing.sign(Checkpoint(ORIGIN, head.size, head.root).text())


def refusal(witness: Witness, written: str, proof: Sequence[bytes] = ()) -> Refused:
    """Asks for a signature that must not be given; the memory must not change."""
    before = witness.last()
    outcome = witness.cosign(written, proof, NOW)
    assert isinstance(outcome, Refused), outcome
    assert witness.last() == before
    return outcome


def seen(witness: Witness, signing: Signing, journal: SqliteJournal, size: int) -> None:
    old = witness.last().size
    outcome = witness.cosign(note_of(signing, journal, size), consistency_proof(old, size, journal.node), NOW)
    assert isinstance(outcome, str), outcome


def test_at_first_it_has_seen_the_empty_log(witness: Witness) -> None:
    assert witness.last() == Head(0, EMPTY_ROOT)


def test_it_signs_the_first_head_it_sees(witness: Witness, signing: Signing, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 10))
    cosigned = witness.cosign(note_of(signing, sqlite_journal), (), NOW)
    assert isinstance(cosigned, str)
    note = parse_note(cosigned)
    assert not isinstance(note, Refused)
    key = signing.witness_key.note_key()
    assert check_note(note, key) == Signed(key, int(NOW.timestamp()))
    assert signing.read(cosigned) == Checkpoint(ORIGIN, 10, sqlite_journal.head().root)
    assert witness.last() == sqlite_journal.head()


def test_it_signs_a_log_that_grew(witness: Witness, signing: Signing, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 700))
    for size in (1, 255, 256, 257, 700):
        seen(witness, signing, sqlite_journal, size)
        assert witness.last() == sqlite_journal.head_at(size)


def test_it_remembers_across_a_restart(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 20))
    seen(witness, signing, sqlite_journal, 20)
    again = signing.witness(tmp_path / "witness")
    assert again.last() == sqlite_journal.head()
    assert "shortened" in refusal(again, note_of(signing, sqlite_journal, 19)).reason


def test_it_signs_the_same_head_again_in_place_of_its_old_line(
    witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 20))
    once = witness.cosign(note_of(signing, sqlite_journal), (), NOW)
    assert isinstance(once, str)
    twice = witness.cosign(once, (), NOW + timedelta(hours=1))
    assert isinstance(twice, str)
    note = parse_note(twice)
    assert not isinstance(note, Refused)
    key = signing.witness_key.note_key()
    assert check_note(note, key) == Signed(key, int(NOW.timestamp()) + 3600)


def test_it_refuses_a_shortened_log(witness: Witness, signing: Signing, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 300))
    seen(witness, signing, sqlite_journal, 300)
    answer = refusal(witness, note_of(signing, sqlite_journal, 299))
    assert (answer.field, "299 leaves and this witness has seen 300" in answer.reason) == ("size", True)


def forked(tmp_path: Path, size: int) -> SqliteJournal:
    journal = SqliteJournal.open(tmp_path / "forked.db", ORIGIN)
    appended(journal, [*payments(0, 100), payment(100, fen=5), *payments(101, size)])
    return journal


def test_it_refuses_a_fork_of_the_same_size(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 300))
    seen(witness, signing, sqlite_journal, 300)
    answer = refusal(witness, note_of(signing, forked(tmp_path, 300)))
    assert (answer.field, "forked" in answer.reason) == ("root", True)


def test_it_refuses_a_fork_that_grew_further_even_with_the_forks_own_proof(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 300))
    seen(witness, signing, sqlite_journal, 300)
    other = forked(tmp_path, 400)
    answer = refusal(witness, note_of(signing, other), consistency_proof(300, 400, other.node))
    assert (answer.field, "old root" in answer.reason) == ("proof", True)


def test_it_refuses_growth_without_a_proof(witness: Witness, signing: Signing, sqlite_journal: SqliteJournal) -> None:
    appended(sqlite_journal, payments(0, 300))
    seen(witness, signing, sqlite_journal, 200)
    assert refusal(witness, note_of(signing, sqlite_journal)).field == "proof"


def test_it_refuses_a_note_the_log_did_not_sign(
    witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    appended(sqlite_journal, payments(0, 3))
    written = note_of(signing, sqlite_journal)
    assert "does not fit" in refusal(witness, written.replace("\n3\n", "\n4\n", 1)).reason
    only_one_line = "".join(written.splitlines(keepends=True)[:-1])
    assert "0 signatures where one is needed" in refusal(witness, only_one_line).reason
    assert refusal(witness, "not a note at all").field == "note"


def test_it_refuses_a_log_it_does_not_watch(tmp_path: Path, signing: Signing, sqlite_journal: SqliteJournal) -> None:
    elsewhere = signing.witness(tmp_path / "elsewhere", "other.example/journal")
    assert refusal(elsewhere, note_of(signing, sqlite_journal)).field == "origin"


def test_its_memory_is_for_its_owner_only(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    seen(witness, signing, sqlite_journal, 0)
    assert (tmp_path / "witness" / MEMORY).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoilt", ["", "{}x", '{"test.example/journal": {"size": 1}}', "[]"])
def test_a_spoilt_memory_is_never_taken_for_an_empty_one(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal, spoilt: str
) -> None:
    seen(witness, signing, sqlite_journal, 0)
    (tmp_path / "witness" / MEMORY).write_text(spoilt)
    with pytest.raises(JournalBroken, match="spoilt"):
        witness.cosign(note_of(signing, sqlite_journal), (), NOW)


def test_two_processes_do_not_share_one_memory_at_once(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    with only_one(tmp_path / "witness"):
        assert "another process" in refusal(witness, note_of(signing, sqlite_journal)).reason


def test_it_takes_the_proof_from_published_tiles(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    place = signing.publication(tmp_path / "published")
    for stop in (0, 5, 300, 300, 1_000):
        appended(sqlite_journal, payments(0, stop))
        place.publish(sqlite_journal)
        assert isinstance(witness.cosign_published(place.directory, NOW), str)
        assert witness.last() == sqlite_journal.head()


def test_it_refuses_published_tiles_that_do_not_prove_growth(
    tmp_path: Path, witness: Witness, signing: Signing, sqlite_journal: SqliteJournal
) -> None:
    place = signing.publication(tmp_path / "published")
    appended(sqlite_journal, payments(0, 300))
    place.publish(sqlite_journal)
    assert isinstance(witness.cosign_published(place.directory, NOW), str)
    appended(sqlite_journal, payments(300, 600))
    place.publish(sqlite_journal)
    tile = place.directory / "tile/1/000.p/2"
    spoilt = bytearray(tile.read_bytes())
    spoilt[3] ^= 1
    tile.write_bytes(spoilt)
    outcome = witness.cosign_published(place.directory, NOW)
    assert isinstance(outcome, Refused)
    assert outcome.field == "proof"
    tile.unlink()
    missing = witness.cosign_published(place.directory, NOW)
    assert isinstance(missing, Refused)
    assert missing.field == "tile"


def test_it_refuses_a_folder_where_nothing_is_published(tmp_path: Path, witness: Witness) -> None:
    outcome = witness.cosign_published(tmp_path / "nothing", NOW)
    assert isinstance(outcome, Refused)
    assert "cannot be read" in outcome.reason

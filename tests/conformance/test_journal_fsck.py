"""The check finds what someone with full rights over the database changed behind the journal's back."""

from pathlib import Path

import pytest
from journals import Place
from samples import NOW, ORIGIN, appended, payment, payments
from signing import Signing

from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import write
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.store.fsck import Report, fsck
from yunyue.store.interface import Head
from yunyue.store.postgres_schema import TRIGGERS
from yunyue.store.stored import StoredJournal

COUNT = 1_100


@pytest.fixture
def filled(place: Place, tmp_path: Path, signing: Signing) -> StoredJournal:
    """Facts that are published, twice on the way."""
    journal = place.open()
    assert isinstance(journal, StoredJournal)
    publication = signing.publication(tmp_path / "published")
    for start, stop in ((0, 300), (300, COUNT)):
        appended(journal, payments(start, stop))
        assert isinstance(publication.publish(journal), Checkpoint)
    return journal


@pytest.fixture
def check(filled: StoredJournal, tmp_path: Path, signing: Signing) -> "Check":
    """Runs the check over the journal and what is published."""
    return Check(filled, tmp_path / "published", signing)


class Check:
    """The check, and what was found where."""

    def __init__(self, journal: StoredJournal, directory: Path, signing: Signing) -> None:
        self.journal, self.directory, self.signing = journal, directory, signing

    def __call__(self) -> Report:
        return fsck(self.journal, self.directory, self.signing.read)

    def places(self) -> list[str]:
        return [fault.place for fault in self().faults]


def tamper(place: Place, *statements: str) -> None:
    """What a dishonest administrator does: guards off, change, guards on again word for word."""
    if place.kind == "postgres":
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for name, (table, *_) in TRIGGERS.items()]
        on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for name, (table, *_) in TRIGGERS.items()]
        place.sql("; ".join((*off, *statements, *on)))
        return
    guards = place.sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    for name, _ in guards:
        place.sql(f"DROP TRIGGER {name}")
    for statement in statements:
        place.sql(statement)
    for _, sql in guards:
        place.sql(sql)


def blob(place: Place, content: bytes) -> str:
    return f"X'{content.hex()}'" if place.kind == "sqlite" else f"'\\x{content.hex()}'::bytea"


def test_an_untouched_journal_is_sound(check: Check) -> None:
    report = check()
    assert report.faults == ()
    assert report.sound
    assert report.head == check.journal.head()
    assert (report.tiles, report.heads) == (12, 2)


def test_an_empty_journal_is_sound(place: Place, tmp_path: Path, signing: Signing) -> None:
    journal = place.open()
    assert isinstance(journal, StoredJournal)
    assert fsck(journal, tmp_path / "nothing", signing.read) == Report(Head(0, Frontier().root()), 0, 0, ())


def test_a_changed_amount_is_found_in_its_block_its_tile_and_its_heads(place: Place, check: Check) -> None:
    forged = blob(place, write(payment(700, fen=101), NOW))
    tamper(place, f"UPDATE leaves SET leaf = {forged} WHERE sequence = 700")
    report = check()
    assert not report.sound
    places = [fault.place for fault in report.faults]
    assert places[0] == "leaves 512 to 767"
    assert all("What to do:" in str(fault) for fault in report.faults)


def test_a_changed_amount_in_the_last_unfinished_block_is_found(place: Place, check: Check) -> None:
    forged = blob(place, write(payment(COUNT - 1, fen=101), NOW))
    tamper(place, f"UPDATE leaves SET leaf = {forged} WHERE sequence = {COUNT - 1}")
    assert {"state", "checkpoint"} <= set(check.places())


def test_a_forged_history_with_its_whole_tree_computed_anew_contradicts_the_signed_heads(
    place: Place, check: Check
) -> None:
    """The database alone is consistent then; only what was signed and given away tells."""
    forged = write(payment(COUNT - 1, fen=101), NOW)
    leaves = [*check.journal.leaves(0, COUNT - 1), forged]
    frontier = Frontier().extend([leaf_hash(leaf) for leaf in leaves])
    tamper(
        place,
        f"UPDATE leaves SET leaf = {blob(place, forged)} WHERE sequence = {COUNT - 1}",
        f"UPDATE state SET frontier = {blob(place, frontier.to_bytes())}",
    )
    assert check.places() == ["checkpoint"]


def test_bytes_that_are_no_fact_are_found(place: Place, check: Check) -> None:
    tamper(place, f"UPDATE leaves SET leaf = {blob(place, b'{}')} WHERE sequence = 5")
    assert check.places()[:2] == ["leaf 5", "leaves 0 to 255"]


def test_the_same_fact_in_other_bytes_is_found(place: Place, check: Check) -> None:
    spaced = write(payment(5), NOW).replace(b'"id":', b'"id": ')
    tamper(place, f"UPDATE leaves SET leaf = {blob(place, spaced)} WHERE sequence = 5")
    (first, *_) = check().faults
    assert (first.place, first.what) == ("leaf 5", "leaf 5: not in canonical form")


@pytest.mark.parametrize(
    ("column", "value"),
    [("subject", "'another'"), ("type", "'invoice.received'"), ("id", "'another'"), ("recorded", "1714979289122")],
)
def test_a_column_that_says_otherwise_than_its_record_is_found(
    place: Place, check: Check, column: str, value: str
) -> None:
    tamper(place, f"UPDATE leaves SET {column} = {value} WHERE sequence = 7")
    report = check()
    assert report.faults[0].place == "leaf 7"
    assert f"column {column} says" in report.faults[0].what


def test_a_removed_leaf_is_found(place: Place, check: Check) -> None:
    tamper(place, "DELETE FROM leaves WHERE sequence = 600")
    assert "leaf 600" in check.places()


def test_removed_last_leaves_are_found(place: Place, check: Check) -> None:
    tamper(place, f"DELETE FROM leaves WHERE sequence > {COUNT - 10}")
    assert f"leaf {COUNT - 9}" in check.places()


def test_a_leaf_the_state_does_not_know_of_is_found(place: Place, check: Check) -> None:
    columns = "sequence, id, subject, type, recorded, leaf"
    extra = blob(place, write(payment(COUNT), NOW))
    tamper(
        place,
        f"INSERT INTO leaves ({columns}) SELECT {COUNT}, 'beijing-2024/payment/{COUNT}', subject, type, recorded,"
        f" {extra} FROM leaves WHERE sequence = 0",
    )
    assert check.places() == [f"leaf {COUNT}"]


def test_a_changed_or_removed_or_added_node_is_found(place: Place, check: Check) -> None:
    tamper(place, f"UPDATE nodes SET hash = {blob(place, bytes(32))} WHERE place = 1")
    assert check.places()[0] == "leaves 256 to 511"
    tamper(place, "DELETE FROM nodes WHERE place = 1")
    assert check.places()[0] == "leaves 256 to 511"


def test_a_node_for_leaves_that_are_not_there_is_found(place: Place, check: Check) -> None:
    tamper(place, f"INSERT INTO nodes VALUES (8, 99, {blob(place, bytes(32))})")
    assert check.places() == ["nodes"]


def test_a_wound_back_state_is_found(place: Place, check: Check) -> None:
    leaves = [leaf_hash(leaf) for leaf in check.journal.leaves(0, 1_000)]
    older = Frontier().extend(leaves)
    tamper(place, f"UPDATE state SET size = 1000, frontier = {blob(place, older.to_bytes())}")
    assert {"leaf 1000", "checkpoint"} <= set(check.places())


def test_a_spoilt_state_is_found(place: Place, check: Check) -> None:
    tamper(place, f"UPDATE state SET frontier = {blob(place, b'rubbish')}")
    assert check.places()[0] == "after leaf -1"


def test_a_changed_last_time_is_found(place: Place, check: Check) -> None:
    tamper(place, "UPDATE state SET recorded = recorded + 1")
    assert check.places() == ["state"]


def test_a_removed_guard_is_found(place: Place, check: Check) -> None:
    place.sql("DROP TRIGGER leaves_stay" + ("" if place.kind == "sqlite" else " ON leaves"))
    (fault,) = check().faults
    assert fault.place == "database"
    assert "leaves_stay" in fault.what


def test_a_journal_of_another_name_does_not_own_what_is_published(check: Check, signing: Signing) -> None:
    report = fsck(check.journal, check.directory, lambda written: Checkpoint("other.example", 0, Frontier().root()))
    assert report.faults[0].place == "checkpoint"
    assert ORIGIN in report.faults[0].what

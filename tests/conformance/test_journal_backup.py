"""A journal survives the loss of its machine, whichever database it was in and whichever it comes back to."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from journals import Place
from samples import NOW, ORIGIN, appended, payment, payments, small_disk
from signing import Signing

from yunyue.answer import Refused
from yunyue.host.keys import LogKeys
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.envelope import write
from yunyue.store.backup import LEAVES, SIGNED, backup, restore
from yunyue.store.fsck import fsck
from yunyue.store.interface import Head
from yunyue.store.sqlite import SqliteJournal
from yunyue.store.stored import StoredJournal

COUNT = 1_500


@pytest.fixture
def filled(sqlite_journal: SqliteJournal) -> SqliteJournal:
    """Facts taken in at three moments."""
    for step, start in enumerate(range(0, COUNT, 500)):
        appended(sqlite_journal, payments(start, start + 500), NOW + timedelta(seconds=step))
    return sqlite_journal


@pytest.fixture
def copy(tmp_path: Path, filled: SqliteJournal, signing: Signing) -> Path:
    """A backup of it."""
    assert backup(filled, tmp_path / "backup", signing.sign) == filled.head()
    return tmp_path / "backup"


def opened(place: Place) -> StoredJournal:
    journal = place.open()
    assert isinstance(journal, StoredJournal)
    return journal


def test_a_lost_machine_comes_back_whole(place: Place, filled: SqliteJournal, copy: Path, signing: Signing) -> None:
    head, facts = filled.head(), list(filled.read())
    filled.close()
    new = opened(place)
    assert restore(copy, new, signing.read) == head
    assert list(new.read()) == facts
    assert fsck(new, None, signing.read).faults == ()
    assert appended(new, [payment(COUNT), payment(3)]).sequences == (COUNT, 3)


def test_published_tiles_that_survived_still_belong_to_the_restored_journal(
    tmp_path: Path, place: Place, filled: SqliteJournal, copy: Path, signing: Signing
) -> None:
    publication = signing.publication(tmp_path / "published")
    publication.publish(filled)
    new = opened(place)
    restore(copy, new, signing.read)
    appended(new, [payment(COUNT)], NOW + timedelta(days=1))
    assert isinstance(publication.publish(new), Checkpoint)
    assert fsck(new, tmp_path / "published", signing.read).sound


def test_a_backup_of_either_store_is_the_same_leaves(
    tmp_path: Path, place: Place, filled: SqliteJournal, copy: Path, signing: Signing
) -> None:
    new = opened(place)
    restore(copy, new, signing.read)
    backup(new, tmp_path / "again", signing.sign)
    assert (tmp_path / "again" / LEAVES).read_bytes() == (copy / LEAVES).read_bytes()


def test_facts_taken_in_meanwhile_are_not_in_it_and_do_not_disturb_it(
    tmp_path: Path, place: Place, signing: Signing
) -> None:
    journal = opened(place)
    appended(journal, payments(0, 2_000))

    other, done = opened(place), Event()

    def keep_appending() -> None:
        for number in count(10_000):
            appended(other, [payment(number)])
            if done.is_set():
                return

    writer = Thread(target=keep_appending)
    writer.start()
    copied = backup(journal, tmp_path / "backup", signing.sign)
    done.set()
    writer.join()
    assert isinstance(copied, Head)
    assert copied == journal.head_at(copied.size)
    assert journal.head().size > copied.size or copied.size > 2_000
    empty = SqliteJournal.open(tmp_path / "new.db", ORIGIN)
    assert restore(tmp_path / "backup", empty, signing.read) == copied
    empty.close()


def drop_a_leaf(path: Path) -> None:
    leaves = (path / LEAVES).read_bytes()
    (path / LEAVES).write_bytes(leaves[2 + int.from_bytes(leaves[:2], "big") :])


def cut_the_end(path: Path) -> None:
    (path / LEAVES).write_bytes((path / LEAVES).read_bytes()[:-5])


def add_a_leaf(path: Path) -> None:
    leaf = write(payment(COUNT), NOW + timedelta(days=2))
    (path / LEAVES).write_bytes((path / LEAVES).read_bytes() + len(leaf).to_bytes(2, "big") + leaf)


def change_an_amount(path: Path) -> None:
    (path / LEAVES).write_bytes((path / LEAVES).read_bytes().replace(b'"1.00"', b'"9.00"', 1))


def change_the_last_amount(path: Path) -> None:
    before, _, after = (path / LEAVES).read_bytes().rpartition(b'"1.00"')
    (path / LEAVES).write_bytes(before + b'"2.00"' + after)


def repeat_everything(path: Path) -> None:
    (path / LEAVES).write_bytes((path / LEAVES).read_bytes() * 2)


def write_it_otherwise(path: Path) -> None:
    """The same JSON value in other bytes."""
    leaves = (path / LEAVES).read_bytes()
    length = int.from_bytes(leaves[:2], "big")
    longer = leaves[2 : 2 + length].replace(b'"actor":', b'"actor": ', 1)
    (path / LEAVES).write_bytes(len(longer).to_bytes(2, "big") + longer + leaves[2 + length :])


def claim_another_size(path: Path) -> None:
    (path / SIGNED).write_text((path / SIGNED).read_text().replace("\n1500\n", "\n1499\n"))


def lose_the_checkpoint(path: Path) -> None:
    (path / SIGNED).unlink()


def spoil_the_checkpoint(path: Path) -> None:
    (path / SIGNED).write_bytes(b"\xff\xfe")


def lose_the_leaves(path: Path) -> None:
    (path / LEAVES).unlink()


@pytest.mark.parametrize(
    "tamper",
    [
        drop_a_leaf,
        cut_the_end,
        add_a_leaf,
        change_an_amount,
        change_the_last_amount,
        repeat_everything,
        write_it_otherwise,
        claim_another_size,
        lose_the_checkpoint,
        spoil_the_checkpoint,
        lose_the_leaves,
    ],
)
def test_a_tampered_backup_is_refused_and_nothing_is_put_in_place(
    place: Place, copy: Path, signing: Signing, tamper: Callable[[Path], None]
) -> None:
    tamper(copy)
    new = opened(place)
    assert isinstance(restore(copy, new, signing.read), Refused)
    assert new.head().size == 0
    assert list(new.leaves()) == []
    assert appended(new, [payment(0)]).new == 1


def test_a_backup_goes_into_an_empty_journal_only(place: Place, copy: Path, signing: Signing) -> None:
    new = opened(place)
    appended(new, [payment(99)])
    outcome = restore(copy, new, signing.read)
    assert isinstance(outcome, Refused)
    assert "already has 1 leaves" in outcome.reason
    assert new.head().size == 1


def test_a_backup_signed_by_others_is_refused(
    tmp_path: Path, place: Place, filled: SqliteJournal, signing: Signing
) -> None:
    stranger = LogKeys.open(tmp_path / "stranger", ORIGIN)
    assert isinstance(stranger, LogKeys)
    backup(filled, tmp_path / "backup", stranger.sign_checkpoint)
    outcome = restore(tmp_path / "backup", opened(place), signing.read)
    assert isinstance(outcome, Refused)
    assert outcome.field == SIGNED


def test_a_backup_does_not_overwrite_another(filled: SqliteJournal, copy: Path, signing: Signing) -> None:
    before = (copy / LEAVES).read_bytes()
    assert isinstance(backup(filled, copy, signing.sign), Refused)
    assert (copy / LEAVES).read_bytes() == before


def test_an_empty_journal_can_be_backed_up_and_restored(tmp_path: Path, place: Place, signing: Signing) -> None:
    empty = opened(place)
    head = backup(empty, tmp_path / "backup", signing.sign)
    assert head == empty.head()
    assert restore(tmp_path / "backup", empty, signing.read) == head


def test_a_full_disk_is_told_and_what_is_there_is_no_backup(
    tmp_path: Path, filled: SqliteJournal, place: Place, signing: Signing
) -> None:
    if os.geteuid() != 0:
        assert os.environ.get("CI") != "true", "CI must be able to mount a small disk"
        pytest.skip("mounting a small disk needs root")
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk", "128k") as disk:
        outcome = backup(filled, disk / "backup", signing.sign)
        assert isinstance(outcome, Refused)
        assert outcome.reason.startswith("the disk is full, no backup was made")
        assert isinstance(restore(disk / "backup", opened(place), signing.read), Refused)


def test_losing_everything_but_the_backup_and_the_witness_is_noticed_when_the_backup_is_old(
    tmp_path: Path, filled: SqliteJournal, copy: Path, signing: Signing
) -> None:
    witness = signing.witness(tmp_path / "witness")
    publication = signing.publication(tmp_path / "published")
    appended(filled, [payment(COUNT)])
    publication.publish(filled)
    assert isinstance(witness.cosign_published(tmp_path / "published", NOW), str)
    shutil.rmtree(tmp_path / "published")
    new = SqliteJournal.open(tmp_path / "new.db", ORIGIN)
    assert restore(copy, new, signing.read) == Head(COUNT, filled.head_at(COUNT).root)
    publication.publish(new)
    outcome = witness.cosign_published(tmp_path / "published", NOW)
    assert isinstance(outcome, Refused)
    assert "shortened" in outcome.reason
    new.close()

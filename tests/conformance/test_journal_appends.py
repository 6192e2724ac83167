"""What every journal promises about taking facts in."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from journals import Place
from msgspec import structs
from samples import NOW, ORIGIN, appended, payment, payments, refused

from yunyue.answer import Refused
from yunyue.journal.envelope import BEIJING, Fact
from yunyue.journal.facts import FundsArrived, TrainingHeld
from yunyue.journal.tree import EMPTY_ROOT, leaf_hash, root_of
from yunyue.store.errors import NotThisJournal, StorageFailed
from yunyue.store.interface import Appended, Head, Journal


def root_over(journal: Journal, size: int | None = None) -> bytes:
    return root_of([leaf_hash(leaf) for leaf in journal.leaves(0, size)])


def oversized() -> Fact:
    """A fact of some 70,000 bytes."""
    training = TrainingHeld(
        kind="skills", persons=tuple(f"person-{each:0120d}" for each in range(540)), document="sha256:" + "0" * 64
    )
    return Fact(id="big", subject="s", actor="client", source="/test", time=payment(0).time, data=training)


def test_a_new_journal_is_empty(journal: Journal) -> None:
    assert journal.head() == Head(0, EMPTY_ROOT)
    assert journal.head_at(0) == Head(0, EMPTY_ROOT)
    assert list(journal.leaves()) == []


def test_facts_are_numbered_in_the_order_they_come(journal: Journal) -> None:
    assert appended(journal, payments(0, 3)) == Appended((0, 1, 2), 3)
    assert appended(journal, payments(3, 5)) == Appended((3, 4), 2)
    assert [each.fact for each in journal.read()] == payments(0, 5)


def test_an_empty_batch_changes_nothing(journal: Journal) -> None:
    assert appended(journal, []) == Appended((), 0)
    assert journal.head().size == 0


def test_the_head_is_the_root_over_all_leaves(journal: Journal) -> None:
    for start, stop in ((0, 1), (1, 255), (255, 256), (256, 258), (258, 1100)):
        appended(journal, payments(start, stop))
        assert journal.head() == Head(stop, root_over(journal))


def test_what_was_appended_is_there_when_opened_again(place: Place) -> None:
    first = place.open()
    appended(first, payments(0, 300))
    head = first.head()
    place.close()
    again = place.open()
    assert again.head() == head
    assert appended(again, payments(300, 301)).sequences == (300,)
    assert again.head() == Head(301, root_over(again))


def test_the_same_fact_again_keeps_its_number_and_is_not_stored_twice(journal: Journal) -> None:
    appended(journal, payments(0, 3))
    before = journal.head()
    assert appended(journal, [payment(1)], NOW + timedelta(days=1)) == Appended((1,), 0)
    assert journal.head() == before


def test_old_and_new_facts_may_come_in_one_batch(journal: Journal) -> None:
    appended(journal, payments(0, 2))
    assert appended(journal, [payment(5), payment(1), payment(6), payment(0)]) == Appended((2, 1, 3, 0), 2)


def test_a_fact_repeated_inside_one_batch_is_stored_once(journal: Journal) -> None:
    assert appended(journal, [payment(7), payment(8), payment(7)]) == Appended((0, 1, 0), 2)


def test_an_id_that_is_there_with_other_bytes_is_refused_naming_id_and_field(journal: Journal) -> None:
    appended(journal, payments(0, 3))
    answer = refused(journal, [payment(9), payment(1, fen=999)])
    assert answer.field == "facts.1.data.amount"
    assert "'beijing-2024/payment/1'" in answer.reason
    assert "data.amount" in answer.reason
    assert journal.find("beijing-2024/payment/9") is None


def test_an_id_used_twice_in_one_batch_for_different_facts_is_refused(journal: Journal) -> None:
    answer = refused(journal, [payment(1), payment(1, time=datetime(2024, 5, 2, tzinfo=BEIJING))])
    assert answer.field == "facts.1.time"


def test_an_id_of_another_type_of_fact_is_refused(journal: Journal) -> None:
    appended(journal, [payment(1)])
    other = Fact(
        id=payment(1).id,
        subject="beijing-2024",
        actor="client",
        source="/test",
        time=payment(1).time,
        data=FundsArrived(instalment=1),
    )
    assert refused(journal, [other]).field == "facts.0.data.amount"


def test_recorded_time_is_the_moment_given_in_whole_milliseconds(journal: Journal) -> None:
    appended(journal, [payment(0)], NOW + timedelta(microseconds=999))
    assert [each.recorded for each in journal.read()] == [NOW]


def test_recorded_time_never_runs_backwards(journal: Journal) -> None:
    appended(journal, [payment(0)], NOW)
    appended(journal, [payment(1)], NOW - timedelta(hours=1))
    appended(journal, [payment(2)], NOW + timedelta(hours=1))
    assert [each.recorded - NOW for each in journal.read()] == [timedelta(0), timedelta(0), timedelta(hours=1)]


def test_recorded_time_does_not_run_backwards_across_a_restart(place: Place) -> None:
    appended(place.open(), [payment(0)], NOW)
    place.close()
    again = place.open()
    appended(again, [payment(1)], NOW - timedelta(days=400))
    assert [each.recorded for each in again.read()] == [NOW, NOW]


def test_a_moment_without_a_zone_is_an_error_and_changes_nothing(journal: Journal) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        journal.append([payment(0)], NOW.replace(tzinfo=None))
    assert appended(journal, [payment(0)]).new == 1


def test_a_fact_over_65535_bytes_is_refused_and_none_of_its_batch_is_kept(journal: Journal) -> None:
    answer = refused(journal, [payment(0), oversized()])
    assert answer.field == "facts.1"
    assert "65535" in answer.reason


def test_a_fact_that_would_not_read_back_is_refused(journal: Journal) -> None:
    fact = payment(1)
    blank = Fact(id="no id ", subject=fact.subject, actor="client", source="/test", time=fact.time, data=fact.data)
    assert refused(journal, [payment(0), blank]).field == "facts.1"


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "\ud800", "合同", "", "a" * 200])
@pytest.mark.parametrize("field", ["id", "subject"])
def test_an_id_or_subject_no_fact_has_is_refused_and_the_journal_goes_on(
    journal: Journal, field: str, odd: str
) -> None:
    assert refused(journal, [payment(0), structs.replace(payment(1), **{field: odd})]).field == "facts.1"
    assert appended(journal, [payment(0)]).new == 1


def test_a_fact_whose_time_has_no_zone_is_refused(journal: Journal) -> None:
    fact = payment(1)
    naive = Fact(
        id="x", subject="s", actor="client", source="/test", time=fact.time.replace(tzinfo=None), data=fact.data
    )
    assert refused(journal, [naive]).field == "facts.0.time"


def test_threads_that_share_a_handle_lose_nothing(journal: Journal) -> None:
    outcomes: list[Appended | Refused] = []
    ready = Barrier(4)

    def append(lane: int) -> None:
        ready.wait()
        for number in range(5):
            outcomes.append(journal.append([payment(number, subject=f"lane-{lane}")], NOW))

    threads = [Thread(target=append, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences = sorted(each.sequences[0] for each in outcomes if isinstance(each, Appended))
    assert sequences == list(range(20))
    assert journal.head() == Head(20, root_over(journal))


def test_two_handles_append_to_one_journal_in_turn(place: Place) -> None:
    one, other = place.open(), place.open()
    for number in range(0, 60, 2):
        appended(one, [payment(number)])
        appended(other, [payment(number + 1)])
    assert one.head() == other.head() == Head(60, root_over(one))


def test_a_closed_journal_takes_nothing_in(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(StorageFailed, match="closed"):
        journal.append([payment(0)], NOW)
    with pytest.raises(StorageFailed, match="closed"):
        journal.head()


def test_the_journal_of_another_origin_is_not_opened(place: Place) -> None:
    place.open()
    with pytest.raises(NotThisJournal, match=r"other\.example"):
        place.open("other.example/journal")
    assert place.open(ORIGIN).origin == ORIGIN

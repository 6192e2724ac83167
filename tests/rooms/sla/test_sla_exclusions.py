"""Only what another person approved is excluded; force majeure only while it is on record."""

from sla_cast import ENGINEER, Record, beijing, objective

from yunyue.journal.facts import FactCorrected, MajeureBegan, MajeureEnded
from yunyue.sla.exclusions import Exclusions, exclusions, standing
from yunyue.sla.span import Span, milliseconds


def found(record: Record) -> Exclusions:
    return exclusions(objective().id, standing(record.facts))


def between(start: str, end: str) -> Span:
    return Span(milliseconds(beijing(start)), milliseconds(beijing(end)))


def test_a_request_that_another_person_approved_counts() -> None:
    record = Record()
    asked, agreed = record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00"), record.approve("e1")
    counted = found(record).counted[0]
    assert (counted.spans, counted.facts) == ((between("2024-06-02T02:00", "2024-06-02T04:00"),), (asked, agreed))


def test_a_request_nobody_approved_is_ignored() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00")
    assert [one.reason for one in found(record).ignored] == ["nobody approved it"]
    assert found(record).spans == ()


def test_an_approval_by_whoever_asked_is_ignored_and_says_whom() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00")
    record.approve("e1", ENGINEER)
    assert [one.reason for one in found(record).ignored] == [
        "engineer:li asked for it and approved it; another person must"
    ]


def test_a_second_approval_by_another_person_makes_it_count() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00")
    record.approve("e1", ENGINEER)
    agreed = record.approve("e1")
    assert found(record).counted[0].facts[-1] == agreed


def test_an_exclusion_of_another_objective_is_no_matter() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00", of="monitor-coverage")
    record.approve("e1")
    assert found(record) == Exclusions()


def test_an_approval_without_a_request_excludes_nothing() -> None:
    record = Record()
    record.approve("e1")
    assert found(record) == Exclusions()


def test_an_approved_request_cannot_be_stretched_by_asking_again_under_its_name() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00")
    record.approve("e1")
    record.request("e1", "2024-06-01T00:00", "2024-07-01T00:00")
    assert found(record).spans == (between("2024-06-02T02:00", "2024-06-02T04:00"),)


def test_a_corrected_approval_no_longer_counts() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00")
    record.add(FactCorrected(corrects=record.approve("e1"), replacement=None, reason="by mistake"))
    assert [one.reason for one in found(record).ignored] == ["nobody approved it"]


def test_an_approval_counts_again_once_its_correction_is_corrected() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00")
    mistaken = record.add(FactCorrected(corrects=record.approve("e1"), replacement=None, reason="by mistake"))
    record.add(FactCorrected(corrects=mistaken, replacement=None, reason="it was right after all"))
    assert found(record).ignored == ()


def test_overlapping_exclusions_are_one_stretch() -> None:
    record = Record()
    for name, start, end in (("e1", "02:00", "04:00"), ("e2", "03:00", "05:00")):
        record.request(name, f"2024-06-02T{start}", f"2024-06-02T{end}", "client_fault")
        record.approve(name)
    assert found(record).spans == (between("2024-06-02T02:00", "2024-06-02T05:00"),)


def test_force_majeure_without_an_event_on_record_is_ignored() -> None:
    record = Record()
    record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00", "majeure")
    record.approve("e1")
    assert [one.reason for one in found(record).ignored] == ["no event of force majeure is on record for that time"]


def test_force_majeure_excludes_no_more_than_the_time_of_its_event() -> None:
    record = Record()
    began = record.add(MajeureBegan(event="flood", about="flood"), time="2024-06-02T03:00")
    ended = record.add(MajeureEnded(event="flood"), time="2024-06-02T05:00")
    asked, agreed = record.request("e1", "2024-06-02T02:00", "2024-06-02T04:00", "majeure"), record.approve("e1")
    counted = found(record).counted[0]
    assert counted.spans == (between("2024-06-02T03:00", "2024-06-02T04:00"),)
    assert counted.facts == (asked, agreed, began, ended)


def test_force_majeure_that_has_not_ended_lasts() -> None:
    record = Record()
    record.add(MajeureBegan(event="flood", about="flood"), time="2024-06-02T03:00")
    record.request("e1", "2024-06-20T02:00", "2024-06-20T04:00", "majeure")
    record.approve("e1")
    assert found(record).spans == (between("2024-06-20T02:00", "2024-06-20T04:00"),)

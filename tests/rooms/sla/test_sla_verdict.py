"""The verdict on a month: from facts to met, missed, running or no evidence."""

from decimal import Decimal
from fractions import Fraction

import pytest
from sla_cast import Record, beijing, month, objective

from yunyue.answer import Refused
from yunyue.journal.facts import FactCorrected, ServiceDelivered, ServiceRetired
from yunyue.sla.span import milliseconds
from yunyue.sla.verdict import MOST_NAMED, Judged, NoEvidence, Running, Verdict, judge

JULY = milliseconds(beijing("2024-07-01T00:00"))


def verdict(record: Record, as_of: int = JULY) -> Verdict | Refused:
    return judge(objective(), month(), record.facts, as_of)


def judged(record: Record) -> Judged:
    found = verdict(record)
    assert isinstance(found, Judged), found
    return found


def refused(record: Record) -> str:
    found = verdict(record)
    assert isinstance(found, Refused)
    assert found.clause == "C18"
    return found.reason


def test_a_month_without_bad_minutes_is_met_at_a_hundred_percent() -> None:
    record = Record()
    windows = record.good_month()
    payload = judged(record).payload()
    assert (payload.met, payload.measured, payload.target) == (True, Decimal("100.000000"), Decimal("99.9"))
    assert (payload.service, payload.month, payload.method) == ("monitor", "2024-06", "M1")
    assert (payload.counted_minutes, payload.excluded_minutes) == (43_200, 0)
    assert payload.rests_on == tuple(windows)


@pytest.mark.parametrize(("bad", "met"), [(43, True), (44, False)])
def test_the_43_minutes_that_june_allows_are_met_and_the_44th_is_not(bad: int, met: bool) -> None:
    record = Record()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 60 - bad, bad))
    assert judged(record).met is met


def test_a_month_that_is_not_over_is_running_and_reaches_no_verdict() -> None:
    record = Record()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 0, 60))
    found = verdict(record, JULY - 1)
    assert isinstance(found, Running)
    assert found.measured.bad_minutes == 60


def test_no_samples_at_all_are_no_evidence_and_not_a_hundred_percent() -> None:
    assert isinstance(verdict(Record()), NoEvidence)


def test_windows_in_which_nothing_was_attempted_are_no_evidence() -> None:
    record = Record()
    record.window("2024-06-03T00:00", "2024-06-04T00:00", (0, 0, 0))
    assert isinstance(verdict(record), NoEvidence)


def test_an_approved_exclusion_turns_a_miss_into_a_met_objective_and_is_named() -> None:
    record = Record()
    window = record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 0, 60))
    record.window("2024-06-03T11:00", "2024-06-04T00:00", (780, 780, 0))
    assert judged(record).met is False
    asked, agreed = record.request("e1", "2024-06-03T10:10", "2024-06-03T11:00"), record.approve("e1")
    found = judged(record)
    assert (found.met, found.measured.bad_minutes, found.measured.excluded_minutes) == (True, 10, 50)
    assert found.share == 1 - Fraction(10, 43_150)
    assert {window, asked, agreed} <= set(found.rests_on)


def test_an_exclusion_of_another_month_is_not_named() -> None:
    record = Record()
    windows = record.good_month()
    record.request("e1", "2024-07-03T10:10", "2024-07-03T11:00")
    record.approve("e1")
    assert judged(record).rests_on == tuple(windows)


def test_orders_of_one_service_are_measured_together() -> None:
    record = Record()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 0, 60), "o1")
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 60, 0), "o2")
    assert judged(record).share == 1 - Fraction(60, 86_400)


def test_an_order_counts_from_its_delivery_to_its_retirement() -> None:
    record = Record()
    record.add(ServiceDelivered(order="o1"), time="2024-06-11T00:00:20")
    record.add(ServiceRetired(order="o1"), time="2024-06-20T23:59:30")
    record.window("2024-06-12T10:00", "2024-06-12T11:00", (60, 45, 15))
    found = judged(record)
    assert (found.measured.counted_minutes, found.met) == (14_400, False)


def test_a_delivery_before_the_month_does_not_lengthen_it() -> None:
    record = Record()
    record.add(ServiceDelivered(order="o1"), time="2024-05-11T00:00")
    record.good_month()
    assert judged(record).measured.counted_minutes == 43_200


def test_task_success_is_judged_on_tasks() -> None:
    record = Record()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (1000, 999, 0))
    found = judge(objective("M6"), month(), record.facts, JULY)
    assert isinstance(found, Judged)
    assert (found.met, found.payload().measured) == (True, Decimal("99.900000"))


def test_windows_of_other_objectives_and_other_months_are_no_matter() -> None:
    record = Record()
    windows = record.good_month()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 0, 60), of="monitor-coverage")
    record.window("2024-07-03T10:00", "2024-07-03T11:00", (60, 0, 60))
    assert judged(record).rests_on == tuple(windows)


def test_a_corrected_window_no_longer_counts() -> None:
    record = Record()
    wrong = record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 0, 60))
    record.add(FactCorrected(corrects=wrong, replacement=None, reason="probe was misconfigured"))
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 60, 0))
    assert judged(record).measured.bad_minutes == 0


def test_windows_that_overlap_are_refused_with_both_names() -> None:
    record = Record()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", (60, 0, 60))
    record.window("2024-06-03T10:30", "2024-06-03T11:30", (60, 0, 60))
    assert refused(record) == "windows f0 and f1 overlap: the same time would count twice"


def test_a_window_over_the_edge_of_the_month_is_refused() -> None:
    record = Record()
    record.window("2024-06-30T23:30", "2024-07-01T00:30", (60, 0, 60))
    assert refused(record) == "window f0 reaches over the edge of the month"


@pytest.mark.parametrize(
    ("counts", "rule"),
    [((1, 2, 0), "window f0 has 2 good of 1"), ((60, 0, 61), "window f0 has 61 bad minutes in 60")],
)
def test_a_window_that_contradicts_itself_is_refused(counts: tuple[int, int, int], rule: str) -> None:
    record = Record()
    record.window("2024-06-03T10:00", "2024-06-03T11:00", counts)
    assert refused(record) == rule


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    record = Record()
    record.window("2024-06-03T11:00", "2024-06-03T10:00", (1, 1, 0))
    assert refused(record) == "window f0 ends before it starts"


def minutes_of_windows(record: Record, count: int, bad: int) -> None:
    """So many windows of a minute, every one of them good or bad."""
    for number in range(count):
        day, minute = divmod(number, 1_000)
        start, end = (f"2024-06-{1 + day:02d}T{m // 60:02d}:{m % 60:02d}" for m in (minute, minute + 1))
        record.window(start, end, (1, 1 - bad, bad))


def test_of_too_many_windows_a_verdict_names_those_that_lowered_it() -> None:
    record = Record()
    minutes_of_windows(record, MOST_NAMED + 1, 0)
    worst = record.window("2024-06-20T10:00", "2024-06-20T10:10", (10, 0, 10))
    assert judged(record).rests_on == (worst,)


def test_a_verdict_on_more_bad_windows_than_a_fact_can_name_is_refused() -> None:
    record = Record()
    minutes_of_windows(record, MOST_NAMED + 1, 1)
    assert "rests on 401 facts; a fact names 400" in refused(record)


def test_more_than_a_fact_can_name_would_not_fit_into_a_fact() -> None:
    """The longest id has 128 characters; with its quotes and comma 131 bytes."""
    assert MOST_NAMED * 131 < 65_535 - 4_096

"""Rework with its clock, exclusions that wait, missed months to decide on."""

from datetime import date

import pytest

from story import TERMS, tell
from yunyue.acceptance.exclusions import exclusions, missed
from yunyue.acceptance.rectifications import Rectification, rectifications
from yunyue.settlement.admission import Known

ORDERED = "2024-05-01 rectification.ordered notice=n1 deadline=2024-05-20\n"
REPORTED = f"{ORDERED}2024-05-10 rectification.reported notice=n1\n"
FAILED = f"{REPORTED}2024-05-11 rectification.reviewed notice=n1 result=failed\n"
OBJECTIVE = TERMS.sla.objectives[0].id


def known(text: str) -> Known:
    return Known.of(TERMS, tell(text).facts)


def only(text: str, today: str = "2024-05-15") -> Rectification:
    (found,) = rectifications(known(text), date.fromisoformat(today))
    return found


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (ORDERED, "ordered"),
        (REPORTED, "reported"),
        (FAILED, "ordered"),
        (f"{FAILED}2024-05-12 rectification.reported notice=n1", "reported"),
        (f"{REPORTED}2024-05-11 rectification.reviewed notice=n1 result=passed", "passed"),
    ],
)
def test_a_notice_is_as_far_as_its_last_step(text: str, state: str) -> None:
    assert only(text).state == state


def test_the_days_to_the_deadline_run_below_zero() -> None:
    assert only(ORDERED, "2024-05-15").left == 5
    assert only(ORDERED, "2024-05-20").late is False
    assert only(ORDERED, "2024-05-21").late is True
    assert only(REPORTED, "2024-05-21").late is False


def test_open_notices_come_first_the_most_urgent_of_them_before_the_others() -> None:
    text = (
        f"{REPORTED}2024-05-11 rectification.reviewed notice=n1 result=passed\n"
        "2024-05-12 rectification.ordered notice=n2 deadline=2024-06-20\n"
        "2024-05-12 rectification.ordered notice=n3 deadline=2024-05-20\n"
    )
    assert [one.notice for one in rectifications(known(text), date(2024, 5, 15))] == ["n3", "n2", "n1"]


ASKED = (
    f"2024-05-02 exclusion.requested exclusion=x1 objective={OBJECTIVE} ground=maintenance "
    "start=2024-05-01T00:00:00+08:00 end=2024-05-01T01:00:00+08:00 as user:1\n"
)


def test_an_exclusion_waits_until_another_approves_it() -> None:
    assert [one.state for one in exclusions(known(ASKED))] == ["requested"]
    assert [one.state for one in exclusions(known(f"{ASKED}2024-05-03 exclusion.approved exclusion=x1 as user:2"))] == [
        "approved"
    ]


def test_a_missed_month_waits_for_a_decision_and_a_met_one_does_not_appear() -> None:
    text = (
        f"2024-06-01 verdict.reached objective={OBJECTIVE} month=2024-05 measured=97\n"
        f"2024-07-01 verdict.reached objective={OBJECTIVE} month=2024-06 measured=100\n"
    )
    (found,) = missed(known(text))
    assert (found.verdict.month, found.decided) == ("2024-05", None)
    decided = f"{text}2024-07-02 compensation.decided objective={OBJECTIVE} month=2024-05 decision=waived amount=0.00"
    assert missed(known(decided))[0].decided is not None

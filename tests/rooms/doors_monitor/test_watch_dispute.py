"""A dispute shows the minutes in question from every probe point, and who asked that they not count."""

import pytest
from contract_year import CONTRACT
from watch_cast import MINUTE, ORDER, OUTAGE_MINUTES, moment, watched

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.doors.monitor.dispute import Dispute, dispute
from yunyue.doors.office import Office
from yunyue.sla.span import DAY, Span


def objective(office: Office, indicator: str) -> Objective:
    found = office.hosting.host(CONTRACT, "monitor").objectives("monitor")
    return next(one for one in found if one.indicator == indicator)


def looked(office: Office, span: Span, indicator: str = "availability") -> Dispute:
    found = dispute(office.hosting, (CONTRACT, ORDER), objective(office, indicator), span)
    assert isinstance(found, Dispute), found
    return found


@pytest.fixture
def office_with_samples(own_office: Office) -> Office:
    watched(own_office)
    return own_office


def test_the_minutes_of_an_outage_are_shown_and_those_beside_it_are_not(office_with_samples: Office) -> None:
    start = moment(office_with_samples, days=2)
    found = looked(office_with_samples, Span(start - 10 * MINUTE, start + 40 * MINUTE))
    assert [one.start for one in found.minutes] == [start + n * MINUTE for n in range(OUTAGE_MINUTES)]
    assert all(one.bad for one in found.minutes)
    assert found.bad == (Span(start, start + OUTAGE_MINUTES * MINUTE),)


def test_a_gap_is_shown_and_is_not_bad(office_with_samples: Office) -> None:
    at = moment(office_with_samples, days=4) + 900 * MINUTE
    found = looked(office_with_samples, Span(at - 5 * MINUTE, at + 5 * MINUTE))
    (minute,) = found.minutes
    assert (minute.start, minute.bad) == (at, False)
    assert minute.seen[0] is not None
    assert (minute.seen[0].total, minute.seen[0].gaps) == (0, 1)


def test_every_probe_point_has_a_column(office_with_samples: Office) -> None:
    end = moment(office_with_samples)
    found = looked(office_with_samples, Span(end - 60 * MINUTE, end))
    assert found.columns == ("", "haidian")
    assert all(len(one.seen) == 2 for one in found.minutes)


def test_sealed_files_are_named_with_the_facts_that_seal_them(office_with_samples: Office) -> None:
    start = moment(office_with_samples, days=2)
    found = looked(office_with_samples, Span(start, start + 10 * MINUTE))
    assert found.unsealed == 0
    assert all(digest.startswith("sha256:") and fact.startswith("sealed-") for digest, fact in found.segments)


def test_who_asked_and_who_approved_stand_beside_the_minutes(office_with_samples: Office) -> None:
    start = moment(office_with_samples, minutes=31 * 60)
    found = looked(office_with_samples, Span(start, start + 2 * 60 * MINUTE), "coverage")
    (asked,) = found.exclusions
    assert (asked.id, asked.ground, asked.reason) == ("x-1", "maintenance", "upgrade of the balancer")
    assert (asked.asked_by, asked.approved_by, asked.ignored) == ("user:900001", "user:900002", "")
    assert (asked.asked_fact, asked.approved_fact) == ("w-x1", "w-x2")


def test_an_exclusion_elsewhere_is_not_shown(office_with_samples: Office) -> None:
    start = moment(office_with_samples, days=3)
    assert looked(office_with_samples, Span(start, start + 60 * MINUTE), "coverage").exclusions == ()


@pytest.mark.parametrize("span", [Span(0, 0), Span(0, DAY + MINUTE), Span(1, MINUTE), Span(0, MINUTE + 1)])
def test_nothing_more_than_a_day_and_odd_moments_are_refused(own_office: Office, span: Span) -> None:
    refused = dispute(own_office.hosting, (CONTRACT, ORDER), objective(own_office, "availability"), span)
    assert isinstance(refused, Refused)
    assert refused.field == "start"

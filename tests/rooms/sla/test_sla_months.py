"""Service months: calendar months clipped to the term, in Beijing days, and the downtime a target allows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.contract.terms import Named, Term
from yunyue.journal.envelope import BEIJING
from yunyue.sla.months import ServiceMonth, allowed_minutes, service_month, service_months
from yunyue.sla.span import MINUTE, milliseconds

PLACE = Named(zh="北京", en="Beijing")
YEAR_2024 = Term(start=date(2024, 4, 11), end=date(2024, 12, 31), place=PLACE)


def named(name: str) -> ServiceMonth:
    found = service_month(YEAR_2024, name)
    assert found is not None
    return found


def test_the_term_of_2024_has_nine_service_months() -> None:
    assert [month.name for month in service_months(YEAR_2024)] == [f"2024-{number:02d}" for number in range(4, 13)]


def test_april_2024_has_twenty_days_because_the_term_begins_on_the_eleventh() -> None:
    april = named("2024-04")
    assert (april.days, april.minutes) == (20, 28_800)
    assert april.span.start == milliseconds(datetime(2024, 4, 11, tzinfo=BEIJING))
    assert april.span.end == milliseconds(datetime(2024, 5, 1, tzinfo=BEIJING))


def test_december_goes_up_to_the_midnight_that_ends_the_year() -> None:
    assert named("2024-12").span.end == milliseconds(datetime(2025, 1, 1, tzinfo=BEIJING))


@pytest.mark.parametrize("name", ["2024-03", "2025-01", "April"])
def test_a_month_outside_the_term_is_no_service_month(name: str) -> None:
    assert service_month(YEAR_2024, name) is None


def test_a_term_that_ends_before_it_starts_has_no_months() -> None:
    assert service_months(Term(start=date(2024, 5, 2), end=date(2024, 5, 1), place=PLACE)) == ()


@pytest.mark.parametrize(("name", "expected"), [("2024-04", "28.800"), ("2024-06", "43.200")])
def test_the_downtime_that_99_9_percent_allows_is_exact(name: str, expected: str) -> None:
    """Vectors T54 and T56 of annex 3."""
    assert str(allowed_minutes(named(name).minutes, Decimal("99.9"))) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 900))
def test_the_months_follow_one_another_and_make_the_term(start: date, more: int) -> None:
    term = Term(start=start, end=start + timedelta(days=more), place=PLACE)
    months = service_months(term)
    assert sum(month.days for month in months) == more + 1
    assert all(a.span.end == b.span.start for a, b in pairwise(months))
    assert all(month.span.length == month.minutes * MINUTE for month in months)

"""The turnaround of jobs: its 95th percentile by nearest rank, months in Beijing, and what the SLA makes of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.services.transcode.jobs.ending import allowed
from yunyue.services.transcode.turnaround import Took, _months, measured
from yunyue.sla.span import milliseconds

TOOK = st.builds(Took, st.integers(1, 10**9), st.integers(0, 10**8))


def test_ninety_five_of_a_hundred_do_not_exceed_it() -> None:
    found = measured("2026-11", [Took(second * 1000, 10_000) for second in range(1, 101)])
    assert found is not None
    assert (found.seconds, found.lengths, found.jobs) == (95, 9.5, 100)
    assert found.used == pytest.approx(95 / 90)
    assert found.in_time == 90


def test_of_one_job_it_is_that_job() -> None:
    found = measured("2026-11", [Took(30_000, 60_000)])
    assert found is not None
    assert (found.seconds, found.lengths, found.used) == (30, 0.5, 0.125)


def test_of_no_job_there_is_none() -> None:
    assert measured("2026-11", []) is None


def test_a_film_without_length_has_a_minute() -> None:
    found = measured("2026-11", [Took(60_000, 0)])
    assert found is not None
    assert (found.lengths, found.used, found.in_time) == (0, 1, 1)


@given(st.lists(TOOK, min_size=1, max_size=60))
def test_the_objective_is_kept_just_when_its_percentile_is_within_what_is_allowed(jobs: list[Took]) -> None:
    """The share the SLA counts and the percentile people ask for say the same."""
    found = measured("2026-11", jobs)
    assert found is not None
    assert (found.in_time * 100 >= 95 * found.jobs) == (found.used <= 1)
    assert found.seconds in [one.took / 1000 for one in jobs]


@given(st.lists(TOOK, min_size=1, max_size=30), st.integers(1, 10**6))
def test_a_slower_machine_never_looks_faster(jobs: list[Took], more: int) -> None:
    fast = measured("x", jobs)
    slow = measured("x", [Took(one.took + more, one.length) for one in jobs])
    assert fast is not None
    assert slow is not None
    assert (slow.seconds, slow.used) > (fast.seconds, fast.used)
    assert slow.in_time <= fast.in_time


def test_months_are_those_of_beijing_and_touch() -> None:
    """Half past four in the afternoon of 31 December in London is the new year in Beijing."""
    found = _months(milliseconds(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)), 3)
    assert [name for name, _ in found] == ["2027-01", "2026-12", "2026-11"]
    assert found[0][1].start == found[1][1].end
    assert found[1][1].start == found[2][1].end
    assert found[1][1].length == 31 * 86_400_000
    assert found[0][1].length == 30 * 60_000 + 1


@given(st.integers(0, 43_200_000))
def test_three_lengths_and_a_minute_are_allowed(length: int) -> None:
    assert allowed(length) == 3 * length + 60_000

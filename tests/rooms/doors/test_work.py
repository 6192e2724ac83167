"""Months that ended are judged by durable jobs, once, also when the process that began it is gone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import contract_year
import pytest

from yunyue.doors import work
from yunyue.doors.office import Office
from yunyue.doors.opening import close_parts, open_parts
from yunyue.host.jobs import Jobs, launched
from yunyue.host.settings import Settings

TODAY = date(2024, 10, 20)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Office]:
    """The office of a contract year up to October."""
    settings = Settings(home=tmp_path, private_targets=True)
    kernel = contract_year.tell(settings)
    clock = kernel.clock
    kernel.close()
    found = open_parts(settings, clock)
    assert isinstance(found, Office)
    yield found
    close_parts(found)


def running(office: Office) -> Jobs:
    assert office.jobs is not None
    return office.jobs


def test_every_month_from_the_first_delivery_to_the_last_that_ended_is_closed(told: Office) -> None:
    months = work.ended_months(told.hosting, contract_year.CONTRACT, TODAY)
    assert months == [f"2024-{number:02}" for number in range(4, 10)]


def test_a_month_that_still_runs_is_not_closed(told: Office) -> None:
    assert "2024-10" not in work.ended_months(told.hosting, contract_year.CONTRACT, date(2024, 10, 31))


def test_a_contract_under_which_nothing_was_delivered_has_no_month_to_close(told: Office) -> None:
    assert work.ended_months(told.hosting, contract_year.CONTRACT, date(2024, 4, 12)) == []


def test_the_jobs_end_and_doing_them_again_records_nothing(told: Office) -> None:
    jobs = running(told)
    with launched(jobs):
        begun = work.enqueue_closings(jobs, told.hosting, TODAY)
        states = [jobs.wait(one).status for one in begun]
        size = told.kernel.journal.head().size
        again = work.enqueue_closings(jobs, told.hosting, TODAY)
        assert [jobs.wait(one).status for one in again] == states
    assert (again, set(states)) == (begun, {"done"})
    assert told.kernel.journal.head().size == size


def test_what_cannot_be_closed_says_why_in_its_result(told: Office) -> None:
    jobs = running(told)
    with launched(jobs):
        state = jobs.wait(jobs.enqueue(work.CLOSE_MONTH, {"contract": "beijing-2024", "month": "1999-01"}, "wrong"))
    assert state.result is not None
    assert "1999-01" in state.result["refused"]

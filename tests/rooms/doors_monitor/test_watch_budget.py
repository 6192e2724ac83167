"""Budgets: what a month allows, what is left of it, and what the other methods would say; exact beside summaries."""

from datetime import timedelta
from decimal import Decimal

import pytest
from contract_year import CONTRACT
from watch_cast import DAYS, ORDER, OUTAGE_MINUTES, watched

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.doors.monitor import budget as room
from yunyue.doors.monitor.budget import METHODS, Budget, budget, compare
from yunyue.doors.office import Office
from yunyue.journal.facts import ServiceRetired
from yunyue.kernel import Happening, Recorder
from yunyue.sla.months import ServiceMonth, service_month


def objective(office: Office, indicator: str) -> Objective:
    found = office.hosting.host(CONTRACT, "monitor").objectives("monitor")
    return next(one for one in found if one.indicator == indicator)


def october(office: Office) -> ServiceMonth:
    terms = office.kernel.terms(CONTRACT)
    assert not isinstance(terms, Refused)
    month = service_month(terms.term, "2024-10")
    assert month is not None
    return month


@pytest.fixture
def office_with_samples(own_office: Office) -> Office:
    watched(own_office)
    return own_office


def made(office: Office, indicator: str = "availability", method: str | None = None) -> Budget:
    found = budget(office.hosting, CONTRACT, objective(office, indicator), october(office), method)  # type: ignore[arg-type]  # one of the six
    assert isinstance(found, Budget), found
    return found


def test_the_bad_minutes_of_the_month_are_taken_from_what_it_allows(office_with_samples: Office) -> None:
    found = made(office_with_samples, method="M1")
    outages = DAYS // 2
    assert found.bad == outages * OUTAGE_MINUTES
    target = objective(office_with_samples, "availability").target
    assert found.allowed == Decimal(44_640) * (100 - target) / 100
    assert found.left == found.allowed - found.bad
    assert [one.bad for one in found.days] == sorted(one.bad for one in found.days)
    assert found.days[-1].left == found.left


@pytest.mark.parametrize("method", ["M1", "M6"])
def test_a_target_counts_until_it_is_retired(office_with_samples: Office, method: str) -> None:
    """As in the verdict, which ends an order's life there; by the summaries and by the samples."""
    office, now = office_with_samples, office_with_samples.clock.now()
    before = made(office, method=method).measured.counted_minutes
    retired = Happening(ServiceRetired(order=ORDER), now - timedelta(minutes=120))
    assert not isinstance(office.kernel.record(CONTRACT, [retired], Recorder("provider:li", "/tests")), Refused)
    assert before - made(office, method=method).measured.counted_minutes in (119, 120)


def test_summaries_say_what_the_samples_say(office_with_samples: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days wholly without a sample count in neither."""
    quick = made(office_with_samples, method="M1")
    exact = compare(
        office_with_samples.hosting,
        CONTRACT,
        objective(office_with_samples, "availability"),
        october(office_with_samples),
    )
    assert not isinstance(exact, Refused)
    (other,) = [one for one in exact if one.method == "M1"]
    assert (quick.bad, quick.measured.bad_minutes) == (other.bad, other.measured.bad_minutes)
    assert {one.day: one.bad for one in quick.days}.items() <= {one.day: one.bad for one in other.days}.items()


def test_the_six_methods_are_compared(office_with_samples: Office) -> None:
    office = office_with_samples
    found = compare(office.hosting, CONTRACT, objective(office, "availability"), october(office))
    assert not isinstance(found, Refused)
    assert [one.method for one in found] == list(METHODS)
    by = {one.method: one for one in found}
    assert by["M4"].bad == DAYS // 2 * OUTAGE_MINUTES
    assert by["M3"].bad == 0
    assert by["M6"].measured.total < by["M6"].month.minutes


def test_coverage_counts_what_was_not_probed(office_with_samples: Office) -> None:
    found = made(office_with_samples, "coverage", "M6")
    assert found.bad == 2
    assert found.measured.total == DAYS * 1440


def test_an_exclusion_takes_its_minutes_away(office_with_samples: Office) -> None:
    found = made(office_with_samples, "coverage", "M4")
    assert found.measured.excluded_minutes == 60


def test_an_objective_of_another_service_or_indicator_is_refused(own_office: Office) -> None:
    terms = own_office.kernel.terms(CONTRACT)
    assert not isinstance(terms, Refused)
    other = next(one for one in terms.sla.objectives if one.service != "monitor")
    refused = budget(own_office.hosting, CONTRACT, other, october(own_office))
    assert isinstance(refused, Refused)
    assert refused.field == "objective"


def test_nothing_measured_is_no_figure_and_nothing_spent(own_office: Office) -> None:
    found = made(own_office, method="M1")
    assert (found.figure, found.bad, found.days) == (None, 0, ())


def test_too_many_targets_are_refused_rather_than_waited_for(
    office_with_samples: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_EXACT", 0)
    office = office_with_samples
    refused = budget(office.hosting, CONTRACT, objective(office, "availability"), october(office), "M3")
    assert isinstance(refused, Refused)
    assert "too many" in refused.reason
    assert isinstance(compare(office.hosting, CONTRACT, objective(office, "availability"), october(office)), Refused)
    assert made(office, method="M1").bad

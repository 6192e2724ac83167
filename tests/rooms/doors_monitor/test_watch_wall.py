"""The wall and a target: how it is, how its days were, what is wrong, and how its latency went."""

import pytest
from contract_year import CONTRACT
from hypothesis import given
from hypothesis import strategies as st
from watch_cast import DAYS, MINUTE, ORDER, OUTAGE_MINUTES, moment, watched

from yunyue.catalog import GAP, Sample
from yunyue.doors.monitor.target import MOST_STEPS, course, percentile, summed
from yunyue.doors.monitor.wall import Spot, wall
from yunyue.doors.office import Office


@pytest.fixture
def spot(own_office: Office) -> Spot:
    watched(own_office)
    (found,) = wall(own_office.hosting, CONTRACT)
    return found


class TestTheWall:
    def test_a_target_shows_its_state_and_its_newest_sample(self, spot: Spot) -> None:
        assert (spot.order, spot.tenant, spot.stage, spot.state) == (ORDER, "dept-1", "delivered", "up")
        assert spot.sample is not None
        assert spot.sample.indicator == "availability"

    def test_its_days_say_how_long_it_was_down_and_which_were_never_looked_at(self, spot: Spot) -> None:
        down = [one for one in spot.days if one.bad_minutes]
        assert [one.bad_minutes for one in down] == [OUTAGE_MINUTES] * (DAYS // 2)
        assert {one.tone for one in down} == {"bad"}
        assert [one.share for one in spot.days[: -DAYS - 1]] == [None] * (30 - DAYS - 1)

    def test_incidents_are_paired_with_their_ends(self, spot: Spot) -> None:
        assert [(one.id, bool(one.end)) for one in spot.incidents] == [("i-2", False), ("i-1", True)]
        assert [one.id for one in spot.open] == ["i-2"]

    def test_open_findings_are_counted(self, spot: Spot) -> None:
        assert spot.findings == 2

    def test_a_department_sees_its_own_targets_only(self, own_office: Office) -> None:
        assert [one.order for one in wall(own_office.hosting, CONTRACT, "dept-1")] == [ORDER]
        assert wall(own_office.hosting, CONTRACT, "dept-2") == ()

    def test_a_target_without_samples_is_unknown_and_looking_makes_nothing(self, own_office: Office) -> None:
        (spot,) = wall(own_office.hosting, CONTRACT)
        assert (spot.state, spot.sample, spot.findings) == ("unknown", None, 0)
        assert {one.tone for one in spot.days} == {"none"}
        home = own_office.settings.home / "services" / "monitor" / CONTRACT
        assert not (home / "findings.sqlite").exists()

    @pytest.mark.parametrize(("error", "state"), [("", "up"), ("reset", "down"), (GAP, "unknown")])
    def test_a_target_is_as_its_newest_sample_and_a_gap_says_nothing(
        self, own_office: Office, error: str, state: str
    ) -> None:
        sample = Sample(ORDER, "availability", moment(own_office), not error, error, 5)
        own_office.hosting.series.append([sample], "test", 1, 0)
        (spot,) = wall(own_office.hosting, CONTRACT)
        assert spot.state == state

    @pytest.mark.parametrize("error", ["", "reset"])
    def test_how_it_was_long_ago_does_not_say_how_it_is(self, own_office: Office, error: str) -> None:
        """Nobody looks any more: the platform was cut off, or the target paused. Silence is no service."""
        sample = Sample(ORDER, "availability", moment(own_office, minutes=30), not error, error, 5)
        own_office.hosting.series.append([sample], "test", 1, 0)
        (spot,) = wall(own_office.hosting, CONTRACT)
        assert spot.state == "unknown"


class TestACourse:
    def test_steps_cover_the_stretch_and_count_what_happened(self, own_office: Office) -> None:
        watched(own_office)
        end = moment(own_office, days=1)
        found = course(own_office.hosting, ORDER, (end - 24 * 60 * MINUTE, end))
        assert len(found.steps) <= MOST_STEPS
        assert sum(one.total for one in found.steps) + sum(one.gaps for one in found.steps) == 1440
        assert found.errors[0][0] in ("reset", GAP)

    def test_a_probe_point_saw_what_it_saw(self, own_office: Office) -> None:
        watched(own_office)
        end = moment(own_office)
        found = course(own_office.hosting, ORDER, (end - 60 * 60 * 1000, end), "haidian")
        assert {one.p50 for one in found.steps if one.good} == {31_000}

    def test_failures_have_no_latency_and_gaps_are_no_attempts(self) -> None:
        samples = [
            Sample("o", "availability", 1_000, True, "", 10),
            Sample("o", "availability", 2_000, False, "reset", 900_000),
            Sample("o", "availability", 3_000, False, GAP, 0),
        ]
        (step,) = summed(samples, (0, 60_000)).steps
        assert (step.total, step.good, step.gaps, step.p99, step.tone) == (2, 1, 1, 10, "warn")

    @pytest.mark.parametrize(
        ("errors", "tone"), [([""], "good"), (["reset"], "bad"), ([GAP], "gap"), ([], "none"), (["", "x"], "warn")]
    )
    def test_a_step_has_a_tone(self, errors: list[str], tone: str) -> None:
        samples = [Sample("o", "a", number, not error, error, 1) for number, error in enumerate(errors)]
        assert summed(samples, (0, 60_000)).steps[0].tone == tone


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.integers(1, 100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values: list[int], share: int) -> None:
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in ordered
    assert sum(one <= found for one in ordered) * 100 >= share * len(ordered)
    assert sum(one < found for one in ordered) * 100 < share * len(ordered)


def test_no_values_have_the_percentile_nought() -> None:
    assert percentile([], 99) == 0

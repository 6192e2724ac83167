"""The clocks of tickets: day and night or service hours, working days with make-up days, pauses, agreed levels."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import Level, ResponseAgreed
from yunyue.sla.response import DEFAULTS, ZERO, Agreement, Hours, Pace, Step, read
from yunyue.workdays import STATE_COUNCIL

STANDARD = Agreement.of(None, STATE_COUNCIL)
HOURS = Hours(STATE_COUNCIL)
DIGEST = f"sha256:{'ab' * 32}"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def due(severity: int, clock: str, opened: str) -> datetime | None:
    moment = at(opened)
    return read(STANDARD.pace(severity, clock), [(moment, "start")], moment).due  # type: ignore[arg-type]  # a literal


@pytest.mark.parametrize(
    ("severity", "clock", "opened", "wanted"),
    [
        (1, "response", "2024-05-18T03:00", "2024-05-18T03:10"),
        (1, "resolution", "2024-05-18T23:00", "2024-05-19T01:00"),
        (2, "response", "2024-10-01T12:00", "2024-10-01T12:30"),
        (2, "resolution", "2024-10-01T12:00", "2024-10-01T16:00"),
        (3, "response", "2024-05-20T10:00", "2024-05-20T12:00"),
        (3, "response", "2024-05-20T16:00", "2024-05-21T10:00"),
        (3, "response", "2024-05-18T12:00", "2024-05-20T11:00"),
        (3, "resolution", "2024-05-20T10:00", "2024-05-21T10:00"),
        (3, "resolution", "2024-05-24T20:00", "2024-05-27T17:00"),
        (4, "response", "2024-05-17T15:00", "2024-05-20T15:00"),
        (4, "resolution", "2024-05-20T09:00", "2024-05-22T17:00"),
    ],
)
def test_when_an_answer_or_a_solution_is_due(severity: int, clock: str, opened: str, wanted: str) -> None:
    assert due(severity, clock, opened) == at(wanted)


def test_a_make_up_saturday_counts_and_the_holiday_after_it_does_not() -> None:
    """2024-09-29 (Sunday) and 2024-10-12 (Saturday) are worked for the National Day holiday."""
    assert due(4, "response", "2024-09-29T10:00") == at("2024-09-30T10:00")
    assert due(4, "response", "2024-09-30T10:00") == at("2024-10-08T10:00")
    assert due(4, "response", "2024-10-11T10:00") == at("2024-10-12T10:00")


def test_a_year_without_a_notice_is_estimated_and_does_not_stop_the_clock() -> None:
    assert due(4, "response", "2035-05-18T10:00") == at("2035-05-21T10:00")


def test_waiting_for_the_client_does_not_count() -> None:
    steps: list[Step] = [
        (at("2024-05-20T10:00"), "start"),
        (at("2024-05-20T11:00"), "stop"),
        (at("2024-05-22T11:00"), "start"),
    ]
    reading = read(STANDARD.pace(3, "resolution"), steps, at("2024-05-22T12:00"))
    assert reading.used == timedelta(hours=2)
    assert reading.due == at("2024-05-23T10:00")


def test_a_clock_that_stands_still_says_no_due_moment_unless_it_ran_out_before() -> None:
    pace = STANDARD.pace(1, "resolution")
    steps: list[Step] = [(at("2024-05-20T10:00"), "start"), (at("2024-05-20T11:00"), "stop")]
    waiting = read(pace, steps, at("2024-05-21T10:00"))
    assert (waiting.running, waiting.due, waiting.used) == (False, None, timedelta(hours=1))
    steps = [(at("2024-05-20T10:00"), "start"), (at("2024-05-20T12:30"), "stop")]
    late = read(pace, steps, at("2024-05-21T10:00"))
    assert late.late
    assert late.due == at("2024-05-20T12:00")


def test_the_whole_time_used_to_the_second_is_not_late() -> None:
    reading = read(STANDARD.pace(1, "response"), [(at("2024-05-20T10:00"), "start")], at("2024-05-20T10:10"))
    assert not reading.late
    assert reading.left == ZERO
    later = read(STANDARD.pace(1, "response"), [(at("2024-05-20T10:00"), "start")], at("2024-05-20T10:10:01"))
    assert later.late


@pytest.mark.parametrize("kinds", [["stop"], ["start", "start"], ["start", "stop", "stop"]])
def test_steps_that_do_not_alternate_are_a_broken_promise(kinds: list[str]) -> None:
    steps = [(at(f"2024-05-20T1{hour}:00"), kind) for hour, kind in enumerate(kinds)]
    with pytest.raises(ValueError, match="a clock starts"):
        read(STANDARD.pace(1, "response"), steps, at("2024-05-21T00:00"))  # type: ignore[arg-type]  # wrong on purpose


def test_what_has_not_come_yet_is_not_counted() -> None:
    steps: list[Step] = [(at("2024-05-20T10:00"), "start"), (at("2024-05-20T12:00"), "stop")]
    assert read(STANDARD.pace(1, "resolution"), steps, at("2024-05-20T11:00")).running
    assert read(STANDARD.pace(1, "resolution"), steps, at("2024-05-20T09:00")).used == ZERO


def test_agreed_levels_take_the_place_of_the_defaults_for_the_severities_they_name() -> None:
    fast = Level(1, "5 min", "1 h", "calendar")
    agreed = ResponseAgreed(levels=(fast,), opens="08:30", closes="18:00", document=DIGEST)
    found = Agreement.of(agreed, STATE_COUNCIL)
    assert found.levels == (fast, *DEFAULTS[1:])
    assert found.pace(1, "response").allowed == timedelta(minutes=5)
    assert found.pace(4, "response").allowed == timedelta(hours=9, minutes=30)


def test_levels_that_name_a_severity_twice_or_close_before_they_open_are_no_fact() -> None:
    one = Level(1, "5 min", "1 h", "calendar")
    with pytest.raises(ValueError, match="each severity once"):
        ResponseAgreed(levels=(one, one), opens="08:30", closes="18:00", document=DIGEST)
    with pytest.raises(ValueError, match="closing after"):
        ResponseAgreed(levels=(one,), opens="18:00", closes="08:30", document=DIGEST)


MOMENTS = st.timedeltas(ZERO, timedelta(days=900)).map(lambda since: at("2024-01-01T00:00") + since)
TIMES = st.timedeltas(ZERO, timedelta(hours=60))
PACES = st.sampled_from((Pace(timedelta(hours=8), HOURS), Pace(timedelta(hours=8), None)))


@given(PACES, MOMENTS, TIMES)
def test_by_the_moment_after_a_time_exactly_that_time_has_counted(
    pace: Pace, start: datetime, wanted: timedelta
) -> None:
    assert pace.counted(start, pace.after(start, wanted)) == wanted


@given(PACES, MOMENTS, TIMES.filter(bool))
def test_no_earlier_moment_would_do(pace: Pace, start: datetime, wanted: timedelta) -> None:
    end = pace.after(start, wanted)
    assert pace.counted(start, end - timedelta(microseconds=1)) < wanted


@given(PACES, st.lists(MOMENTS, min_size=3, max_size=3))
def test_time_that_counts_adds_up(pace: Pace, moments: list[datetime]) -> None:
    first, second, third = sorted(moments)
    assert pace.counted(first, second) + pace.counted(second, third) == pace.counted(first, third)


@given(PACES, MOMENTS, MOMENTS)
def test_never_more_counts_than_passes(pace: Pace, start: datetime, end: datetime) -> None:
    assert ZERO <= pace.counted(start, end) <= max(ZERO, end - start)


@given(PACES, st.lists(MOMENTS, min_size=1, max_size=6, unique=True), MOMENTS)
def test_a_clock_has_used_what_its_runs_counted_and_is_due_when_that_reaches_its_allowance(
    pace: Pace, moments: list[datetime], now: datetime
) -> None:
    moments.sort()
    steps: list[Step] = [(one, "stop" if place % 2 else "start") for place, one in enumerate(moments)]
    reading = read(pace, steps, now)
    ends = [*moments, now] if len(moments) % 2 else moments
    runs = [pair for place, pair in enumerate(pairwise(ends)) if not place % 2]
    assert reading.used == sum((pace.counted(start, min(end, now)) for start, end in runs if start <= now), ZERO)
    if reading.due is not None and reading.due <= now:
        assert read(pace, steps, reading.due).used == pace.allowed
    assert (reading.left < ZERO) == reading.late


@given(MOMENTS, TIMES, st.timedeltas(ZERO, timedelta(days=9)))
def test_a_pause_moves_the_due_moment_later_and_never_earlier(
    start: datetime, run: timedelta, pause: timedelta
) -> None:
    pace = Pace(timedelta(hours=61), HOURS)
    stop = pace.after(start, run)
    steps: list[Step] = [(start, "start"), (stop, "stop"), (stop + pause, "start")]
    paused = read(pace, steps, stop + pause).due
    straight = read(pace, steps[:1], start).due
    assert paused is not None
    assert straight is not None
    assert paused >= straight

"""The arithmetic of working days: the contract's own dates, the laws, and the days nobody has announced."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.workdays import NOTICES, STATE_COUNCIL, Calendar, NoNotice, NotADay, NotCalendar, OutOfReach

FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
MONDAY_TO_FRIDAY = Calendar.monday_to_friday()
ESTIMATING = STATE_COUNCIL.estimating()

announced = st.dates(FIRST, LAST)
workdays = announced.filter(STATE_COUNCIL.is_workday)
middle = st.dates(date(2024, 7, 1), date(2025, 6, 30))  # far enough inside for 250 steps either way
anywhere = st.dates(date(1990, 1, 1), date(2060, 12, 31))
steps = st.integers(min_value=0, max_value=250)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "n", "reached"),
    [
        ("2024-04-11", 30, "2024-05-24"),  # 八(二): first instalment after signing
        ("2024-09-10", 10, "2024-09-25"),  # 八(二): after the mid-term acceptance
        ("2024-09-20", 10, "2024-10-10"),
        ("2024-12-31", 10, "2025-01-15"),  # 八(二): after the final acceptance, across the year
        ("2024-05-24", -10, "2024-05-11"),  # A20: counting back ends on a make-up Saturday
        ("2024-02-09", 1, "2024-02-18"),  # over the Spring Festival to a make-up Sunday
        ("2024-02-12", 1, "2024-02-18"),  # from inside the festival
        ("2024-02-12", -1, "2024-02-09"),
    ],
)
def test_the_nth_working_day_is_counted_without_the_day_one_starts_from(start: str, n: int, reached: str) -> None:
    assert STATE_COUNCIL.add(day(start), n) == day(reached)


def test_monday_to_friday_is_another_reading_with_another_date() -> None:
    assert MONDAY_TO_FRIDAY.add(day("2024-04-11"), 30) == day("2024-05-23")


def test_the_term_of_the_contract_has_183_working_days() -> None:
    first, last = day("2024-04-11"), day("2024-12-31")
    assert STATE_COUNCIL.between(first, last) == 183
    assert (last - first).days + 1 == 265


@pytest.mark.parametrize("text", ["2024-05-11", "2024-02-04", "2024-02-09", "2025-01-26", "2026-02-28"])
def test_make_up_days_and_unlisted_weekdays_are_worked(text: str) -> None:
    assert STATE_COUNCIL.is_workday(day(text))


@pytest.mark.parametrize("text", ["2024-05-12", "2024-06-10", "2024-10-07", "2025-01-28", "2026-01-02", "2023-01-02"])
def test_holidays_and_plain_weekends_are_not_worked(text: str) -> None:
    assert not STATE_COUNCIL.is_workday(day(text))


@given(st.one_of(announced, anywhere))
def test_adding_no_days_changes_nothing(start: date) -> None:
    assert STATE_COUNCIL.add(start, 0) == start


@given(middle.filter(STATE_COUNCIL.is_workday), steps)
def test_add_and_subtract_are_inverse_on_working_days(start: date, n: int) -> None:
    assert STATE_COUNCIL.subtract(STATE_COUNCIL.add(start, n), n) == start
    assert STATE_COUNCIL.add(STATE_COUNCIL.subtract(start, n), n) == start


@given(middle, steps.filter(bool))
def test_the_day_reached_is_worked_and_lies_on_the_right_side(start: date, n: int) -> None:
    later, earlier = STATE_COUNCIL.add(start, n), STATE_COUNCIL.subtract(start, n)
    assert earlier < start < later
    assert STATE_COUNCIL.is_workday(later)
    assert STATE_COUNCIL.is_workday(earlier)


@given(middle, steps)
def test_counting_up_to_the_nth_working_day_gives_n(start: date, n: int) -> None:
    assert STATE_COUNCIL.count(start, STATE_COUNCIL.add(start, n)) == n


@given(middle, steps.filter(bool))
def test_counting_from_the_nth_working_day_before_gives_n_up_to_the_day_before(start: date, n: int) -> None:
    assert STATE_COUNCIL.between(STATE_COUNCIL.subtract(start, n), start - timedelta(days=1)) == n


@given(middle, middle, steps)
def test_a_later_start_never_ends_earlier(one: date, other: date, n: int) -> None:
    earlier, later = sorted((one, other))
    assert STATE_COUNCIL.add(earlier, n) <= STATE_COUNCIL.add(later, n)


@given(middle, steps)
def test_one_more_working_day_always_ends_later(start: date, n: int) -> None:
    assert STATE_COUNCIL.add(start, n) < STATE_COUNCIL.add(start, n + 1)


@given(announced, announced)
def test_a_span_has_as_many_working_days_as_one_counts_day_by_day(one: date, other: date) -> None:
    first, last = sorted((one, other))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert STATE_COUNCIL.between(first, last) == sum(map(STATE_COUNCIL.is_workday, days))
    assert STATE_COUNCIL.count(first, last) == sum(map(STATE_COUNCIL.is_workday, days[1:]))


@given(anywhere, anywhere)
def test_an_empty_span_has_no_working_days(one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert STATE_COUNCIL.count(later, earlier) == 0
    assert STATE_COUNCIL.between(later + timedelta(days=1), earlier) == 0


@given(st.dates(FIRST, date(2026, 12, 30)))
def test_the_next_working_day_is_the_first_one_not_before(start: date) -> None:
    found = STATE_COUNCIL.next_workday_on_or_after(start)
    assert found >= start
    assert STATE_COUNCIL.is_workday(found)
    assert STATE_COUNCIL.between(start, found) == 1


@given(anywhere, st.integers(min_value=-3000, max_value=3000))
def test_monday_to_friday_steps_as_walking_day_by_day_does(start: date, n: int) -> None:
    reached, left, step = start, abs(n), timedelta(days=1 if n > 0 else -1)
    while left:
        reached += step
        left -= reached.weekday() < 5
    assert MONDAY_TO_FRIDAY.add(start, n) == reached


@given(st.dates(date(2022, 6, 1), date(2027, 6, 30)), st.integers(min_value=-300, max_value=300))
def test_an_estimate_steps_as_walking_day_by_day_does_across_announced_and_other_years(start: date, n: int) -> None:
    def worked(day: date) -> bool:
        return STATE_COUNCIL.is_workday(day) if FIRST <= day <= LAST else day.weekday() < 5

    reached, left, step = start, abs(n), timedelta(days=1 if n > 0 else -1)
    while left:
        reached += step
        left -= worked(reached)
    assert ESTIMATING.add(start, n) == reached


@given(middle, steps)
def test_an_estimating_calendar_changes_nothing_in_announced_years(start: date, n: int) -> None:
    assert ESTIMATING.add(start, n) == STATE_COUNCIL.add(start, n)
    assert ESTIMATING.subtract(start, n) == STATE_COUNCIL.subtract(start, n)


@pytest.mark.parametrize(("start", "n", "year"), [("2026-12-31", 1, 2027), ("2023-01-03", -1, 2022)])
def test_a_step_into_a_year_without_a_notice_is_refused(start: str, n: int, year: int) -> None:
    with pytest.raises(NoNotice, match=rf"holidays of {year}: the calendar knows 2023 to 2026.*October.*A23") as caught:
        STATE_COUNCIL.add(day(start), n)
    assert caught.value.year == year
    assert caught.value.known == (2023, 2024, 2025, 2026)


def test_every_question_about_a_year_without_a_notice_is_refused() -> None:
    inside, outside = day("2026-12-01"), day("2027-06-01")
    with pytest.raises(NoNotice):
        STATE_COUNCIL.is_workday(outside)
    with pytest.raises(NoNotice):
        STATE_COUNCIL.count(inside, outside)
    with pytest.raises(NoNotice):
        STATE_COUNCIL.between(inside, outside)
    with pytest.raises(NoNotice):
        STATE_COUNCIL.next_workday_on_or_after(outside)
    with pytest.raises(NoNotice):
        STATE_COUNCIL.add(outside, -200)


@pytest.mark.parametrize(("edge", "n", "reached"), [("2022-12-31", 1, "2023-01-03"), ("2027-01-01", -1, "2026-12-31")])
def test_the_day_one_starts_from_needs_no_notice_because_it_does_not_count(edge: str, n: int, reached: str) -> None:
    assert STATE_COUNCIL.add(day(edge), n) == day(reached)


def test_a_calendar_of_one_year_names_that_year_when_it_refuses() -> None:
    calendar = Calendar.from_notices([NOTICES[1]])
    with pytest.raises(NoNotice, match="the calendar knows 2024"):
        calendar.is_workday(day("2025-01-02"))


def test_estimates_are_told_from_announced_days() -> None:
    assert ESTIMATING.is_estimate(day("2027-01-01"))
    assert ESTIMATING.is_estimate(day("2022-12-31"))
    assert not ESTIMATING.is_estimate(LAST)
    assert not ESTIMATING.is_estimate(FIRST)


def test_a_span_is_an_estimate_when_either_end_is() -> None:
    assert ESTIMATING.estimates(day("2026-12-30"), day("2027-01-04"))
    assert ESTIMATING.estimates(day("2022-12-30"), day("2023-01-04"))
    assert ESTIMATING.estimates(day("2022-12-30"), day("2027-01-04"))
    assert not ESTIMATING.estimates(FIRST, LAST)


@given(st.dates(date(2020, 1, 1), date(2029, 12, 31)), st.dates(date(2020, 1, 1), date(2029, 12, 31)))
def test_a_span_is_an_estimate_in_either_direction_exactly_when_an_end_is(one: date, other: date) -> None:
    expected = ESTIMATING.is_estimate(one) or ESTIMATING.is_estimate(other)
    assert ESTIMATING.estimates(one, other) == ESTIMATING.estimates(other, one) == expected


@given(anywhere, anywhere)
def test_a_calendar_that_refuses_or_ignores_notices_estimates_nothing(first: date, last: date) -> None:
    assert not STATE_COUNCIL.estimates(first, last)
    assert not MONDAY_TO_FRIDAY.estimates(first, last)


def test_monday_to_friday_has_nothing_to_estimate() -> None:
    assert MONDAY_TO_FRIDAY.estimating() == MONDAY_TO_FRIDAY


def test_a_moment_is_refused_because_its_day_depends_on_the_zone() -> None:
    moment = datetime(2024, 4, 11, 23, 30, tzinfo=UTC)
    with pytest.raises(NotADay, match="contract's zone"):
        STATE_COUNCIL.add(moment, 1)
    with pytest.raises(NotADay, match="contract's zone"):
        STATE_COUNCIL.is_workday(moment)
    with pytest.raises(NotADay, match="contract's zone"):
        STATE_COUNCIL.count(day("2024-04-11"), moment)
    with pytest.raises(NotADay, match="contract's zone"):
        STATE_COUNCIL.between(moment, moment)
    with pytest.raises(NotADay):
        STATE_COUNCIL.add("2024-04-11", 1)  # type: ignore[arg-type]  # the refusal is what is tested


@pytest.mark.parametrize("calendar", [MONDAY_TO_FRIDAY, ESTIMATING])
@pytest.mark.parametrize("n", [10**7, -(10**7)])
def test_a_day_beyond_the_years_of_the_calendar_is_refused(calendar: Calendar, n: int) -> None:
    with pytest.raises(OutOfReach, match="1 to 9999"):
        calendar.add(day("2024-04-11"), n)


@pytest.mark.parametrize(("n", "missing"), [(2000, 2027), (10**7, 2027), (-2000, 2022), (-(10**7), 2022)])
def test_the_first_year_without_a_notice_is_named_however_far_the_day(n: int, missing: int) -> None:
    with pytest.raises(NoNotice, match=f"holidays of {missing}"):
        STATE_COUNCIL.add(day("2024-04-11"), n)


@pytest.mark.parametrize("edge", [date.min, date.max])
def test_the_first_and_the_last_day_there_are_can_be_asked_about(edge: date) -> None:
    assert MONDAY_TO_FRIDAY.is_workday(edge) == (edge.weekday() < 5)
    assert ESTIMATING.is_workday(edge) == (edge.weekday() < 5)


def test_years_that_do_not_follow_one_another_are_refused() -> None:
    with pytest.raises(NotCalendar, match=r"years\.2025.*follows 2023"):
        Calendar.from_notices([NOTICES[0], NOTICES[2]])


def test_a_calendar_without_any_notice_is_refused() -> None:
    with pytest.raises(NotCalendar, match="announced years"):
        Calendar.from_notices([])


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, 3), (1, 3), (3, 4)])
def test_a_calendar_of_fewer_notices_agrees_on_the_years_it_has(first: int, last: int) -> None:
    calendar = Calendar.from_notices(NOTICES[first:last])
    start, end = date(NOTICES[first].year, 1, 1), date(NOTICES[last - 1].year, 12, 31)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    assert list(map(calendar.is_workday, days)) == list(map(STATE_COUNCIL.is_workday, days))
    assert calendar.between(start, end) == STATE_COUNCIL.between(start, end)


def test_a_calendar_is_a_value() -> None:
    again = Calendar.from_notices(NOTICES)
    assert again == STATE_COUNCIL
    assert hash(again) == hash(STATE_COUNCIL)
    assert ESTIMATING != STATE_COUNCIL
    with pytest.raises(AttributeError):
        again.years = ()  # type: ignore[misc]  # the refusal is what is tested


def test_notices_may_come_in_any_order() -> None:
    assert Calendar.from_notices(reversed(NOTICES)) == STATE_COUNCIL

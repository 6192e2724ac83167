"""Stretches of days: union, difference, clipping and length, against plain sets of days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yunyue.settlement.compute import as_day
from yunyue.settlement.spans import Span, clipped, length, union, without
from yunyue.settlement.working import Given

FIRST = date(2024, 1, 1)


def day(number: int) -> Given:
    return Given(f"day {number}", FIRST + timedelta(number))


def span(start: int, end: int) -> Span:
    return Span(day(start), day(end))


def days_of(*spans: Span) -> set[date]:
    """The days after each start, up to and including its end."""
    found = set()
    for one in spans:
        current = as_day(one.start)
        while current < as_day(one.end):
            current += timedelta(1)
            found.add(current)
    return found


SPANS = st.lists(st.builds(span, st.integers(0, 40), st.integers(0, 40)), max_size=6)


def test_the_first_day_is_left_out_and_the_last_counted() -> None:
    assert days_of(span(0, 2)) == {FIRST + timedelta(1), FIRST + timedelta(2)}
    assert span(0, 2).days == 2
    assert span(0, 0).days == 0


def test_a_span_that_ends_before_it_starts_has_no_days() -> None:
    assert span(5, 2).days == 0


def test_ends_keep_where_they_come_from() -> None:
    (joined,) = union([span(0, 3), span(2, 6)])
    assert (joined.start, joined.end) == (day(0), day(6))


def test_spans_that_touch_become_one() -> None:
    assert len(union([span(0, 3), span(3, 6)])) == 1
    assert len(union([span(0, 3), span(4, 6)])) == 2


def test_no_spans_have_no_days() -> None:
    assert length([]).value == 0


@given(SPANS)
def test_a_union_has_the_same_days_each_once(spans: list[Span]) -> None:
    joined = union(spans)
    assert days_of(*joined) == days_of(*spans)
    assert length(joined).value == len(days_of(*spans))


@given(SPANS)
def test_a_union_is_in_order_and_its_spans_do_not_touch(spans: list[Span]) -> None:
    joined = union(spans)
    ends = [as_day(one.end) for one in joined][:-1]
    assert all(end < as_day(later.start) for end, later in zip(ends, joined[1:], strict=True))


@given(SPANS, SPANS)
def test_a_difference_has_the_days_of_the_first_that_are_not_in_the_second(one: list[Span], other: list[Span]) -> None:
    assert days_of(*without(one, other)) == days_of(*one) - days_of(*other)
    assert length(without(one, other)).value == len(days_of(*one) - days_of(*other))


@given(st.builds(span, st.integers(0, 40), st.integers(0, 40)), st.integers(0, 40), st.integers(0, 40))
def test_a_clipped_span_has_the_days_of_both(one: Span, start: int, end: int) -> None:
    assert days_of(clipped(one, day(start), day(end))) == days_of(one) & days_of(span(start, end))

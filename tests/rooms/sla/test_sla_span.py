"""Stretches of time: union, clipping, what is left when others are taken away."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.journal.envelope import BEIJING
from yunyue.sla.span import MINUTE, Span, clip, length, milliseconds, union, without

stretches = st.builds(lambda start, size: Span(start, start + size), st.integers(0, 300), st.integers(0, 60))


def covered(spans: list[Span]) -> set[int]:
    return {t for one in spans for t in range(one.start, one.end)}


def test_a_stretch_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end at 1 ms"):
        Span(2, 1)


def test_a_begun_minute_is_counted_whole() -> None:
    assert Span(0, MINUTE).minutes == 1
    assert Span(0, MINUTE + 1).minutes == 2
    assert Span(5, 5).minutes == 0


def test_a_moment_is_counted_from_1970_whatever_its_zone() -> None:
    assert milliseconds(datetime(2024, 4, 11, 8, tzinfo=BEIJING)) == milliseconds(datetime(2024, 4, 11, tzinfo=UTC))
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 2_999, tzinfo=UTC)) == 1_002


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        milliseconds(datetime(2024, 4, 11))  # noqa: DTZ001 - the missing zone is what is tested


@given(st.lists(stretches, max_size=8))
def test_a_union_covers_the_same_time_without_touching_itself(spans: list[Span]) -> None:
    joined = union(spans)
    assert covered(list(joined)) == covered(spans)
    assert all(one.end < following.start for one, following in pairwise(joined))
    assert length(spans) == len(covered(spans))


@given(st.lists(stretches, max_size=8), stretches)
def test_clipping_keeps_just_the_time_inside_the_bound(spans: list[Span], bound: Span) -> None:
    assert covered(list(clip(spans, bound))) == covered(spans) & covered([bound])


@given(stretches, st.lists(stretches, max_size=8))
def test_what_is_left_and_what_was_taken_make_the_whole(span: Span, taken: list[Span]) -> None:
    assert without(span, taken) == len(covered([span]) - covered(taken))

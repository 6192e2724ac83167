"""The rule of taking facts in, without a database."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NOW, payment, payments

from yunyue.answer import Refused
from yunyue.journal.envelope import write
from yunyue.journal.tree import Frontier, leaf_hash
from yunyue.store.admission import EPOCH, Admitted, State, admit, first_difference, milliseconds, moment_of

EMPTY = State(Frontier(), 0)


def admitted(outcome: Admitted | Refused) -> Admitted:
    assert isinstance(outcome, Admitted), outcome
    return outcome


@given(st.integers(0, 10**17).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds)))
def test_milliseconds_are_the_moment_cut_to_milliseconds(moment: datetime) -> None:
    assert timedelta(0) <= moment - moment_of(milliseconds(moment)) < timedelta(milliseconds=1)


def test_milliseconds_do_not_depend_on_the_zone() -> None:
    assert milliseconds(NOW) == milliseconds(NOW.astimezone(timezone(timedelta(hours=8))))


def test_a_moment_without_zone_has_no_milliseconds() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        milliseconds(NOW.replace(tzinfo=None))


def test_numbers_continue_where_the_journal_stands() -> None:
    state = State(Frontier().extend([leaf_hash(b"x")] * 5), 0)
    assert admitted(admit(payments(0, 3), NOW, state, {})).sequences == (5, 6, 7)


def test_the_tree_grows_by_the_leaves_that_are_new() -> None:
    old = write(payment(0), NOW)
    state = State(Frontier().append(leaf_hash(old)), 0)
    outcome = admitted(admit(payments(0, 3), NOW, state, {payment(0).id: (0, old)}))
    assert [row[0] for row in outcome.rows] == [1, 2]
    assert outcome.growth.frontier == state.frontier.extend([leaf_hash(row[5]) for row in outcome.rows])


def test_a_row_says_what_its_leaf_says() -> None:
    (row,) = admitted(admit([payment(7)], NOW, EMPTY, {})).rows
    assert row[:5] == (0, "beijing-2024/payment/7", "beijing-2024", "payment.made", milliseconds(NOW))
    assert row[5] == write(payment(7), NOW)


@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=20))
def test_recorded_time_is_monotone_whatever_the_clock_does(steps: list[int]) -> None:
    state, seen = EMPTY, []
    for number, step in enumerate(steps):
        outcome = admitted(admit([payment(number)], NOW + timedelta(milliseconds=step), state, {}))
        state = State(outcome.growth.frontier, outcome.recorded)
        seen.append(outcome.recorded)
    assert seen == sorted(seen)
    assert max(seen) == milliseconds(NOW) + max(steps)


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ({"a": 1}, {"a": 2}, "a"),
        ({"a": 1, "b": 1}, {"a": 1, "b": 2}, "b"),
        ({"data": {"x": 1, "y": 1}}, {"data": {"x": 1, "y": 2}}, "data.y"),
        ({"data": {"x": 1}}, {"data": {}}, "data.x"),
        ({"data": {"x": None}}, {"data": {}}, "data.x"),
        ({"a": [1]}, {"a": [2]}, "a"),
        ({"recordedtime": 1, "b": 1}, {"recordedtime": 2, "b": 2}, "b"),
        ({"a": 1}, {"a": 1}, ""),
    ],
)
def test_the_first_difference_is_named_by_its_path(one: object, other: object, where: str) -> None:
    assert first_difference(one, other) == where

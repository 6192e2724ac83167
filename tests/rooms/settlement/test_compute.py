"""Arithmetic that keeps how it came about: exact, rounded once and by name, refused where kinds do not fit."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.money import Money
from yunyue.settlement import compute
from yunyue.settlement.rules.late import penalty
from yunyue.settlement.rules.termination import acceptance_failed, penalty_share, reached, refund_and_share
from yunyue.settlement.working import FromFact, Given, Op
from yunyue.workdays import STATE_COUNCIL, NoNotice

TOTAL = Given("total", Fraction("1916794.40"))
RATE = Given("rate", Fraction("0.0001"))
DAY = Given("day", date(2024, 5, 24))
AMOUNTS = st.integers(0, 10**12).map(lambda fen: Given("amount", Fraction(fen, 100)))


def count(number: int) -> Given:
    return Given("days", number)


def fen(node: object) -> int:
    assert isinstance(node, Op)
    return compute.as_money(node).fen


@pytest.mark.parametrize(
    ("stated", "value"),
    [
        (Money(95_839_720), Fraction("958397.20")),
        (Decimal("0.0001"), Fraction(1, 10_000)),
        (date(2024, 5, 24), date(2024, 5, 24)),
        (30, 30),
    ],
)
def test_stated_values_become_exact(stated: Money | Decimal | date | int, value: object) -> None:
    assert compute.as_value(stated) == value


def test_an_amount_that_was_not_rounded_is_no_money() -> None:
    with pytest.raises(ValueError, match="whole fen"):
        compute.as_money(compute.times(Given("cent", Fraction("0.01")), RATE))


def test_a_day_is_no_number_and_a_number_no_day() -> None:
    with pytest.raises(TypeError, match="is a day, not a number"):
        compute.plus(DAY, count(1))
    with pytest.raises(TypeError, match="is not a day"):
        compute.plus_days(count(1), count(1))
    with pytest.raises(TypeError, match="not a whole number"):
        compute.plus_days(DAY, RATE)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0"), ("-0.005", "-0.01"), ("-0.0049", "0"), ("2.675", "2.68"), ("1.00", "1")],
)
def test_half_a_fen_goes_away_from_zero(amount: str, rounded: str) -> None:
    node = compute.round_half_up(Given("amount", Fraction(amount)), "A6")
    assert (node.value, node.why) == (Fraction(rounded), "A6")


def test_a_working_day_in_a_year_nobody_announced_is_refused() -> None:
    with pytest.raises(NoNotice):
        compute.plus_workdays(Given("day", date(2026, 12, 31)), count(1), STATE_COUNCIL)


def test_a_tree_names_each_fact_once_in_order() -> None:
    first, second = FromFact("a", "day", date(2024, 1, 1)), FromFact("b", "day", date(2024, 1, 2))
    assert compute.leaves_of(compute.latest(second, first), compute.days_after(first, second)) == ("b", "a")


def test_one_argument_stays_itself() -> None:
    assert compute.plus(RATE) is RATE
    assert compute.latest(DAY) is DAY
    assert compute.earliest(DAY) is DAY


@pytest.mark.parametrize(("days", "wanted"), [(0, 0), (1, 19_168), (30, 575_038), (31, 594_206), (60, 1_150_077)])
def test_the_daily_penalty_is_rounded_once(days: int, wanted: int) -> None:
    assert fen(penalty([(TOTAL, count(days))], RATE, False, "A6")) == wanted


def test_or_each_day() -> None:
    assert fen(penalty([(TOTAL, count(30))], RATE, True, "A6")) == 575_040


@given(AMOUNTS, st.integers(0, 4000), st.integers(0, 4000), st.booleans())
def test_a_penalty_grows_with_the_days(base: Given, days: int, more: int, per_day: bool) -> None:
    one, other = (fen(penalty([(base, count(n))], RATE, per_day, "A6")) for n in (days, days + more))
    assert one <= other


@given(AMOUNTS, AMOUNTS, st.integers(0, 4000), st.booleans())
def test_a_penalty_grows_with_the_amount(one: Given, more: Given, days: int, per_day: bool) -> None:
    larger = Given("amount", Fraction(one.value) + Fraction(more.value))  # type: ignore[arg-type]  # both are amounts
    assert fen(penalty([(one, count(days))], RATE, per_day, "A6")) <= fen(
        penalty([(larger, count(days))], RATE, per_day, "A6")
    )


@given(AMOUNTS, st.integers(0, 4000))
def test_rounding_moves_an_amount_by_half_a_fen_at_most(base: Given, days: int) -> None:
    node = penalty([(base, count(days))], RATE, False, "A6")
    exact = Fraction(base.value) * Fraction(1, 10_000) * days  # type: ignore[arg-type]  # an amount
    assert isinstance(node.value, Fraction)
    assert abs(node.value - exact) <= Fraction(1, 200)


@pytest.mark.parametrize(("days", "at_least", "more_than"), [(29, False, False), (30, True, False), (31, True, True)])
def test_at_least_counts_the_number_and_more_than_does_not(days: int, at_least: bool, more_than: bool) -> None:
    assert reached(days, 30, "以上") is at_least
    assert reached(days, 30, "超过") is more_than


@pytest.mark.parametrize(
    ("failures", "refused", "ends"), [(0, False, False), (1, False, False), (2, False, True), (0, True, True)]
)
def test_two_failures_or_a_refusal(failures: int, refused: bool, ends: bool) -> None:
    assert acceptance_failed(failures, refused, 2) is ends


def test_what_was_paid_and_a_tenth() -> None:
    tenth = Given("share", Fraction("0.1"))
    assert fen(penalty_share(TOTAL, tenth, "A6")) == 19_167_944
    paid = [Given("paid", Fraction("958397.20"))]
    assert fen(refund_and_share(list(paid), TOTAL, tenth, "A6")) == 115_007_664

"""Unrounded amounts and the one rounding that names its reason."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.money import Exact, Money, NoReason, NotExact, NotMoney, parse_rate

fens = st.integers(min_value=-(10**13), max_value=10**13)
rates = st.fractions(min_value=0, max_value=3, max_denominator=10**6)
decimal_rates = st.decimals(min_value=0, max_value=3, places=7)


@pytest.mark.parametrize(("days", "penalty"), [(0, "0.00"), (1, "191.68"), (7, "1341.76"), (30, "5750.38")])
def test_a_daily_penalty_is_rounded_once_over_all_days(days: int, penalty: str) -> None:
    owed = Money.parse("1916794.40").times(parse_rate("万分之一") * days)
    assert owed.rounded("A6") == Money.parse(penalty)


def test_rounding_each_day_would_give_another_amount() -> None:
    daily = Money.parse("1916794.40").times(parse_rate("0.0001"))
    assert daily.rounded("A6") * 30 == Money.parse("5750.40")
    assert (daily * 30).rounded("A6") == Money.parse("5750.38")


@pytest.mark.parametrize(
    ("fen", "rounded"),
    [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("-3/2", -2), ("5/2", 3), ("49/100", 0), ("-49/100", 0), ("2/3", 1)],
)
def test_halves_are_rounded_away_from_zero(fen: str, rounded: int) -> None:
    assert Exact(Fraction(fen)).rounded("A6") == Money(rounded)


@given(fens, decimal_rates)
def test_rounding_is_that_of_the_decimal_module_half_up(fen: int, rate: Decimal) -> None:
    with localcontext(prec=60):
        expected = (Decimal(fen) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert Money(fen).times(Fraction(rate)).rounded("A6") == Money(int(expected))


@given(fens, rates)
def test_rounding_moves_an_amount_by_half_a_fen_at_most(fen: int, rate: Fraction) -> None:
    exact = Money(fen).times(rate)
    assert abs(exact.rounded("A6").fen - exact.fen) <= Fraction(1, 2)


@given(fens, rates)
def test_a_debt_and_the_same_claim_round_alike(fen: int, rate: Fraction) -> None:
    assert Money(-fen).times(rate).rounded("A6") == -Money(fen).times(rate).rounded("A6")


@given(fens, rates, rates)
def test_exact_amounts_add_without_loss(fen: int, first: Fraction, second: Fraction) -> None:
    amount = Money(fen)
    assert amount.times(first) + amount.times(second) == amount.times(first + second)


@given(fens, rates, rates)
def test_exact_amounts_multiply_without_loss(fen: int, first: Fraction, second: Fraction) -> None:
    amount = Money(fen)
    assert amount.times(first) * second == second * amount.times(first) == amount.times(first * second)


@given(fens)
def test_a_whole_amount_rounds_to_itself(fen: int) -> None:
    assert Money(fen).times(1).rounded("八(二)") == Money(fen)


@pytest.mark.parametrize("reason", ["", "  ", "\t", None])
def test_rounding_without_a_reason_is_refused(reason: object) -> None:
    with pytest.raises(NoReason, match="clause or the reading"):
        Money(1).times(1).rounded(reason)  # type: ignore[arg-type]  # the refusal is what is tested


@pytest.mark.parametrize("rate", [0.0001, "0.0001", Decimal("0.0001"), True])
def test_a_rate_that_is_no_fraction_is_refused(rate: object) -> None:
    with pytest.raises(NotExact, match="Fraction"):
        Money(1).times(rate)  # type: ignore[arg-type]  # the refusal is what is tested


def test_an_exact_amount_is_not_made_of_a_float() -> None:
    with pytest.raises(NotExact):
        Exact(0.5)  # type: ignore[arg-type]  # the refusal is what is tested


def test_an_exact_amount_is_not_added_to_a_rounded_one() -> None:
    with pytest.raises(TypeError):
        Money(1).times(1) + Money(1)  # type: ignore[operator]  # the refusal is what is tested


def test_an_exact_amount_may_pass_the_bound_but_not_become_money_there() -> None:
    beyond = Money(10**16).times(100)
    with pytest.raises(NotMoney):
        beyond.rounded("A6")

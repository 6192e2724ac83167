"""Instalments: 50/30/20 of the contract's price, and the law that they sum to it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.money import Money, NotExact, NotWhole, parse_rate, split, total

# From 1,000 yuan on, no rounding of twelve shares can eat up the last one.
totals = st.integers(min_value=10**5, max_value=10**15)
weights = st.lists(st.integers(min_value=1, max_value=1000), min_size=1, max_size=12)


def shares_of(weights: list[int]) -> list[Fraction]:
    return [Fraction(weight, sum(weights)) for weight in weights]


def test_the_contract_price_splits_into_its_three_instalments() -> None:
    shares = [parse_rate(share) for share in ("0.50", "0.30", "0.20")]
    instalments = split(Money.parse("1916794.40"), shares)
    assert [str(instalment) for instalment in instalments] == ["958397.20", "575038.32", "383358.88"]


@given(totals, weights)
def test_instalments_sum_to_the_total_exactly(fen: int, weights: list[int]) -> None:
    assert total(split(Money(fen), shares_of(weights))) == Money(fen)


@given(totals, weights)
def test_each_instalment_but_the_last_is_its_share_rounded(fen: int, weights: list[int]) -> None:
    shares = shares_of(weights)
    instalments = split(Money(fen), shares)
    for instalment, share in zip(instalments[:-1], shares[:-1], strict=True):
        assert instalment == Money(fen).times(share).rounded("A6")


@given(totals, weights)
def test_a_refund_splits_as_the_payment_did(fen: int, weights: list[int]) -> None:
    shares = shares_of(weights)
    assert split(Money(-fen), shares) == tuple(-part for part in split(Money(fen), shares))


def test_one_share_is_the_whole() -> None:
    assert split(Money(7), [Fraction(1)]) == (Money(7),)


def test_the_last_instalment_takes_what_rounding_leaves() -> None:
    assert split(Money(100), [Fraction(1, 3)] * 3) == (Money(33), Money(33), Money(34))


@pytest.mark.parametrize("shares", [["0.5", "0.3"], ["0.5", "0.5", "0.0001"], []])
def test_shares_that_do_not_sum_to_one_are_refused_with_the_clause(shares: list[str]) -> None:
    with pytest.raises(NotWhole, match=r"八\(二\) \(C06\): shares must sum to 1"):
        split(Money(100), [parse_rate(share) for share in shares])


def test_a_negative_share_is_refused() -> None:
    with pytest.raises(NotWhole, match="negative"):
        split(Money(100), [Fraction(3, 2), Fraction(-1, 2)])


def test_a_total_too_small_for_its_shares_is_refused() -> None:
    with pytest.raises(NotWhole, match="cannot be split 4 ways"):
        split(Money(2), [Fraction(1, 4)] * 4)


def test_shares_that_are_not_fractions_are_refused() -> None:
    with pytest.raises(NotExact):
        split(Money(100), [0.5, 0.5])  # type: ignore[list-item]  # the refusal is what is tested

"""Amounts in fen: reading, printing, arithmetic, and what is refused."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.money import BOUND, Money, NotExact, NotMoney, total

fens = st.integers(min_value=-BOUND + 1, max_value=BOUND - 1)
amounts = fens.map(Money)
small = st.integers(min_value=-(10**15), max_value=10**15).map(Money)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("958397.20", 95839720),
        ("958397.2", 95839720),
        ("958397", 95839700),
        ("958,397.20", 95839720),
        ("1,916,794.40", 191679440),
        ("0.05", 5),
        ("-0.05", -5),
        ("+12", 1200),
        ("-0", 0),
        ("007.10", 710),
        ("999999999999999.99", BOUND - 1),
        ("-999,999,999,999,999.99", 1 - BOUND),
    ],
)
def test_an_amount_is_read_from_its_decimal_text(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        ("1.234", "two decimals"),
        ("9,58397.20", "commas"),
        (",958", "commas"),
        ("958,39", "commas"),
        ("1,234567", "commas"),
        ("1.", "write a sign"),
        (".5", "write a sign"),
        ("1,000.", "write a sign"),
        ("--1", "write a sign"),
        ("1e3", "write a sign"),
        ("1_000", "write a sign"),
        (" 1", "write a sign"),
        ("1\n", "write a sign"),
        ("¥1", "write a sign"),
        ("１２", "write a sign"),
        ("NaN", "write a sign"),
        ("1000000000000000", "1000 万亿"),
        ("9" * 65, "64 characters"),
    ],
)
def test_text_that_is_no_amount_is_refused_with_the_rule_it_breaks(text: str, rule: str) -> None:
    with pytest.raises(NotMoney, match=rule):
        Money.parse(text)


def test_a_float_is_no_text_of_an_amount() -> None:
    with pytest.raises(NotMoney, match="not float"):
        Money.parse(958397.20)  # type: ignore[arg-type]  # the refusal is what is tested


@pytest.mark.parametrize("fen", [1.0, True, "1", None])
def test_fen_are_whole_numbers_only(fen: object) -> None:
    with pytest.raises(NotMoney, match="counted in int"):
        Money(fen)  # type: ignore[arg-type]  # the refusal is what is tested


@pytest.mark.parametrize("fen", [BOUND, -BOUND, 10**30])
def test_an_amount_out_of_range_is_refused(fen: int) -> None:
    with pytest.raises(NotMoney, match=r"10\*\*17"):
        Money(fen)


def test_a_refusal_repeats_long_text_only_in_part() -> None:
    with pytest.raises(NotMoney) as caught:
        Money.parse("x" * 1_000_000)
    assert len(str(caught.value)) < 250
    assert caught.value.rule == "it has more than 64 characters"


@given(amounts)
def test_parsing_what_was_printed_gives_the_amount_back(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount


@given(amounts)
def test_parsing_what_was_printed_in_groups_gives_the_amount_back(amount: Money) -> None:
    assert Money.parse(amount.grouped()) == amount


@given(st.text(alphabet="0123456789.,+-", max_size=24))
def test_whatever_is_read_as_an_amount_prints_as_that_amount(text: str) -> None:
    try:
        amount = Money.parse(text)
    except NotMoney:
        return
    assert Money.parse(str(amount)) == amount


def test_an_amount_prints_with_two_decimals_and_no_separator() -> None:
    assert str(Money(95839720)) == "958397.20"
    assert str(Money(-5)) == "-0.05"
    assert str(Money.ZERO) == "0.00"


def test_an_amount_for_readers_is_grouped_by_thousands() -> None:
    assert Money(191679440).grouped() == "1,916,794.40"
    assert Money(-100000).grouped() == "-1,000.00"


@given(small, small)
def test_sums_and_differences_are_those_of_fen(a: Money, b: Money) -> None:
    assert (a + b).fen == a.fen + b.fen
    assert a - b == a + (-b)
    assert a + Money.ZERO == a


@given(small, st.integers(min_value=-90, max_value=90))
def test_a_multiple_is_the_same_from_either_side(amount: Money, count: int) -> None:
    assert amount * count == count * amount == Money(amount.fen * count)


@given(amounts, amounts)
def test_amounts_are_ordered_as_their_fen(a: Money, b: Money) -> None:
    assert (a < b) == (a.fen < b.fen)
    assert (a >= b) == (a.fen >= b.fen)
    assert (a == b) == (hash(a) == hash(b))


@given(st.lists(small, max_size=30))
def test_a_total_is_what_adding_one_by_one_gives(parts: list[Money]) -> None:
    added = Money.ZERO
    for part in parts:
        added = added + part
    assert total(parts) == added


def test_a_sum_out_of_range_is_refused() -> None:
    with pytest.raises(NotMoney):
        Money(BOUND - 1) + Money(1)


@pytest.mark.parametrize("factor", [0.5, "2", True])
def test_an_amount_is_multiplied_by_whole_numbers_only(factor: object) -> None:
    with pytest.raises(NotExact, match="an int"):
        Money(100) * factor  # type: ignore[operator]  # the refusal is what is tested


def test_an_amount_is_never_added_to_a_bare_number() -> None:
    with pytest.raises(TypeError):
        Money(100) + 1  # type: ignore[operator]  # the refusal is what is tested
    with pytest.raises(TypeError):
        Money(100) - 0.5  # type: ignore[operator]  # the refusal is what is tested


def test_an_amount_cannot_be_changed() -> None:
    amount = Money(1)
    with pytest.raises(AttributeError, match="frozen"):
        amount.fen = 2
    with pytest.raises(AttributeError, match="frozen"):
        del amount.fen
    with pytest.raises(AttributeError, match="frozen"):
        amount.yuan = 2
    assert amount == Money(1)


@given(amounts)
def test_an_amount_travels_between_processes_unchanged(amount: Money) -> None:
    assert pickle.loads(pickle.dumps(amount)) == amount
    assert copy.deepcopy(amount) == amount


def test_an_amount_is_no_number() -> None:
    assert Money(1) != 1
    assert len({Money(1), Money(1), Money(2), 1}) == 3


def test_an_amount_shows_its_fen_to_a_programmer() -> None:
    assert repr(Money(-5)) == "Money(fen=-5)"

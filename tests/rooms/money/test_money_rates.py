"""Rates as contracts write them, read as exact fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.money import NotRate, parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("0.0001", "1/10000"),
        ("0.50", "1/2"),
        ("1", "1"),
        ("0", "0"),
        ("50%", "1/2"),
        ("0.05%", "1/2000"),
        ("万分之一", "1/10000"),
        ("千分之五", "1/200"),
        ("百分之十", "1/10"),
        ("百分之十五", "3/20"),
        ("百分之五十", "1/2"),
        ("百分之九十九", "99/100"),
        ("万分之0.5", "1/20000"),
    ],
)
def test_a_rate_is_read_exactly(text: str, rate: str) -> None:
    assert parse_rate(text) == Fraction(rate)


@given(st.decimals(min_value=0, max_value=1000, places=8))
def test_every_decimal_text_is_read_as_the_decimal_it_is(number: Decimal) -> None:
    assert parse_rate(f"{number:f}") == Fraction(number)


@given(st.integers(min_value=1, max_value=99))
def test_every_numeral_up_to_ninety_nine_is_read(parts: int) -> None:
    numerals = "零一二三四五六七八九"
    tens, ones = divmod(parts, 10)
    spoken = (numerals[tens] if tens > 1 else "") + ("十" if tens else "") + (numerals[ones] if ones else "")
    assert parse_rate(f"万分之{spoken}") == Fraction(parts, 10_000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-0.1",
        "+0.1",
        "1/2",
        ".5",
        "5.",
        "50 %",
        "50%%",
        "1e-4",
        "万分之",
        "亿分之一",
        "half",
        "0,5",
        "０.5",
        "1" * 21,
    ],
)
def test_text_that_is_no_rate_is_refused_with_the_ways_to_write_one(text: str) -> None:
    with pytest.raises(NotRate, match="write a decimal"):
        parse_rate(text)


@pytest.mark.parametrize("text", ["百分之一一", "百分之十十", "百分之一十一"])
def test_a_numeral_nobody_writes_is_refused(text: str) -> None:
    with pytest.raises(NotRate, match="not a Chinese numeral"):
        parse_rate(text)


@pytest.mark.parametrize("rate", [0.0001, 1, None, Decimal("0.1")])
def test_a_number_is_refused_because_only_text_is_exact(rate: object) -> None:
    with pytest.raises(NotRate, match="written as text"):
        parse_rate(rate)  # type: ignore[arg-type]  # the refusal is what is tested

"""Single values, read from text and written so that equal values have equal texts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from yunyue.contract import leaf
from yunyue.contract.paths import TERMS
from yunyue.money import Money


def kind_at(path: str) -> inspect.Type:
    kind: inspect.Type = TERMS
    for name in path.split("."):
        kind = kind.item_type if isinstance(kind, inspect.VarTupleType) else kind
        assert isinstance(kind, inspect.StructType)
        kind = next(field.type for field in kind.fields if field.name == name)
    return kind


AMOUNT, SHARE, DAY, WHOLE = map(kind_at, ("price.total", "instalments.share", "term.start", "majeure.certificate_days"))
TRUTH, CAP, CHOICE = map(kind_at, ("catalogue.sample", "penalties.daily_cap", "sla.objectives.method"))


@given(st.integers(0, 10**17 - 1).map(Money))
def test_amounts_are_read_back_as_written(amount: Money) -> None:
    assert leaf.parse(AMOUNT, leaf.write(amount)) == amount


@given(st.decimals(0, 1, places=12))
def test_shares_are_read_back_as_written(share: Decimal) -> None:
    assert leaf.parse(SHARE, leaf.write(share)) == share


@given(st.integers(0, 10**12), st.integers(0, 6))
def test_equal_shares_have_one_text_and_no_exponent(parts: int, zeros: int) -> None:
    share = Decimal(parts).scaleb(-12)
    longer = Decimal(f"{share:f}" + "0" * zeros)
    assert leaf.write(share) == leaf.write(longer)
    assert set(leaf.write(share)) <= set("0123456789.")


@given(st.dates())
def test_days_are_read_back_as_written(day: date) -> None:
    assert leaf.parse(DAY, leaf.write(day)) == day


@given(st.integers(0, 36_500))
def test_whole_numbers_are_read_back_as_written(number: int) -> None:
    assert leaf.parse(WHOLE, leaf.write(number)) == number


@pytest.mark.parametrize("truth", [True, False])
def test_truths_are_read_back_as_written(truth: bool) -> None:
    assert leaf.parse(TRUTH, leaf.write(truth)) is truth


def test_an_absent_value_is_the_empty_text() -> None:
    assert leaf.write(None) == ""
    assert leaf.parse(CAP, "") is None
    assert leaf.parse(CAP, "0.050") == Decimal("0.05")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (AMOUNT, ""),
        (AMOUNT, "1e3"),
        (AMOUNT, "-0.01"),
        (SHARE, ""),
        (SHARE, "1.000000000001"),
        (SHARE, "٠.٥"),
        (SHARE, ".5"),
        (SHARE, " 0.5"),
        (DAY, "2024-02-30"),
        (DAY, "20240411"),
        (DAY, "2024-W15-4"),
        (WHOLE, "36501"),
        (WHOLE, "-1"),
        (WHOLE, "1_000"),
        (WHOLE, "9" * 5_000),
        (TRUTH, "True"),
        (TRUTH, "1"),
        (CAP, "none"),
        (CHOICE, "m1"),
    ],
)
def test_any_other_text_is_wrong_and_says_what_should_stand_there(kind: inspect.Type, text: str) -> None:
    wrong = leaf.parse(kind, text)
    assert isinstance(wrong, leaf.Wrong)
    assert wrong.rule


def test_a_long_wrong_text_is_not_repeated_whole() -> None:
    wrong = leaf.parse(CHOICE, "M" * 5_000)
    assert isinstance(wrong, leaf.Wrong)
    assert len(wrong.rule) < 200


def test_the_canonical_document_writes_days_as_text_and_absence_as_null() -> None:
    assert leaf.read_plain(DAY, "2024-04-11") == date(2024, 4, 10) + timedelta(days=1)
    assert leaf.read_plain(CAP, None) is None
    assert isinstance(leaf.read_plain(DAY, None), leaf.Wrong)
    assert isinstance(leaf.read_plain(DAY, "2024-4-11"), leaf.Wrong)

"""Checked pairs run through the code of the rules; what cannot be read is named and breaks nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from story import TERMS
from yunyue.kernel.vectors import FUNCTIONS, Difference, check
from yunyue.workdays import STATE_COUNCIL

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "cases" / "vectors.json").read_text("utf-8"))


def different(*vectors: object) -> tuple[Difference, ...]:
    return check(vectors, TERMS, STATE_COUNCIL)


def pair(fn: object, expected: object, **values: object) -> dict[str, object]:
    return {"id": "X1", "clause": "八(一)", "fn": fn, "input": values, "expected": expected}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["id"]))
def test_the_pair_holds(vector: dict[str, Any]) -> None:
    assert different(vector) == ()


def test_the_numbers_of_the_pairs_have_no_gap() -> None:
    assert [one["id"] for one in VECTORS] == [f"T{number:02}" for number in range(1, len(VECTORS) + 1)]


def test_every_function_has_a_pair() -> None:
    assert {one["fn"] for one in VECTORS} == set(FUNCTIONS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["id"]))
def test_any_other_expectation_is_a_difference(vector: dict[str, Any]) -> None:
    (difference,) = different({**vector, "expected": "something else"})
    assert (difference.id, difference.clause) == (vector["id"], vector["clause"])
    assert difference.expected == '"something else"'


def test_a_difference_says_what_came_out() -> None:
    (difference,) = different(pair("provider_delay_penalty", "5750.40", total="1916794.40", days=30))
    assert str(difference) == 'X1 [八(一)]: expected "5750.40", found "5750.38"'


def test_true_is_not_one() -> None:
    assert different(pair("payer_late_days", True, due="2024-05-24", paid="2024-05-25"))
    assert different(pair("buyer_may_terminate_for_delay", 1, days=30))


MALFORMED: list[tuple[object, str]] = [
    ("no table", "no table"),
    ({"id": "X1", "fn": "split", "input": {}}, "a malformed pair"),
    (pair("no_such", ""), "there is no function 'no_such'"),
    (pair(["split"], ""), "there is no function"),
    ({"id": "X1", "fn": "split", "input": [], "expected": 1}, "input must be a table"),
    (pair("amount_in_words", ""), "input.amount is missing"),
    (pair("amount_in_words", "", amount=5), "input.amount must be str, not int"),
    (pair("amount_in_words", "", amount="-5.00"), "negative"),
    (pair("amount_in_words", "", amount="five"), "input.amount"),
    (pair("split", [], total="1.00", ratios="0.5"), "input.ratios must be a list"),
    (pair("split", [], total="1.00", ratios=["0.5"]), "shares must sum to 1"),
    (pair("split", [], total="1.00", ratios=["nan", "1"]), "at most 10^12"),
    (pair("split", [], total="1.00", ratios=["half", "1"]), "must be a decimal as text"),
    (pair("add_workdays", "", **{"from": "2024-13-01", "n": 1}), "must be a day"),
    (pair("add_workdays", "", **{"from": "2026-12-31", "n": 1}), "2027"),
    (pair("add_workdays", "", **{"from": "2024-01-01", "n": 10**9}), "at most 366000"),
    (pair("add_workdays", "", **{"from": "2024-01-01", "n": True}), "must be a whole number"),
    (pair("buyer_may_terminate_acceptance", "", failed_acceptances=1, refused_rework=0), "must be bool, not int"),
    (pair("outage_minutes", 0, start="00:10:00", end="00:00:00"), "input.end lies before input.start"),
    (pair("outage_minutes", 0, start="noon", end="00:00:00"), "input.start must be a time"),
    (pair("term", {}, start="2024-01-01", end="2030-01-01"), "2030"),
]


@pytest.mark.parametrize(("vector", "words"), MALFORMED)
def test_what_cannot_be_read_is_a_difference_that_says_so(vector: object, words: str) -> None:
    (difference,) = different(vector)
    assert words in str(difference)


def test_one_malformed_pair_does_not_hide_the_next() -> None:
    assert [one.id for one in different("no table", VECTORS[0], pair("no_such", ""))] == ["#1", "X1"]

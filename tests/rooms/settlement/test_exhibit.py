"""A statement goes out as plain JSON values and comes back the same; anything else is refused with its path."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundle_cast import make_cast
from yunyue.answer import Refused
from yunyue.journal.envelope import canonical
from yunyue.money import Money
from yunyue.settlement import exhibit
from yunyue.settlement.statement import Statement
from yunyue.settlement.working import FromFact, FromTerm, Given, Op, Value, Working

VALUES: st.SearchStrategy[Value] = (
    st.integers(-(10**18), 10**18) | st.dates() | st.fractions(-(10**15), 10**15, max_denominator=10**6)
)
NAMES = st.text("abcdefgh.0123456789", min_size=1, max_size=20)
LEAVES: st.SearchStrategy[Working] = (
    st.builds(FromTerm, NAMES, VALUES) | st.builds(FromFact, NAMES, NAMES, VALUES) | st.builds(Given, NAMES, VALUES)
)
TREES: st.SearchStrategy[Working] = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        Op, st.sampled_from(exhibit._OPERATIONS), st.lists(inner, max_size=3).map(tuple), VALUES, NAMES
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> Statement:
    """A real statement with lines, obligations, rights, checks and questions."""
    return make_cast(tmp_path_factory.mktemp("cast")).account.statement


def refused(statement: Statement, change: Callable[[dict[str, Any]], object]) -> str:
    """The place from_plain names when the exhibit was changed."""
    plain = json.loads(canonical(exhibit.to_plain(statement)))
    change(plain)
    answer = exhibit.from_plain(plain)
    assert isinstance(answer, Refused)
    return answer.field


def test_a_statement_comes_back_equal_after_a_journey_through_json(statement: Statement) -> None:
    assert exhibit.from_plain(json.loads(canonical(exhibit.to_plain(statement)))) == statement


@given(TREES)
def test_any_tree_comes_back_equal_with_every_value_of_its_own_kind(tree: Working) -> None:
    back = exhibit.tree_from_plain(json.loads(json.dumps(exhibit.tree_to_plain(tree))), "tree")
    assert back == tree
    assert type(back.value) is type(tree.value)


@given(VALUES, VALUES)
def test_two_values_are_written_alike_only_if_they_are_the_same(one: Value, other: Value) -> None:
    same = type(one) is type(other) and one == other
    left, right = exhibit.value_to_plain(one), exhibit.value_to_plain(other)
    assert same == (type(left) is type(right) and left == right)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (30, 30),
        (Fraction(30), "30"),
        (Fraction("958397.20"), "958397.2"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-2, 3), "-2/3"),
        (Fraction(0), "0"),
        (Fraction(1, 10**12), "0.000000000001"),
        (date(2024, 5, 24), "2024-05-24"),
    ],
)
def test_values_are_written_so_that_their_kind_can_be_told(value: Value, plain: object) -> None:
    assert exhibit.value_to_plain(value) == plain
    assert type(exhibit.value_from_plain(plain, "value")) is type(value)


@pytest.mark.parametrize(
    "plain", [True, None, 1.5, "1.50", "+1", "2/6", "1/0", "2024-02-30", "", "1e5", "９", "1" * 61, []]
)
def test_other_spellings_of_values_are_refused(statement: Statement, plain: object) -> None:
    place = refused(statement, lambda said: said["lines"][0]["working"].update(value=plain))
    assert place == "statement.lines.0.working.value"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda said: said.update(format="v0"), "format"),
        (lambda said: said.update(extra=1), "statement"),
        (lambda said: said.pop("supposed"), "statement"),
        (lambda said: said.update(lines={}), "statement.lines"),
        (lambda said: said.update(as_of="2024-5-1"), "statement.as_of"),
        (lambda said: said.update(known_at="2024-12-02T00:00:00"), "statement.known_at"),
        (lambda said: said.update(known_at=1), "statement.known_at"),
        (lambda said: said.update(facts_known="14"), "statement.facts_known"),
        (lambda said: said["readings"][0].append("x"), "statement.readings.0"),
        (lambda said: said["lines"][0].update(amount="958,397.20"), "statement.lines.0.amount"),
        (lambda said: said["lines"][0].update(amount="lots"), "statement.lines.0.amount"),
        (lambda said: said["lines"][0].update(state="paid"), "statement.lines.0.state"),
        (lambda said: said["lines"][0].update(working=3), "statement.lines.0.working"),
        (lambda said: said["lines"][0]["working"].update(op="power"), "statement.lines.0.working"),
        (lambda said: said["lines"][0]["working"].update(args=3), "statement.lines.0.working.args"),
        (lambda said: said["lines"][0]["working"]["args"][0].pop("value"), "statement.lines.0.working.0.value"),
        (lambda said: said["rights"][0].update(available=1), "statement.rights.0.available"),
        (lambda said: said["totals"]["client"].update(due="0.00"), "totals"),
    ],
)
def test_what_no_statement_has_is_refused_with_its_path(
    statement: Statement, change: Callable[[dict[str, Any]], object], place: str
) -> None:
    assert refused(statement, change) == place


@pytest.mark.parametrize("plain", [None, [], "x", {}, {"format": exhibit.FORMAT}])
def test_what_is_no_exhibit_at_all_is_refused(plain: object) -> None:
    assert isinstance(exhibit.from_plain(plain), Refused)


def test_totals_add_what_is_due_and_what_still_grows_apart_for_each_payer(statement: Statement) -> None:
    first, second, *_ = statement.lines
    lines = (
        replace(first, payer="client", state="due", amount=Money(150)),
        replace(first, payer="client", state="due", amount=Money(50)),
        replace(first, payer="client", state="running", amount=Money(7)),
        replace(second, payer="provider", state="waiting", amount=Money(9)),
        replace(second, payer="provider", state="due", amount=None),
    )
    assert exhibit.totals(replace(statement, lines=lines)) == {
        "client": {"due": "2.00", "running": "0.07"},
        "provider": {"due": "0.00", "running": "0.00"},
    }


def test_a_tree_too_deep_to_follow_is_neither_written_nor_read() -> None:
    tree: Working = Given("one", 1)
    for _ in range(exhibit.DEEPEST):
        tree = Op("plus", (tree,), 1)
    plain = exhibit.tree_to_plain(tree)
    assert exhibit.tree_from_plain(plain, "tree") == tree
    with pytest.raises(ValueError, match="200 levels"):
        exhibit.tree_to_plain(Op("plus", (tree,), 1))
    deeper = {"op": "plus", "args": [plain], "value": 1, "why": ""}
    with pytest.raises(exhibit._Unreadable, match="200 levels"):
        exhibit.tree_from_plain(deeper, "tree")


def test_every_field_of_a_statement_stands_in_its_exhibit(statement: Statement, tmp_path: Path) -> None:
    plain = exhibit.to_plain(statement)
    assert set(plain) == {"format", "totals", *statement.__dataclass_fields__}
    assert set(plain["lines"][0]) == set(statement.lines[0].__dataclass_fields__)

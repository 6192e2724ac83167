"""The arithmetic behind every amount and day of every story: it can be worked out again, named, and read aloud."""

import importlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from many_stories import stories
from story import Story, end_of, tell
from workings import again, facts_in, nodes
from yunyue.contract.paths import value_at
from yunyue.journal.envelope import canonical
from yunyue.journal.facts import ContractSupplemented
from yunyue.money import Money
from yunyue.settlement import labels
from yunyue.settlement.admission import Known, admit_all
from yunyue.settlement.exhibit import from_plain, to_plain
from yunyue.settlement.explain import formula, steps
from yunyue.settlement.rules.supplements import amended
from yunyue.settlement.statement import Statement
from yunyue.settlement.working import FromFact, FromTerm, Given, Working
from yunyue.workdays import STATE_COUNCIL, Calendar

HERE = Path(__file__).parent
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def told() -> Iterator[tuple[str, Statement, Story]]:
    """Every case written as text, asked on its day, or on the first of each month."""
    for path in sorted(HERE.glob("test_case_*.py")):
        if path.stem == "test_case_workings":
            continue
        for name, test in vars(importlib.import_module(path.stem)).items():
            if hasattr(test, "written_for"):
                story = tell(test.__doc__)
                days = [story.as_of] if story.as_of else [date(2024, month, 1) for month in range(5, 13)]
                yield from ((f"{name}-{day}", story.statement(day.isoformat()), story) for day in days)


TOLD = list(told())


def trees(statement: Statement) -> Iterator[tuple[str, Working, tuple[str, ...]]]:
    """Each finding that has arithmetic, with the facts it names."""
    found: list[tuple[str, Working | None, tuple[str, ...]]] = [
        *((one.id, one.working, one.facts) for one in statement.lines),
        *((one.id, one.working, one.facts) for one in statement.obligations),
        *((one.id, one.working, one.facts) for one in statement.rights),
    ]
    yield from ((name, tree, facts) for name, tree, facts in found if tree is not None)


def calendar_of(statement: Statement) -> Calendar:
    readings = dict(statement.readings)
    return Calendar.monday_to_friday() if readings.get("A2") == "monday_to_friday" else STATE_COUNCIL.estimating()


def stated(value: object) -> object:
    """A stated value as a tree should hold it: yuan and rates as exact fractions."""
    if isinstance(value, Money):
        return Fraction(value.fen, 100)
    return Fraction(value) if isinstance(value, Decimal) else value


def said_at(said: object, path: str) -> object:
    """A field of a fact; inside a list, the entry of that code or place."""
    for step in path.split("."):
        if isinstance(said, tuple):
            coded = [one for one in said if getattr(one, "code", None) == step]
            said = coded[0] if coded else said[int(step) - 1]
        else:
            said = getattr(said, step)
    return said


def check_trees(statement: Statement, story: Story) -> None:
    """Each node is what its arguments make it, and each leaf is what the terms, the fact or the question says."""
    calendar = calendar_of(statement)
    happened = {one.fact.id: one.fact for one in story.facts}
    agreed = [one.data for one in happened.values() if isinstance(one.data, ContractSupplemented)]
    known = Known.of(story.terms, [one for one in story.facts if one.fact.day <= statement.as_of])
    terms = amended(story.terms, [one for one in agreed if one in known.all(ContractSupplemented)], statement.as_of)
    for identifier, tree, facts in trees(statement):
        assert facts_in(tree) <= set(facts), f"{identifier} rests on facts it does not name"
        for node in nodes(tree):
            assert again(node, calendar) == node.value, f"{identifier}: {node}"
            match node:
                case FromTerm():
                    assert stated(value_at(terms, node.path)) == node.value
                case FromFact():
                    fact = happened[node.fact]
                    assert stated(fact.day if node.field == "day" else said_at(fact.data, node.field)) == node.value
                case Given(name="as_of"):
                    assert node.value == statement.as_of
                case Given(name="zero" | "one" | "full"):
                    assert node.value == {"zero": 0, "one": 1, "full": 100}[node.name]


def check_words(statement: Statement) -> None:
    """Every leaf has a name of its own in both languages, and no sentence has a slip that a template makes."""
    for _, tree, _ in trees(statement):
        for node in nodes(tree):
            said = labels.label(node)
            if isinstance(node, FromTerm):
                assert said.zh != node.path, f"{node.path} has no name in labels.py"
            if isinstance(node, FromFact):
                assert said.zh != f"{node.field}({node.fact})", f"{node.field} has no name in labels.py"
            if isinstance(node, Given):
                assert said.zh != node.name
        words = formula(tree)
        for text in (words.zh, words.en):
            assert text.count("(") == text.count(")")
            assert not re.search(r"None|Fraction|\{|\}| {2}|--|Given|days days|日 日", text), text
        assert steps(tree)[0].depth == 0
    for line in statement.lines:
        for text in (line.sentence.zh, line.sentence.en, line.title.zh, line.title.en):
            assert not re.search(r"None|\{|\}| {2}|\(\)|、,|,,", text), text


@pytest.mark.parametrize(("name", "statement", "story"), TOLD, ids=[name for name, _, _ in TOLD])
def test_a_case_can_be_worked_out_again_and_read(name: str, statement: Statement, story: Story) -> None:
    check_trees(statement, story)
    check_words(statement)


@SLOW
@given(stories())
def test_any_story_can_be_worked_out_again_and_read(story: Story) -> None:
    statement = story.statement()
    check_trees(statement, story)
    check_words(statement)


@SLOW
@given(stories())
def test_any_statement_is_the_same_twice_and_read_back_from_its_bytes(story: Story) -> None:
    plain = to_plain(story.statement())
    assert canonical(plain) == canonical(to_plain(story.statement()))
    assert from_plain(plain) == story.statement()


@SLOW
@given(stories())
def test_what_happens_or_is_known_later_changes_nothing(story: Story) -> None:
    assert story.as_of is not None
    moment = end_of(story.as_of.isoformat())
    known = [one for one in story.facts if one.recorded <= moment]
    whole = story.statement(known_at=story.as_of.isoformat())
    assert Story(story.terms, facts=known, as_of=story.as_of).statement(known_at=story.as_of.isoformat()) == whole


@SLOW
@given(stories())
def test_no_reading_and_no_fact_makes_the_instalments_miss_the_total(story: Story) -> None:
    lines = [line for line in story.statement().lines if line.id.startswith("instalment-")]
    fen = sum(line.amount.fen for line in lines if line.amount is not None)
    assert len(lines) < 3 or fen == story.terms.price.total.fen


@SLOW
@given(stories(), st.integers(1, 60))
def test_a_running_line_never_shrinks_while_nothing_happens(story: Story, later: int) -> None:
    assert story.as_of is not None
    last = max([story.as_of, *(one.fact.day for one in story.facts)])
    first, then = (story.statement((last + timedelta(days)).isoformat()) for days in (0, later))
    amounts = {line.id: line.amount for line in then.lines}
    for line in first.lines:
        if line.state == "running" and line.amount is not None:
            assert amounts[line.id] is not None
            assert (amounts[line.id] or line.amount) >= line.amount


@SLOW
@given(stories())
def test_what_was_admitted_one_by_one_is_admitted_at_once(story: Story) -> None:
    facts = [one.fact for one in story.facts]
    assert not facts or admit_all(Known(story.terms), facts, story.facts[-1].recorded) is None

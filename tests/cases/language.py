"""Contract cases as text: a test's docstring tells the story (tests/story.py), and the test says what is then owed."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent

from story import MalformedStory, Story, tell
from yunyue.settlement.statement import Statement


def case(*clauses: str) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Runs a test on the statement (or the story) that its docstring tells. `clauses` are the ones it is a case of.

    Arguments may be called `statement` and `story`.
    """

    def prepare(test: Callable[..., None]) -> Callable[[], None]:
        text = dedent(test.__doc__ or "")
        wanted = tuple(inspect.signature(test).parameters)

        def run() -> None:
            story = tell(text)
            given: dict[str, Statement | Story] = {"story": story}
            if "statement" in wanted:
                given["statement"] = story.statement()
            test(*(given[name] for name in wanted))

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        run.written_for = clauses  # type: ignore[attr-defined]  # read by test_every_clause.py
        return run

    return prepare


@dataclass(frozen=True)
class Due:
    """An amount and the last day for it; None where the statement names none."""

    amount: str | None
    day: str | None = None


@dataclass(frozen=True)
class Owed:
    """An amount, who owes it, and how it stands."""

    amount: str | None
    payer: str
    state: str


def due(statement: Statement, line: str) -> Due:
    """Amount and due day of a line."""
    found = statement.line(line)
    return Due(found.amount.grouped() if found.amount else None, found.due.isoformat() if found.due else None)


def owed(statement: Statement, line: str) -> Owed:
    """Amount, payer and state of a line; an amount of 0.00 shows as such."""
    found = statement.line(line)
    return Owed(None if found.amount is None else found.amount.grouped(), found.payer, found.state)


def amount(statement: Statement, line: str) -> str | None:
    """The amount of a line, with thousands grouped."""
    return owed(statement, line).amount


def lines(statement: Statement) -> set[str]:
    """The ids of all lines."""
    return {line.id for line in statement.lines}


def state(statement: Statement, identifier: str) -> str:
    """How a check, an obligation or a line stands."""
    states: dict[str, str] = {found.id: found.state for found in statement.lines}
    states |= {found.id: found.state for found in statement.obligations}
    return ({found.id: found.state for found in statement.checks} | states)[identifier]


def questions(statement: Statement) -> set[str]:
    """The ids of the open questions."""
    return {question.id for question in statement.questions}


def may(statement: Statement, right: str) -> tuple[bool, str | None]:
    """Whether a right is available, and since when."""
    found = statement.right(right)
    return found.available, found.since.isoformat() if found.since else None


def worth(statement: Statement, right: str) -> str | None:
    """What a right would bring."""
    found = statement.right(right).amount
    return None if found is None else found.grouped()


__all__ = [
    "Due",
    "MalformedStory",
    "Owed",
    "amount",
    "case",
    "due",
    "lines",
    "may",
    "owed",
    "questions",
    "state",
    "worth",
]

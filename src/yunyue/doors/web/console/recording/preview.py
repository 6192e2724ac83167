"""What recording a fact would change in the statement: each finding before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.kernel import Happening
from yunyue.money import Money
from yunyue.settlement.statement import Check, Finding, Line, Obligation, Question, Right, Said, Statement


@dataclass(frozen=True, slots=True)
class Side:
    """A finding as it stands: its state, its amount, its day."""

    state: str
    amount: Money | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A finding that would not be as it is; None before: it is new, None after: it goes."""

    title: Said
    clause: str
    before: Side | None
    after: Side | None


def preview(contract: str, happenings: Sequence[Happening]) -> tuple[Changed, ...] | Refused:
    """The findings that would change today. Refused where recording would be."""
    kernel = office().kernel
    today = kernel.clock.now().date()
    before = kernel.statement(contract, today)
    if isinstance(before, Refused):
        return before
    after = kernel.suppose(contract, today, happenings)
    if isinstance(after, Refused):
        return after
    return differences(before, after)


def differences(before: Statement, after: Statement) -> tuple[Changed, ...]:
    """What differs between two statements, in the order they read."""
    old, new = _findings(before), _findings(after)
    keys = [*old, *(key for key in new if key not in old)]
    found = []
    for key in keys:
        one, other = old.get(key), new.get(key)
        first, second = _side(one), _side(other)
        shown = other or one
        if first != second and shown is not None:
            title = shown.text if isinstance(shown, Question) else shown.title
            found.append(Changed(title, shown.clause, first, second))
    return tuple(found)


def _findings(statement: Statement) -> dict[tuple[str, str], Finding]:
    groups: tuple[tuple[Finding, ...], ...] = (
        statement.lines,
        statement.obligations,
        statement.rights,
        statement.checks,
        statement.questions,
    )
    return {(type(one).__name__, one.id): one for group in groups for one in group}


def _side(one: Finding | None) -> Side | None:
    match one:
        case None:
            return None
        case Line():
            return Side(one.state, one.amount, one.due)
        case Obligation():
            return Side(one.state, None, one.done or one.due)
        case Right():
            return Side("open", one.amount, one.since) if one.available else None
        case Check():
            return Side(one.state, None, None)
        case Question():
            return Side("question", None, None)

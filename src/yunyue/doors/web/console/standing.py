"""Where a contract stands, put together for the overview from its statement."""

from dataclasses import dataclass
from datetime import date

from yunyue.contract import Terms
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import VerdictReached
from yunyue.money import Money
from yunyue.settlement.statement import Check, Line, Obligation, Right, Statement

SOON = 6
BAR = 1000
"""The width of the bar, in its own units."""


@dataclass(frozen=True, slots=True)
class Span:
    """The term: its days, how many are left (negative: it is over), and how much of it has passed, in per cent."""

    start: date
    end: date
    left: int
    passed: int


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment on the bar: where it begins, how wide it is, what it waits for."""

    at: int
    width: int
    percent: str
    line: Line
    obligation: Obligation


@dataclass(frozen=True, slots=True)
class Standing:
    """What the overview shows."""

    span: Span
    total: Money
    parts: tuple[Part, ...]
    paid: Money
    next: tuple[Obligation, ...]
    owed: tuple[Line, ...]
    rights: tuple[Right, ...]
    broken: tuple[Check, ...]
    statement: Statement


def span(terms: Terms, as_of: date) -> Span:
    """The term as it stands on a day."""
    length = (terms.term.end - terms.term.start).days + 1
    gone = min(max((as_of - terms.term.start).days + 1, 0), length)
    return Span(terms.term.start, terms.term.end, (terms.term.end - as_of).days, gone * 100 // length)


def standing(terms: Terms, statement: Statement) -> Standing:
    """The statement, seen from where one stands."""
    pending = [one for one in statement.obligations if one.done is None]
    shown = ("due", "running", "proposed", "question")
    return Standing(
        span=span(terms, statement.as_of),
        total=terms.price.total,
        parts=_parts(terms, statement),
        paid=_paid(statement),
        next=tuple(sorted(pending, key=_by_urgency)[:SOON]),
        owed=tuple(line for line in statement.lines if line.state in shown),
        rights=tuple(right for right in statement.rights if right.available),
        broken=tuple(check for check in statement.checks if check.state == "broken"),
        statement=statement,
    )


def _parts(terms: Terms, statement: Statement) -> tuple[Part, ...]:
    lines = {line.id: line for line in statement.lines}
    obligations = {one.id: one for one in statement.obligations}
    parts, at = [], 0
    for instalment in terms.instalments:
        width = int(instalment.share * BAR)
        line, obligation = lines.get(f"instalment-{instalment.number}"), obligations.get(f"pay-{instalment.number}")
        if line is not None and obligation is not None:
            percent = f"{(instalment.share * 100).normalize():f} %"
            parts.append(Part(at, width, percent, line, obligation))
        at += width
    return tuple(parts)


def _paid(statement: Statement) -> Money:
    amounts = [line.amount for line in statement.lines if line.id.startswith("instalment-") and line.state == "settled"]
    return Money(sum(amount.fen for amount in amounts if amount is not None))


def _by_urgency(obligation: Obligation) -> tuple[bool, date]:
    return obligation.due is None, obligation.due or date.max


def verdicts(facts: tuple[Recorded, ...]) -> tuple[VerdictReached, ...]:
    """The SLA verdicts among facts, by objective and month; a later verdict replaces an earlier one."""
    latest = {(said.objective, said.month): said for one in facts if isinstance(said := one.fact.data, VerdictReached)}
    return tuple(latest[key] for key in sorted(latest))

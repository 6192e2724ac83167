"""What settle() says: lines of money, obligations with their four dates, rights, checks and open questions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar

from yunyue.journal.facts import Party
from yunyue.money import Money
from yunyue.settlement.working import Working


@dataclass(frozen=True, slots=True)
class Said:
    """The same words in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sum one side owes the other, or would if the client so decides.

    `state`: due (owed now), running (owed and still growing), settled (owed and paid), waiting (a gate is missing),
    proposed (the client decides), question (no number can be named: then `amount` is None).
    """

    id: str
    clause: str
    title: Said
    payer: Party
    amount: Money | None
    due: date | None
    state: Literal["due", "running", "settled", "waiting", "proposed", "question"]
    working: Working | None
    readings: tuple[str, ...]
    facts: tuple[str, ...]
    sentence: Said


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition with a day of its own; `met` is None while it is not."""

    key: str
    title: Said
    met: date | None
    fact: str | None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something one side must do by a day.

    Four dates stay visible: `due` by the words, the gates' own days, `payable` (all gates met), `late_from` (the day
    after which the overdue clock runs). `done` is the day it was done.
    """

    id: str
    clause: str
    who: Party
    title: Said
    due: date | None
    gates: tuple[Gate, ...]
    payable: date | None
    late_from: date | None
    done: date | None
    state: Literal["not_schedulable", "waiting", "open", "late", "done", "done_late"]
    working: Working | None
    readings: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Right:
    """A right to terminate or to refuse: shown with what it would bring, never executed."""

    id: str
    clause: str
    holder: Party
    title: Said
    available: bool
    since: date | None
    amount: Money | None
    working: Working | None
    readings: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A state the contract asks for, and whether it holds."""

    id: str
    clause: str
    title: Said
    state: Literal["holds", "open", "broken"]
    detail: Said
    readings: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the parties can settle."""

    id: str
    clause: str
    reading: str
    text: Said
    facts: tuple[str, ...]


Finding = Line | Obligation | Right | Check | Question

T = TypeVar("T", Line, Obligation, Right, Check, Question)


@dataclass(frozen=True, slots=True)
class Statement:
    """All findings for one contract as of a day, from the facts known at a moment.

    `facts_known` is the size of the journal the statement rests on; `readings` the choices actually used.
    """

    contract: str
    terms_digest: str
    calendar_digest: str
    as_of: date
    known_at: datetime
    facts_known: int
    lines: tuple[Line, ...]
    obligations: tuple[Obligation, ...]
    rights: tuple[Right, ...]
    checks: tuple[Check, ...]
    questions: tuple[Question, ...]
    readings: tuple[tuple[str, str], ...]
    supposed: tuple[str, ...]

    def line(self, identifier: str) -> Line:
        """The line of that id. Raises KeyError."""
        return _named(self.lines, identifier)

    def obligation(self, identifier: str) -> Obligation:
        """The obligation of that id. Raises KeyError."""
        return _named(self.obligations, identifier)

    def right(self, identifier: str) -> Right:
        """The right of that id. Raises KeyError."""
        return _named(self.rights, identifier)

    def check(self, identifier: str) -> Check:
        """The check of that id. Raises KeyError."""
        return _named(self.checks, identifier)


def _named(findings: tuple[T, ...], identifier: str) -> T:
    for finding in findings:
        if finding.id == identifier:
            return finding
    raise KeyError(identifier)

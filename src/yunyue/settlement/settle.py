"""settle(): what is owed, by whom, why, as of a day and from what was known at a moment.

Pure and exact: the same terms, facts and calendar give the same statement to the byte, today and in fifteen years.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Generic, TypeVar

from yunyue.contract.document import digest
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import Fact, Recorded
from yunyue.journal.facts import ContractSupplemented
from yunyue.settlement.case import Case, sort
from yunyue.settlement.rules import RULES
from yunyue.settlement.rules.supplements import amended
from yunyue.settlement.rules.termination import effective_end
from yunyue.settlement.statement import Check, Finding, Line, Obligation, Question, Right, Statement
from yunyue.workdays import Calendar

F = TypeVar("F", Line, Obligation, Right, Check, Question)
V = TypeVar("V")


def settle(
    terms: Terms,
    facts: Iterable[Recorded],
    calendar: Calendar,
    as_of: date,
    known_at: datetime,
) -> Statement:
    """The statement of one contract as of a Beijing day, from the facts the journal had taken in by `known_at`.

    `terms` are the registered ones; supplements among the facts amend them. `facts` come in journal order and may
    hold other contracts'. Raises SupplementBroken for a recorded supplement that does not fit.
    """
    case = sort(terms, facts, calendar, as_of, known_at)
    supplements = [known.said for known in case.all(ContractSupplemented)]
    if supplements:
        case.terms = amended(terms, supplements, as_of)
    case.ended = effective_end(case)
    return _statement(case, terms, known_at)


def suppose(
    terms: Terms,
    facts: Iterable[Recorded],
    calendar: Calendar,
    moment: tuple[date, datetime],
    supposed: Sequence[Fact],
) -> Statement:
    """What settle() would say at `moment` (as_of, known_at) had these facts been taken in too; it names them."""
    as_of, known_at = moment
    known = [one for one in facts if one.recorded <= known_at]
    first = known[-1].sequence + 1 if known else 0
    added = [Recorded(first + index, known_at, fact) for index, fact in enumerate(supposed)]
    statement = settle(terms, [*known, *added], calendar, as_of, known_at)
    return replace(statement, supposed=tuple(fact.id for fact in supposed))


def _statement(case: Case, registered: Terms, known_at: datetime) -> Statement:
    findings = [finding for rule in RULES for finding in rule(case)]
    for finding in findings:
        for identifier in _named_readings(finding):
            case.reading(identifier)
    return Statement(
        contract=registered.id,
        terms_digest=_terms_digest(_Same(registered)),
        calendar_digest=_calendar_digest(_Same(case.calendar)),
        as_of=case.as_of,
        known_at=known_at,
        facts_known=case.size,
        lines=_of(findings, Line),
        obligations=_of(findings, Obligation),
        rights=_of(findings, Right),
        checks=_of(findings, Check),
        questions=(*_of(findings, Question), *case.questions.values()),
        readings=tuple(sorted(case.readings.items(), key=lambda pair: int(pair[0][1:]))),
        supposed=(),
    )


@dataclass(frozen=True, slots=True)
class _Same(Generic[V]):
    """A frozen value, compared by being the very same one: its digest takes longer than settling a small contract."""

    value: V

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value


@lru_cache(maxsize=16)
def _terms_digest(terms: _Same[Terms]) -> str:
    return digest(terms.value)


@lru_cache(maxsize=16)
def _calendar_digest(calendar: _Same[Calendar]) -> str:
    return calendar.value.digest()


def _named_readings(finding: Finding) -> tuple[str, ...]:
    return (finding.reading,) if isinstance(finding, Question) else finding.readings


def _of(findings: list[Finding], kind: type[F]) -> tuple[F, ...]:
    return tuple(finding for finding in findings if isinstance(finding, kind))

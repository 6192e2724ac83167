"""One contract's facts, sorted so that a rule finds what it needs; it notes which readings were used.

What counts are the facts about this contract that the journal knew at `known_at`, that had happened by the end of
`as_of` in Beijing, and that no correction known then withdraws. A correction counts from when it is known, whatever
day it bears.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from yunyue.contract.paths import name_of
from yunyue.contract.terms import Terms
from yunyue.journal.corrections import withdrawn
from yunyue.journal.envelope import BEIJING, Fact, Recorded
from yunyue.journal.facts import ContractTerminated, FactCorrected, Payload
from yunyue.settlement.compute import ONE, as_count, as_value, minus, plus_days, plus_workdays
from yunyue.settlement.statement import Question, Said
from yunyue.settlement.working import FromFact, FromTerm, Given, Op, Working
from yunyue.workdays import Calendar, NoNotice

P = TypeVar("P", bound=Payload)
P_co = TypeVar("P_co", bound=Payload, covariant=True)

_MONDAY_TO_FRIDAY = Calendar.monday_to_friday()


@dataclass(frozen=True, slots=True)
class Known(Generic[P_co]):
    """A fact that counts: its id, the Beijing day it happened, who said it, and what it says."""

    id: str
    day: date
    actor: str
    time: datetime
    said: P_co

    def at(self) -> FromFact:
        """The day it happened, as a leaf."""
        return FromFact(self.id, "day", self.day)

    def leaf(self, field_name: str) -> FromFact:
        """A field of it, as a leaf."""
        return FromFact(self.id, field_name, as_value(getattr(self.said, field_name)))


@dataclass(slots=True)
class Case:
    """Terms, calendar, the day asked about, and the facts that count, by type.

    `ended` is the termination that took effect, if one did: nothing accrues after it.
    """

    terms: Terms
    calendar: Calendar
    as_of: date
    facts: dict[type[Payload], list[Known[Any]]]
    size: int
    ended: Known[ContractTerminated] | None = None
    readings: dict[str, str] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    _memory: dict[object, Any] = field(default_factory=dict)

    def all(self, kind: type[P]) -> list[Known[P]]:
        """Facts of a kind, in the order they happened; of one moment, as the journal took them in."""
        return cast("list[Known[P]]", self.facts.get(kind, []))

    def reading(self, identifier: str) -> str:
        """The choice in force for a reading; asking notes that the statement used it."""
        choice = self.terms.readings[identifier]
        self.readings[identifier] = choice
        return choice

    def term(self, path: str) -> FromTerm:
        """A term as a leaf, by its dotted path; a step into a list is the entry's number, code or id."""
        leaf = self._memory.get(path)
        if leaf is None:
            leaf = self._memory[path] = FromTerm(path, as_value(_term(self.terms, path)))
        return cast(FromTerm, leaf)

    @property
    def today(self) -> Given:
        """The day asked about, as a leaf."""
        return Given("as_of", self.as_of)

    @property
    def until(self) -> Working:
        """The last day on which anything accrues: the day asked about, or the one the contract was ended on."""
        return self.today if self.ended is None else self.ended.at()

    def then(self, ending: Known[ContractTerminated]) -> "Case":
        """The case as it stood when somebody ended the contract, without that ending or any other."""
        facts = {kind: [known for known in group if known.time <= ending.time] for kind, group in self.facts.items()}
        facts.pop(ContractTerminated, None)
        return Case(self.terms, self.calendar, ending.day, facts, self.size)

    def remember(self, key: object, make: Callable[["Case"], Any]) -> Any:
        """The value made for a key the first time it was asked for: several rules look at the same days."""
        if key not in self._memory:
            self._memory[key] = make(self)
        return self._memory[key]

    def workdays_after(self, day: Working, count: Working) -> Op | None:
        """The n-th working day after a day by reading A2, the first day as reading A1 says.

        None when it falls in a year whose calendar is not announced; an estimate where A23 asks for one. Either way
        question A23 is raised.
        """
        if self.reading("A1") == "included" and as_count(count) > 0:
            day = plus_days(day, minus(Given("zero", 0), ONE))
        calendar = _MONDAY_TO_FRIDAY if self.reading("A2") == "monday_to_friday" else self.calendar
        try:
            return plus_workdays(day, count, calendar)
        except NoNotice as unknown:
            estimated = self.reading("A23") == "estimated"
            question = _not_announced(unknown.year, estimated)
            self.questions[question.id] = question
            return plus_workdays(day, count, self._estimating()) if estimated else None

    def _estimating(self) -> Calendar:
        return cast(Calendar, self.remember("estimating", lambda case: case.calendar.estimating()))


def _term(value: Any, path: str) -> Any:
    """What the terms state at a path; contract.paths.value_at says the same, and lists all neighbours on the way."""
    for name in path.split("."):
        if isinstance(value, tuple):
            value = next(one for place, one in enumerate(value) if name_of(one, place) == name)
        else:
            value = getattr(value, name)
    return value


def _not_announced(year: int, estimated: bool) -> Question:
    zh, en = ("工作日期限按周一至周五估算", "working-day deadlines are estimates, counted Monday to Friday")
    if not estimated:
        zh, en = ("工作日期限暂不可算", "a working-day deadline cannot be computed")
    said = Said(f"没有国务院 {year} 年放假安排，{zh}。", f"There is no State Council calendar of {year}: {en}.")
    return Question(f"calendar-{year}", "C03", "A23", said, ())


def sort(terms: Terms, facts: Iterable[Recorded], calendar: Calendar, as_of: date, known_at: datetime) -> Case:
    """The case of one contract. `facts` in journal order; those of other contracts are left out.

    The size of the journal that counts is the one after the contract's last fact: what others record changes nothing.
    """
    end = datetime.combine(as_of + timedelta(1), time(), BEIJING)
    kept: list[Recorded] = []
    corrections: list[Fact] = []
    size = 0
    for one in facts:
        if one.recorded > known_at:
            break
        fact = one.fact
        if fact.subject != terms.id:
            continue
        size = one.sequence + 1
        if type(fact.data) is FactCorrected:
            corrections.append(fact)
        if fact.time < end:
            kept.append(one)
    kept.sort(key=attrgetter("fact.time"))
    return Case(terms, calendar, as_of, _by_kind(kept, withdrawn(corrections)), size)


def _by_kind(kept: list[Recorded], gone: frozenset[str]) -> dict[type[Payload], list[Known[Any]]]:
    sorted_facts: dict[type[Payload], list[Known[Any]]] = {}
    for one in kept:
        fact = one.fact
        if fact.id in gone:
            continue
        known = Known(fact.id, fact.time.date(), fact.actor, fact.time, fact.data)
        kind = type(fact.data)
        group = sorted_facts.get(kind)
        if group is None:
            sorted_facts[kind] = [known]
        else:
            group.append(known)
    return sorted_facts

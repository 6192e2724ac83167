"""What the journal holds of one contract, as far as admitting further facts asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, cast

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.journal.corrections import withdrawn
from yunyue.journal.envelope import Fact, Recorded
from yunyue.journal.facts import ContractSupplemented, FactCorrected, Payload
from yunyue.settlement.rules.supplements import amended

P = TypeVar("P", bound=Payload)


@dataclass(slots=True)
class Known:
    """Facts by id and by kind; `registered` are the terms without supplements.

    A draft looks through to what it was drafted from, so that a batch can be tried without copying a journal;
    `coming` are the ids of the batch, so that a correction can name a replacement recorded with it.
    """

    registered: Terms
    base: Known | None = None
    coming: frozenset[str] = frozenset()
    by_id: dict[str, Fact] = field(default_factory=dict)
    by_kind: dict[type[Payload], list[Fact]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    _gone: frozenset[str] | None = None
    _terms: Terms | None = None

    @classmethod
    def of(cls, terms: Terms, facts: Iterable[Recorded]) -> Known:
        """What these facts of the contract make known."""
        known = cls(terms)
        for one in facts:
            if one.fact.subject == terms.id:
                known.add(one.fact)
        return known

    def draft(self, coming: frozenset[str] = frozenset()) -> Known:
        """A Known that starts with all this knows and adds to itself only."""
        return Known(self.registered, self, coming)

    def add(self, fact: Fact) -> None:
        """Take one more fact into account; one that is known already changes nothing."""
        if self.has(fact.id):
            return
        self.places[fact.id] = self.size
        self.by_id[fact.id] = fact
        self.by_kind.setdefault(type(fact.data), []).append(fact)
        if isinstance(fact.data, FactCorrected | ContractSupplemented):
            self._gone = self._terms = None

    @property
    def terms(self) -> Terms:
        """The terms with every supplement that stands, whenever it takes effect."""
        if self.base is not None and not self.by_kind.keys() & {FactCorrected, ContractSupplemented}:
            return self.base.terms
        if self._terms is None:
            self._terms = amended(self.registered, self.all(ContractSupplemented), date.max)
        return self._terms

    def fact(self, identifier: str) -> Fact | None:
        """The fact of that id, whether it still counts or not."""
        found = self.by_id.get(identifier)
        return found if found is not None or self.base is None else self.base.fact(identifier)

    @property
    def size(self) -> int:
        """How many facts are known."""
        return len(self.by_id) + (0 if self.base is None else self.base.size)

    def place(self, identifier: str) -> int:
        """How many facts were known before this one: the order of facts of one moment. Raises KeyError."""
        found = self.places.get(identifier)
        if found is None and self.base is not None:
            return self.base.place(identifier)
        return self.places[identifier]

    def has(self, identifier: str) -> bool:
        """Whether a fact of that id is known."""
        return self.fact(identifier) is not None

    def counts(self, identifier: str) -> bool:
        """Whether no correction that itself counts names that id."""
        return identifier not in self.gone()

    def gone(self) -> frozenset[str]:
        """The ids that corrections withdraw."""
        if FactCorrected not in self.by_kind:
            return frozenset() if self.base is None else self.base.gone()
        if self._gone is None:
            self._gone = withdrawn(self._every(FactCorrected))
        return self._gone

    def _every(self, kind: type[Payload]) -> list[Fact]:
        earlier = self.base._every(kind) if self.base is not None else []
        return [*earlier, *self.by_kind.get(kind, ())]

    def facts(self, kind: type[Payload]) -> list[Fact]:
        """Facts of a kind that still count, in journal order."""
        gone = self.gone()
        return [fact for fact in self._every(kind) if fact.id not in gone]

    def all(self, kind: type[P]) -> list[P]:
        """What the facts of a kind that still count say."""
        return [cast(P, fact.data) for fact in self.facts(kind)]

    def find(self, kind: type[Payload], name: str, value: object) -> Fact | None:
        """The first fact of a kind whose field has that value."""
        return next((fact for fact in self.facts(kind) if getattr(fact.data, name) == value), None)


def clause_of(fact: Fact) -> str:
    """The first clause a kind of fact serves."""
    return fact.data.clauses[0] if fact.data.clauses else ""


def must_exist(known: Known, fact: Fact, kind: type[Payload], name: str) -> Refused | None:
    """Refused unless a fact of `kind` that happened before has the same value in the field."""
    value = getattr(fact.data, name)
    found = known.find(kind, name, value)
    if found is None:
        return Refused(f"there is no {kind.type} with {name} {value!r}", f"{fact.type}.{name}", clause_of(fact))
    if fact.time < found.time:
        reason = f"it lies before the {found.type} of {found.day} that it answers"
        return Refused(reason, f"{fact.type}.time", clause_of(fact))
    return None


def must_be_new(known: Known, fact: Fact, name: str) -> Refused | None:
    """Refused if an earlier fact of the same kind has the value already."""
    value = getattr(fact.data, name)
    if known.find(type(fact.data), name, value) is not None:
        return Refused(f"{name} {value!r} is taken already", f"{fact.type}.{name}", clause_of(fact))
    return None


def must_be_another_person(made: Fact, checked: Fact) -> Refused | None:
    """Refused when maker and checker are one: who asked does not approve."""
    if made.actor == checked.actor:
        reason = f"{checked.actor} asked for it; another person approves"
        return Refused(reason, f"{checked.type}.actor", clause_of(checked))
    return None

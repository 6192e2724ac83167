"""What the journal holds of one contract, as far as admitting further facts asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from yunyue.answer import Refused
from yunyue.contract.amend import amend
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import Fact, Recorded
from yunyue.journal.facts import ContractSupplemented, FactCorrected, Payload

P = TypeVar("P", bound=Payload)


@dataclass(slots=True)
class Known:
    """Facts by kind, the ids taken, and the ids that no longer count; `terms` are amended as supplements come.

    A draft looks through to what it was drafted from, so that a batch can be tried without copying a journal.
    """

    terms: Terms
    base: Known | None = None
    ids: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    by_kind: dict[type[Payload], list[Fact]] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Terms, facts: Iterable[Recorded]) -> Known:
        """What these facts of the contract make known."""
        known = cls(terms)
        for one in facts:
            if one.fact.subject == terms.id:
                known.add(one.fact)
        return known

    def draft(self) -> Known:
        """A Known that starts with all this knows and adds to itself only."""
        return Known(self.terms, self)

    def add(self, fact: Fact) -> None:
        """Take one more fact into account."""
        self.ids.add(fact.id)
        if isinstance(fact.data, FactCorrected):
            self.withdrawn.add(fact.data.corrects)
        if isinstance(fact.data, ContractSupplemented):
            changed = amend(self.terms, fact.data.changes)
            self.terms = self.terms if isinstance(changed, Refused) else changed
        self.by_kind.setdefault(type(fact.data), []).append(fact)

    def has(self, identifier: str) -> bool:
        """Whether a fact of that id is known."""
        return identifier in self.ids or (self.base is not None and self.base.has(identifier))

    def counts(self, identifier: str) -> bool:
        """Whether no correction names that id."""
        return identifier not in self.withdrawn and (self.base is None or self.base.counts(identifier))

    def facts(self, kind: type[Payload]) -> list[Fact]:
        """Facts of a kind that still count."""
        earlier = self.base.facts(kind) if self.base is not None else []
        return [fact for fact in (*earlier, *self.by_kind.get(kind, ())) if self.counts(fact.id)]

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
    """Refused unless an earlier fact of `kind` has the same value in the field."""
    value = getattr(fact.data, name)
    if known.find(kind, name, value) is None:
        return Refused(f"there is no {kind.type} with {name} {value!r}", f"{fact.type}.{name}", clause_of(fact))
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

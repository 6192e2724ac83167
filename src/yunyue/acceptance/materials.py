"""The material an acceptance asks for, from what a contract knows; settlement/materials.py counts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yunyue.contract.terms import Terms
from yunyue.journal.facts import Milestone, Payload
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.moment import extended
from yunyue.settlement.materials import MILESTONES, Material, Span
from yunyue.settlement.materials import materials as counted
from yunyue.sla.months import service_months


def materials(known: Known, milestone: Milestone, today: date) -> tuple[Material, ...]:
    """What a milestone's acceptance asks for as of a day, and how much of it is there."""
    return counted(_Ledger(known), milestone, Span(today, service_months(extended(known, known.terms, today))))


@dataclass(frozen=True, slots=True)
class _Told:
    id: str
    day: date
    said: Payload


@dataclass(frozen=True, slots=True)
class _Ledger:
    known: Known

    @property
    def terms(self) -> Terms:
        return self.known.terms

    def all(self, kind: type[Payload], /) -> Sequence[_Told]:
        return [_Told(one.id, one.day, one.data) for one in self.known.facts(kind)]


__all__ = ["MILESTONES", "Material", "materials"]

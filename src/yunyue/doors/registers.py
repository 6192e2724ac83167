"""The registers of a contract as plain values, for programs: what the console's tables show."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from yunyue.acceptance.dealings import dealings
from yunyue.acceptance.exclusions import exclusions
from yunyue.acceptance.materials import MILESTONES, materials
from yunyue.acceptance.rectifications import rectifications
from yunyue.acceptance.scores import sheets
from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.kernel import Kernel
from yunyue.people.staff import register
from yunyue.settlement.admission import Known
from yunyue.tickets.incidents import incidents

Rows = list[dict[str, Any]]


def register_of(kernel: Kernel, contract: str, name: str, as_of: date) -> Rows | Refused:
    """The rows of a register as of a day. Refused: no such contract, no such register."""
    make = REGISTERS.get(name)
    if make is None:
        return Refused(f"there is no register {name!r}; there are: {', '.join(REGISTERS)}", "register")
    known, terms = kernel.known(contract), kernel.terms(contract, as_of)
    if isinstance(known, Refused):
        return known
    return terms if isinstance(terms, Refused) else make(known, terms, as_of)


def _staff(known: Known, terms: Terms, as_of: date) -> Rows:
    del as_of
    return [
        {
            "person": one.person,
            "post": one.post,
            "state": one.stage,
            "since": one.since.isoformat(),
            "conditions": {str(each.condition.number): each.state for each in one.conditions},
            "consents": sorted(one.consents),
            "undertaking": one.undertaking,
            "trainings": sorted(one.trainings),
        }
        for one in register(known, terms)
    ]


def _rectifications(known: Known, terms: Terms, as_of: date) -> Rows:
    del terms
    return [
        {
            "notice": one.notice,
            "about": one.about,
            "ordered": _day(one.ordered),
            "deadline": _day(one.deadline),
            "state": one.state,
            "days_left": one.left,
        }
        for one in rectifications(known, as_of)
    ]


def _exclusions(known: Known, terms: Terms, as_of: date) -> Rows:
    del terms, as_of
    return [
        {
            "exclusion": one.said.exclusion,
            "objective": one.said.objective,
            "start": one.said.start.isoformat(),
            "end": one.said.end.isoformat(),
            "ground": one.said.ground,
            "reason": one.said.reason,
            "state": one.state,
        }
        for one in exclusions(known)
    ]


def _materials(known: Known, terms: Terms, as_of: date) -> Rows:
    del terms
    return [
        {
            "milestone": milestone,
            "title_zh": one.title.zh,
            "title_en": one.title.en,
            "clause": one.clause,
            "needed": one.needed,
            "present": one.present,
            "missing": list(one.missing),
        }
        for milestone in MILESTONES
        for one in materials(known, milestone, as_of)
    ]


def _incidents(known: Known, terms: Terms, as_of: date) -> Rows:
    del terms
    return [
        {
            "incident": one.id,
            "order": one.said.order,
            "severity": one.said.severity,
            "about": one.said.about,
            "began": one.opened.time.isoformat(),
            "ended": None if one.closed is None else one.closed.time.isoformat(),
            "tickets": list(one.tickets),
            "facts": list(one.facts),
        }
        for one in incidents(known)
        if one.opened.day <= as_of
    ]


def _scores(known: Known, terms: Terms, as_of: date) -> Rows:
    del terms
    return [
        {
            "score": one.said.score,
            "template": one.said.template,
            "month": one.said.month,
            "points": str(one.said.points),
            "lost": str(one.lost),
            "deductions": [
                {"criterion": each.criterion, "points": str(each.points), "evidence": list(each.evidence)}
                for each in one.said.deductions
            ],
            "fact": one.fact.id,
        }
        for one in sheets(known)
        if one.fact.day <= as_of
    ]


def _dealings(known: Known, terms: Terms, as_of: date) -> Rows:
    del terms
    return [
        {
            "group": one.group,
            "about": one.about,
            "began": _day(one.facts[0].day),
            "channel": one.channel,
            "state": one.state,
            "facts": [each.id for each in one.facts],
            "proofs": list(one.proofs),
        }
        for one in dealings(known, as_of)
    ]


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()[:10]


REGISTERS: Final[Mapping[str, Callable[[Known, Terms, date], Rows]]] = {
    "staff": _staff,
    "rectifications": _rectifications,
    "exclusions": _exclusions,
    "materials": _materials,
    "incidents": _incidents,
    "scores": _scores,
    "dealings": _dealings,
}
"""By name; "staff" is for both sides and who audits only."""

"""The register of the provider's staff: who is at which post, and what shows each of the six conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yunyue.contract.terms import StaffCondition, Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    ConfidentialitySigned,
    LeavingReported,
    StaffAssigned,
    StaffChecked,
    StaffConsented,
    StaffLeft,
    StaffProposed,
    StaffRejected,
    StaffWaived,
    TrainingHeld,
)
from yunyue.settlement.admission import Known

Stage = Literal["nominated", "at_post", "leaving", "left", "refused"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A condition of 四(二), and what stands for it: a fact's id, or nothing yet."""

    condition: StaffCondition
    state: Literal["there", "waived", "failed", "missing"]
    fact: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person under a pseudonym. `consents` are the changes the client agreed to, `asked` what it is asked now."""

    person: str
    post: str
    replaces: str
    stage: Stage
    since: datetime
    conditions: tuple[Shown, ...]
    consents: frozenset[str]
    asked: Literal["", "assignment", "leaving"]
    undertaking: bool
    trainings: frozenset[str]


def register(known: Known, terms: Terms) -> tuple[Member, ...]:
    """Everybody who was proposed or assigned, those at their posts first."""
    people = sorted({_person(fact) for kind in (StaffProposed, StaffAssigned) for fact in known.facts(kind)})
    members = [_member(known, terms, person) for person in people]
    order = ("at_post", "leaving", "nominated", "refused", "left")
    return tuple(sorted(members, key=lambda one: (order.index(one.stage), one.post != "manager", one.person)))


def _member(known: Known, terms: Terms, person: str) -> Member:
    named = [f for kind in (StaffProposed, StaffAssigned) for f in known.facts(kind) if _person(f) == person]
    last = max(named, key=lambda fact: fact.time)
    assert isinstance(last.data, StaffProposed | StaffAssigned)
    consents = frozenset(one.change for one in known.all(StaffConsented) if one.person == person)
    stage, since = _stage(known, person)
    asked: Literal["", "assignment", "leaving"] = ""
    if stage == "nominated" and "assignment" not in consents:
        asked = "assignment"
    elif stage == "leaving" and "leaving" not in consents:
        asked = "leaving"
    return Member(
        person=person,
        post=last.data.post,
        replaces=last.data.replaces or "",
        stage=stage,
        since=since,
        conditions=tuple(_shown(known, person, one) for one in terms.staff_conditions),
        consents=consents,
        asked=asked,
        undertaking=any(one.person == person for one in known.all(ConfidentialitySigned)),
        trainings=frozenset(one.kind for one in known.all(TrainingHeld) if person in one.persons),
    )


STAGES: tuple[tuple[type[StaffProposed | StaffAssigned | LeavingReported | StaffLeft | StaffRejected], Stage], ...] = (
    (StaffProposed, "nominated"),
    (StaffAssigned, "at_post"),
    (LeavingReported, "leaving"),
    (StaffLeft, "left"),
    (StaffRejected, "refused"),
)


def _stage(known: Known, person: str) -> tuple[Stage, datetime]:
    """What happened to the person last; of one moment, the later step."""
    steps = [
        (fact.time, place, stage)
        for place, (kind, stage) in enumerate(STAGES)
        for fact in known.facts(kind)
        if _person(fact) == person
    ]
    time, _, stage = max(steps)
    return stage, time


def _shown(known: Known, person: str, condition: StaffCondition) -> Shown:
    checks = _about(known.facts(StaffChecked), person, condition.number)
    if checks and isinstance(checks[-1].data, StaffChecked) and checks[-1].data.met:
        return Shown(condition, "there", checks[-1].id)
    waivers = _about(known.facts(StaffWaived), person, condition.number)
    if waivers:
        return Shown(condition, "waived", waivers[-1].id)
    return Shown(condition, "failed", checks[-1].id) if checks else Shown(condition, "missing", "")


def _about(facts: Sequence[Fact], person: str, condition: int) -> list[Fact]:
    return [f for f in facts if (_person(f), getattr(f.data, "condition", 0)) == (person, condition)]


def _person(fact: Fact) -> str:
    return str(getattr(fact.data, "person", ""))

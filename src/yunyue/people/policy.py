"""What a person may say under a contract, beyond what any fact must fit: for one's own side, about one's own facts."""

from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    BY_TYPE,
    ClaimRaised,
    ContractSigned,
    ContractTerminated,
    FactCorrected,
    LeavingReported,
    NoticeGiven,
    Payload,
    ProposalRejected,
    StaffAssigned,
    StaffConsented,
    StaffLeft,
    StaffProposed,
    StaffRejected,
)
from yunyue.people.duties import APPROVER, DUTIES, MANAGER, SIDES, may_record
from yunyue.settlement.admission import Known


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks: the pseudonym facts carry, and the role.

    `earlier`: what facts called the same person under accounts of before: a new role checks nothing the old one made.
    """

    actor: str
    role: str
    earlier: frozenset[str] = frozenset()

    def said(self, actor: str) -> bool:
        """Whether what this actor said is this person's own."""
        return actor == self.actor or actor in self.earlier


def refusal(known: Known, said: Payload, who: Person) -> Refused | None:
    """None when this person may say this under what is known; else why not, with the clause."""
    kind = type(said)
    if not may_record(who.role, kind):
        duty = DUTIES.get(kind)
        why = f": {duty.why.en}" if duty else ""
        return Refused(f"{kind.type} is not recorded by role {who.role}{why}", kind.type, _clause(said))
    wrong = _own_side(said, who) or _own_question(known, said, who)
    return wrong or _fitting(known, said, who) or _asked_anew(known, said)


def by_oneself(known: Known, said: Payload, actor: str) -> bool:
    """Whether a fact that answers another person's answers nobody, or only what the same actor said.

    The journal takes such facts: what happened, happened. Whoever records it past the duties is told.
    """
    duty = DUTIES.get(type(said))
    if duty is None or not duty.answers or isinstance(said, ProposalRejected):
        return False  # a proposal's maker may take it back
    if isinstance(said, StaffConsented | StaffAssigned | StaffLeft):
        return _fitting(known, said, Person(actor, "")) is not None
    name = said.__struct_fields__[0]
    asked = [known.find(BY_TYPE[one], name, getattr(said, name)) for one in duty.answers]
    return all(one is None or one.actor == actor for one in asked)


def _fitting(known: Known, said: Payload, who: Person) -> Refused | None:
    match said:
        case FactCorrected():
            return _own_fact(known, said, who)
        case StaffConsented():
            return _asked_for(known, said, who)
        case StaffAssigned():
            return _agreed(known, said.person, "assignment", who)
        case StaffLeft():
            return _agreed(known, said.person, "leaving", who)
        case _:
            return None


def _own_question(known: Known, said: Payload, who: Person) -> Refused | None:
    """Nobody answers what they asked themselves, be it under an account of before."""
    if isinstance(said, StaffConsented | StaffAssigned | StaffLeft):
        return None  # asked about below, by person and change
    name = said.__struct_fields__[0]
    for one in DUTIES[type(said)].answers:
        asked = known.find(BY_TYPE[one], name, getattr(said, name))
        if asked is not None and asked.actor in who.earlier:
            return Refused(f"{asked.actor} asked for it; another person approves", f"{said.type}.actor", _clause(said))
    return None


def _own_side(said: Payload, who: Person) -> Refused | None:
    """Nobody signs, notifies, claims or terminates for the other side."""
    match said:
        case ContractSigned():
            spoken, field = said.party, "party"
        case NoticeGiven() | ClaimRaised() | ContractTerminated():
            spoken, field = said.by, "by"
        case _:
            return None
    if SIDES.get(who.role) == spoken:
        return None
    return Refused(f"a {who.role} does not speak for the {spoken}", f"{said.type}.{field}", _clause(said))


def _own_fact(known: Known, said: FactCorrected, who: Person) -> Refused | None:
    """A correction is asked for by who could have recorded the fact; what the platform measured, by nobody.

    What the client's approver alone records, its manager asks to correct: an approver then decides.
    """
    wrong = known.fact(said.corrects)
    while wrong is not None and isinstance(wrong.data, FactCorrected):
        wrong = known.fact(wrong.data.corrects)
    speaks = (who.role, APPROVER) if who.role == MANAGER else (who.role,)
    if wrong is None or any(may_record(role, type(wrong.data)) for role in speaks):
        return None
    duty = DUTIES[type(wrong.data)]
    return Refused(f"a {wrong.type} is not corrected by role {who.role}: {duty.why.en}", "fact.corrected.corrects")


def _asked_for(known: Known, said: StaffConsented, who: Person) -> Refused | None:
    """Consent answers a proposal, or a report of leaving, of another person."""
    kind: type[Payload] = StaffProposed if said.change == "assignment" else LeavingReported
    if any(not who.said(fact.actor) for fact in _about(known, kind, said.person)):
        return None
    return Refused(f"no {kind.type} of {said.person!r} by another person", "staff.consented.person", "C21")


def _agreed(known: Known, person: str, change: str, who: Person) -> Refused | None:
    """The client consented, after the last rejection, and it was another person (四, 五(二)6)."""
    rejected = [fact.time for fact in _about(known, StaffRejected, person)]
    for fact in known.facts(StaffConsented):
        assert isinstance(fact.data, StaffConsented)
        same = (fact.data.person, fact.data.change) == (person, change)
        if same and not who.said(fact.actor) and all(fact.time > day for day in rejected):
            return None
    clause = "C21" if change == "assignment" else "C24"
    return Refused(f"the client has not consented to the {change} of {person!r}", "person", clause)


def _asked_anew(known: Known, said: Payload) -> Refused | None:
    """A consent is to what was asked last: whoever left, or is proposed again, needs another (C21, C24)."""
    asked: tuple[type[Payload], ...]
    match said:
        case StaffAssigned():
            asked, change = (StaffProposed, StaffLeft), "assignment"
        case StaffLeft():
            asked, change = (LeavingReported,), "leaving"
        case _:
            return None
    given = [one for one in _about(known, StaffConsented, said.person) if getattr(one.data, "change", "") == change]
    since = max((known.place(one.id) for kind in asked for one in _about(known, kind, said.person)), default=-1)
    if max((known.place(one.id) for one in given), default=-1) < since:
        reason = f"the client has not consented to the {change} of {said.person!r} since it was asked for"
        return Refused(reason, "person", _clause(said))
    return _other_post(known, said) if isinstance(said, StaffAssigned) else None


def _other_post(known: Known, said: StaffAssigned) -> Refused | None:
    proposed = _about(known, StaffProposed, said.person)
    post = getattr(proposed[-1].data, "post", "") if proposed else said.post
    if post == said.post:
        return None
    return Refused(f"{said.person!r} was proposed as {post}, not as {said.post}", "staff.assigned.post", "C21")


def _about(known: Known, kind: type[Payload], person: str) -> list[Fact]:
    return [one for one in known.facts(kind) if getattr(one.data, "person", "") == person]


def _clause(said: Payload) -> str:
    return said.clauses[0] if said.clauses else ""

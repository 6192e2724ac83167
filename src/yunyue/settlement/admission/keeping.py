"""What holds, the destruction of documents, lent material and posts must fit: nothing is destroyed before its time."""

from datetime import date

import msgspec

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    KINDS,
    DocumentDestroyed,
    HoldLifted,
    HoldPlaced,
    MaterialLent,
    MaterialReturned,
    Payload,
    ScoreGiven,
    StaffAssigned,
    StaffLeft,
)
from yunyue.settlement.admission.known import Known, must_be_new, must_exist
from yunyue.settlement.admission.moment import last_day
from yunyue.settlement.retention import Kept, holds, kept
from yunyue.settlement.rules.staff import managers


def held(known: Known, fact: Fact, _: HoldPlaced) -> Refused | None:
    """Under a new id."""
    return must_be_new(known, fact, "hold")


def lifted(known: Known, fact: Fact, _: HoldLifted) -> Refused | None:
    """A hold that stands."""
    return must_exist(known, fact, HoldPlaced, "hold") or must_be_new(known, fact, "hold")


def names(said: Payload, digest: str) -> bool:
    """Whether a fact names a document."""
    if isinstance(said, DocumentDestroyed):
        return False
    if isinstance(said, ScoreGiven):
        return any(digest in one.evidence for one in said.deductions)
    return any(getattr(said, one.name) == digest for one in msgspec.structs.fields(said))


def keeping(known: Known, digest: str, today: date) -> Kept | None:
    """How long a document of this contract is kept, as of a day; None when no fact names it."""
    found = [fact for kind in KINDS for fact in known.facts(kind) if names(fact.data, digest)]
    if not found:
        return None
    return kept(known.terms, last_day(known, today), found, holds(known.all(HoldPlaced), known.all(HoldLifted)))


def destroyed(known: Known, fact: Fact, said: DocumentDestroyed) -> Refused | None:
    """Of this contract, after its retention (logs 6 calendar months, papers 15 years), and under no hold."""
    found = keeping(known, said.digest, fact.day)
    if found is None:
        return Refused(f"no fact of this contract names {said.digest}", "document.destroyed.digest", "C38")
    if found.holds:
        reason = f"the legal hold {', '.join(found.holds)} covers it"
        return Refused(reason, "document.destroyed.digest", "C32")
    if found.destroyable(fact.day):
        return must_be_new(known, fact, "digest")
    what = "a paper" if found.kind == "paper" else "a log"
    return Refused(f"{what} is kept until {found.until}", "document.destroyed.digest", "C38")


def assigned(known: Known, _: Fact, said: StaffAssigned) -> Refused | None:
    """One service manager: another takes the post only in the place of the one who holds it (四)."""
    if said.post != "manager":
        return None
    others = [person for person in current_managers(known) if person != said.person]
    if not others or said.replaces in others:
        return None
    reason = f"{others[0]} is service manager; there is one only, so say whose place is taken"
    return Refused(reason, "staff.assigned.replaces", "C21")


def current_managers(known: Known) -> tuple[str, ...]:
    """Who is service manager by what is known; of one moment, leaving comes last."""
    steps = [*known.facts(StaffAssigned), *known.facts(StaffLeft)]
    return managers(one.data for one in sorted(steps, key=lambda one: one.time))


def lent(known: Known, fact: Fact, said: MaterialLent) -> Refused | None:
    """Under a name of its own, so that what comes back is told from what is out."""
    before = known.find(MaterialLent, "item", said.item)
    if before is None:
        return None
    reason = f"{said.item!r} was lent on {before.day}; name what is lent again otherwise"
    return Refused(reason, f"{fact.type}.item", "C27")


def returned(known: Known, fact: Fact, _: MaterialReturned) -> Refused | None:
    """What was lent, once."""
    return must_exist(known, fact, MaterialLent, "item") or must_be_new(known, fact, "item")

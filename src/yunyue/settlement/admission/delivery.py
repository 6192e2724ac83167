"""What suspensions, acceptances and rework must fit."""

from yunyue.answer import Refused
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    AcceptanceConvened,
    AcceptanceHeld,
    AcceptanceOpined,
    ContractSigned,
    OrderPlaced,
    Payload,
    RectificationOrdered,
    RectificationReported,
    RectificationReviewed,
    ServiceSuspended,
)
from yunyue.settlement.admission.known import Known, must_be_new, must_exist


def of_order(known: Known, fact: Fact, _: Payload) -> Refused | None:
    """The order exists."""
    return must_exist(known, fact, OrderPlaced, "order")


def suspended(known: Known, fact: Fact, said: ServiceSuspended) -> Refused | None:
    """八(四): never for want of payment."""
    if said.ground == "nonpayment":
        return Refused("non-payment is no ground to stop a service", "service.suspended.ground", "C10")
    return must_exist(known, fact, OrderPlaced, "order")


def accepted(known: Known, fact: Fact, said: AcceptanceHeld) -> Refused | None:
    """The contract is in force, and the milestone was not passed before: what is accepted is not accepted again."""
    if {one.party for one in known.all(ContractSigned)} != {"client", "provider"}:
        return Refused("the contract is not in force: both sides sign and seal first", fact.type, "C33")
    for one in known.facts(AcceptanceHeld):
        assert isinstance(one.data, AcceptanceHeld)
        if one.data.milestone == said.milestone and one.data.result == "passed" and one.time < fact.time:
            reason = f"the {said.milestone} acceptance was passed on {one.day}; correct that fact instead"
            return Refused(reason, f"{fact.type}.milestone", "C19")
    return None


def opined(known: Known, fact: Fact, said: AcceptanceOpined) -> Refused | None:
    """By a member of an acceptance that was convened."""
    convened = [one for one in known.all(AcceptanceConvened) if one.milestone == said.milestone]
    if not convened:
        return must_exist(known, fact, AcceptanceConvened, "milestone")
    if any(said.member in one.members for one in convened):
        return None
    members = ", ".join(sorted({member for one in convened for member in one.members}))
    return Refused(f"{said.member!r} sits in no such acceptance; members: {members}", f"{fact.type}.member", "C19")


def rectification(known: Known, fact: Fact, said: RectificationOrdered) -> Refused | None:
    """A new notice, with a time that lies ahead."""
    if said.deadline <= fact.day:
        reason = f"the time for rework ends on {said.deadline}, not after the notice of {fact.day}"
        return Refused(reason, "rectification.ordered.deadline", "C13")
    return must_be_new(known, fact, "notice")


def rework(known: Known, fact: Fact, said: RectificationReported | RectificationReviewed) -> Refused | None:
    """It answers a notice, and comes after it."""
    notice = known.find(RectificationOrdered, "notice", said.notice)
    if notice is None:
        return must_exist(known, fact, RectificationOrdered, "notice")
    if fact.time < notice.time:
        return Refused(f"it lies before the notice of {notice.day}", f"{fact.type}.time", "C13")
    return None


def reviewed(known: Known, fact: Fact, said: RectificationReviewed) -> Refused | None:
    """It answers a report that nobody has reviewed yet."""
    refused = rework(known, fact, said)
    if refused is not None:
        return refused
    last = max(
        (one.time for one in _about(known, RectificationReported, said.notice) if one.time <= fact.time), default=None
    )
    if last is None:
        return Refused(f"nothing was reported yet on notice {said.notice!r}", f"{fact.type}.notice", "C13")
    before = next((one for one in _about(known, RectificationReviewed, said.notice) if one.time >= last), None)
    if before is None:
        return None
    reason = f"the last report was reviewed on {before.day}; correct that fact, or let the provider report again"
    return Refused(reason, f"{fact.type}.notice", "C13")


def _about(known: Known, kind: type[Payload], notice: str) -> list[Fact]:
    return [one for one in known.facts(kind) if getattr(one.data, "notice", "") == notice]

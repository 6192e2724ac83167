"""Which facts the journal takes in: a fact must fit the contract and what is already known.

A refusal changes nothing and names the field, the rule and the clause. What a dishonest side would like to record
(a service stopped for non-payment, its own approval, more money than there is) is refused here, before it is a fact.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from yunyue.answer import Refused
from yunyue.journal import facts
from yunyue.journal.envelope import Fact
from yunyue.settlement.admission import (
    delivery,
    evidence,
    keeping,
    ordering,
    payment,
    proposal,
    record,
    scores,
    tickets,
)
from yunyue.settlement.admission.known import Known
from yunyue.settlement.admission.moment import not_too_early

Rule = Callable[[Known, Fact, Any], Refused | None]

RULES: dict[type[facts.Payload], Rule] = {
    facts.ContractSigned: record.signed,
    facts.ContractSupplemented: record.supplemented,
    facts.FactCorrected: record.corrected,
    facts.BreachConfirmed: record.breach,
    facts.BreachCured: record.cured,
    facts.ContractTerminated: record.terminated,
    facts.MajeureBegan: record.began,
    facts.MajeureCertified: record.of_event,
    facts.MajeureEnded: record.of_event,
    facts.StaffWaived: record.waived,
    facts.ExclusionRequested: record.requested,
    facts.ExclusionApproved: record.excluded,
    facts.SampleWindow: evidence.window,
    facts.UsageMetered: evidence.usage,
    facts.VerdictReached: record.verdict,
    facts.FindingRaised: delivery.of_order,
    facts.FindingJudged: evidence.of_finding,
    facts.FindingAccepted: evidence.of_finding,
    facts.BaselineSet: delivery.of_order,
    facts.CompensationDecided: record.decided,
    facts.OrderPlaced: ordering.ordered,
    facts.OrderApproved: ordering.approved,
    facts.OrderChangeAsked: ordering.asked,
    facts.OrderChangeApproved: ordering.change_approved,
    facts.OrderCancelled: delivery.of_order,
    facts.ServiceDelivered: ordering.delivered,
    facts.ServiceSuspended: delivery.suspended,
    facts.ServiceResumed: delivery.of_order,
    facts.ServiceRetired: delivery.of_order,
    facts.AcceptanceOpined: delivery.opined,
    facts.AcceptanceHeld: delivery.accepted,
    facts.RectificationOrdered: delivery.rectification,
    facts.RectificationReported: delivery.rework,
    facts.RectificationReviewed: delivery.reviewed,
    facts.FundsArrived: payment.of_instalment,
    facts.ProgressConfirmed: payment.of_instalment,
    facts.InvoiceReceived: payment.paid,
    facts.PaymentMade: payment.paid,
    facts.SumSettled: payment.settled,
    facts.StaffAssigned: keeping.assigned,
    facts.MaterialLent: keeping.lent,
    facts.MaterialReturned: keeping.returned,
    facts.IncidentOpened: tickets.broke,
    facts.IncidentClosed: tickets.mended,
    facts.IncidentNoted: tickets.noted,
    facts.IncidentLinked: tickets.linked,
    facts.TicketOpened: tickets.opened,
    **dict.fromkeys(tickets.STEPS, tickets.step),
    facts.TicketEscalated: tickets.escalated,
    facts.ScoreTemplateSet: scores.template_set,
    facts.ScoreGiven: scores.given,
    facts.HoldPlaced: keeping.held,
    facts.HoldLifted: keeping.lifted,
    facts.DocumentDestroyed: keeping.destroyed,
    facts.ProposalMade: proposal.made,
    facts.ProposalApproved: proposal.approved,
    facts.ProposalRejected: proposal.rejected,
}
"""What each kind must fit. Kinds that are not here fit whenever they are well formed."""


def admit(known: Known, fact: Fact, now: datetime) -> Refused | None:
    """None when the fact may be recorded; else why not. Nothing is recorded before it has happened (`now`)."""
    if known.has(fact.id):
        return None  # the journal itself takes a repeated id once, and refuses other bytes under it
    if fact.time.tzinfo is None:
        return Refused(f"{fact.time.isoformat()} does not say in which zone", "time")
    if fact.time > now:
        return Refused(f"{fact.time.isoformat()} has not come yet; a fact is recorded once it happened", "time")
    rule = RULES.get(type(fact.data))
    refused = not_too_early(known, fact) or (None if rule is None else rule(known, fact, fact.data))
    return refused or _restored(known, fact.data)


def admit_all(known: Known, batch: Sequence[Fact], now: datetime) -> Refused | None:
    """None when all may be recorded, one after the other; else why the first of them that may not, may not."""
    tried = known.draft(frozenset(fact.id for fact in batch))
    for fact in batch:
        refused = admit(tried, fact, now)
        if refused is not None:
            return refused
        tried.add(fact)
    return None


def _restored(known: Known, said: facts.Payload) -> Refused | None:
    """A correction of a correction brings a fact back: that fact must fit again as if it came now."""
    taken_back = known.fact(said.corrects) if isinstance(said, facts.FactCorrected) else None
    if taken_back is None or not isinstance(taken_back.data, facts.FactCorrected):
        return None
    back = known.fact(taken_back.data.corrects)
    rule = None if back is None else RULES.get(type(back.data))
    return None if rule is None or back is None else rule(known, back, back.data)


__all__ = ["RULES", "Known", "admit", "admit_all"]

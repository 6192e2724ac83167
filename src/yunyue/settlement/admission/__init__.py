"""Which facts the journal takes in: a fact must fit the contract and what is already known.

A refusal changes nothing and names the field, the rule and the clause. What a dishonest side would like to record
(a service stopped for non-payment, its own approval, more money than there is) is refused here, before it is a fact.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from yunyue.answer import Refused
from yunyue.journal import facts
from yunyue.journal.envelope import Fact
from yunyue.settlement.admission import delivery, payment, record
from yunyue.settlement.admission.known import Known

Rule = Callable[[Known, Fact, Any], Refused | None]

RULES: dict[type[facts.Payload], Rule] = {
    facts.ContractSigned: record.signed,
    facts.ContractSupplemented: record.supplemented,
    facts.FactCorrected: record.corrected,
    facts.BreachCured: record.cured,
    facts.MajeureCertified: record.of_event,
    facts.MajeureEnded: record.of_event,
    facts.StaffWaived: record.waived,
    facts.ExclusionRequested: record.requested,
    facts.ExclusionApproved: record.excluded,
    facts.CompensationDecided: record.decided,
    facts.OrderPlaced: delivery.ordered,
    facts.OrderApproved: delivery.approved,
    facts.OrderCancelled: delivery.of_order,
    facts.ServiceDelivered: delivery.of_order,
    facts.ServiceSuspended: delivery.suspended,
    facts.ServiceResumed: delivery.of_order,
    facts.ServiceRetired: delivery.of_order,
    facts.AcceptanceHeld: delivery.accepted,
    facts.RectificationOrdered: delivery.rectification,
    facts.RectificationReported: delivery.rework,
    facts.RectificationReviewed: delivery.rework,
    facts.FundsArrived: payment.of_instalment,
    facts.ProgressConfirmed: payment.of_instalment,
    facts.InvoiceReceived: payment.paid,
    facts.PaymentMade: payment.paid,
    facts.SumSettled: payment.settled,
}
"""What each kind must fit. Kinds that are not here fit whenever they are well formed."""


def admit(known: Known, fact: Fact, now: datetime) -> Refused | None:
    """None when the fact may be recorded; else why not. Nothing is recorded before it has happened (`now`)."""
    if known.has(fact.id):
        return None  # the journal itself takes a repeated id once, and refuses other bytes under it
    if fact.time > now:
        return Refused(f"{fact.time.isoformat()} has not come yet; a fact is recorded once it happened", "time")
    rule = RULES.get(type(fact.data))
    return None if rule is None else rule(known, fact, fact.data)


__all__ = ["RULES", "Known", "admit"]

"""What gates, invoices and payments must fit: an instalment that exists, and no more than is left of it."""

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import FundsArrived, InvoiceReceived, PaymentMade, ProgressConfirmed, SumSettled
from yunyue.money import Money, total
from yunyue.settlement.admission.known import Known, clause_of


def of_instalment(known: Known, fact: Fact, said: FundsArrived | ProgressConfirmed) -> Refused | None:
    """The instalment exists."""
    return _instalment(known.terms, fact, said.instalment)


def _instalment(terms: Terms, fact: Fact, number: int) -> Refused | None:
    if terms.instalment(number) is None:
        numbers = ", ".join(str(one.number) for one in terms.instalments)
        return Refused(f"there is no instalment {number}; known: {numbers}", f"{fact.type}.instalment", "C06")
    return None


def paid(known: Known, fact: Fact, said: PaymentMade | InvoiceReceived) -> Refused | None:
    """Above nothing, and not above what is left of the instalment (八(一): nothing else is payable)."""
    instalment = known.terms.instalment(said.instalment)
    if instalment is None:
        return _instalment(known.terms, fact, said.instalment)
    if said.amount <= Money.ZERO:
        return Refused("an amount is above 0.00", f"{fact.type}.amount", clause_of(fact))
    left = instalment.amount - total(one.amount for one in known.all(type(said)) if one.instalment == said.instalment)
    if said.amount > left:
        reason = f"{said.amount.grouped()} exceeds what is left of instalment {said.instalment}: {left.grouped()}"
        return Refused(reason, f"{fact.type}.amount", "C02")
    return None


def settled(known: Known, fact: Fact, said: SumSettled) -> Refused | None:
    """Above nothing."""
    del known
    if said.amount <= Money.ZERO:
        return Refused("an amount is above 0.00", f"{fact.type}.amount")
    return None

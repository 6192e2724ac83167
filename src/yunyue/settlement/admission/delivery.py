"""What orders, suspensions, acceptances and rework must fit."""

from datetime import date
from decimal import Decimal

from yunyue.answer import Refused
from yunyue.contract.terms import Item, Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    AcceptanceHeld,
    ContractSigned,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    Payload,
    RectificationOrdered,
    RectificationReported,
    RectificationReviewed,
    ServiceSuspended,
)
from yunyue.settlement.admission.known import Known, must_be_another_person, must_be_new, must_exist


def ordered(known: Known, fact: Fact, said: OrderPlaced) -> Refused | None:
    """An item of the catalogue, of its service, within the term and within what is left of it."""
    item = known.terms.item(said.item)
    if item is None:
        codes = ", ".join(one.code for one in known.terms.catalogue.items)
        return Refused(f"{said.item!r} is not in the catalogue; known: {codes}", "order.placed.item", "C37")
    if item.service != said.service:
        return Refused(f"item {item.code!r} belongs to service {item.service!r}", "order.placed.service", "C37")
    return (
        must_be_new(known, fact, "order") or _in_term(known.terms, said.deliver_by) or _in_quantity(known, said, item)
    )


def _in_term(terms: Terms, day: date) -> Refused | None:
    start, end = terms.term.start, terms.term.end
    if start <= day <= end:
        return None
    return Refused(f"{day} is outside the term {start} to {end}", "order.placed.deliver_by", "C01")


def _in_quantity(known: Known, said: OrderPlaced, item: Item) -> Refused | None:
    """The contract's total buys so much of the item and no more (C02)."""
    if said.quantity <= 0:
        return Refused("an order needs a quantity above 0", "order.placed.quantity", "C02")
    cancelled = {one.order for one in known.all(OrderCancelled)}
    same = [one for one in known.all(OrderPlaced) if one.item == said.item and one.order not in cancelled]
    left = item.quantity - sum((one.quantity for one in same), Decimal())
    if said.quantity > left:
        return Refused(f"{said.quantity} exceeds what is left of {said.item}: {left}", "order.placed.quantity", "C02")
    return None


def approved(known: Known, fact: Fact, said: OrderApproved) -> Refused | None:
    """By another person than the one who ordered."""
    placed = known.find(OrderPlaced, "order", said.order)
    refused = must_exist(known, fact, OrderPlaced, "order")
    return refused if placed is None or refused else must_be_another_person(placed, fact)


def of_order(known: Known, fact: Fact, _: Payload) -> Refused | None:
    """The order exists."""
    return must_exist(known, fact, OrderPlaced, "order")


def suspended(known: Known, fact: Fact, said: ServiceSuspended) -> Refused | None:
    """八(四): never for want of payment."""
    if said.ground == "nonpayment":
        return Refused("non-payment is no ground to stop a service", "service.suspended.ground", "C10")
    return must_exist(known, fact, OrderPlaced, "order")


def accepted(known: Known, fact: Fact, _: AcceptanceHeld) -> Refused | None:
    """The contract is in force."""
    if {one.party for one in known.all(ContractSigned)} != {"client", "provider"}:
        return Refused("the contract is not in force: both sides sign and seal first", fact.type, "C33")
    return None


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

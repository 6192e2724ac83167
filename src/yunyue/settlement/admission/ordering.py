"""What orders and their changes must fit: the catalogue, the term (C01), and what is left of the total (C02)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from yunyue.answer import Refused
from yunyue.contract.terms import Item, Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    OrderApproved,
    OrderCancelled,
    OrderChangeApproved,
    OrderChangeAsked,
    OrderPlaced,
    ServiceDelivered,
    ServiceRetired,
)
from yunyue.money import Money
from yunyue.settlement.admission.known import Known, must_be_another_person, must_be_new, must_exist


@dataclass(frozen=True, slots=True)
class Agreed:
    """An order as it stands today, with every change that was approved."""

    placed: OrderPlaced
    quantity: Decimal
    deliver_by: date
    parameters: str | None


def agreed(known: Known, placed: OrderPlaced) -> Agreed:
    """The order with its approved changes, in the order of approval."""
    asked = {one.change: one for one in known.all(OrderChangeAsked) if one.order == placed.order}
    quantity, day, parameters = placed.quantity, placed.deliver_by, placed.parameters
    for one in known.all(OrderChangeApproved):
        change = asked.get(one.change)
        if change is not None:
            quantity, day, parameters = change.quantity, change.deliver_by, change.parameters or parameters
    return Agreed(placed, quantity, day, parameters)


def left(known: Known, item: Item, but: str = "") -> Decimal:
    """How much of an item can still be ordered; the order `but` is not counted."""
    cancelled = {one.order for one in known.all(OrderCancelled)} | {but}
    same = [one for one in known.all(OrderPlaced) if one.item == item.code and one.order not in cancelled]
    return item.quantity - sum((agreed(known, one).quantity for one in same), Decimal())


def committed(known: Known, but: str = "") -> Money:
    """What the orders that stand come to at the prices of the catalogue, rounded once an order (A6)."""
    cancelled = {one.order for one in known.all(OrderCancelled)} | {but}
    sums = [cost(known.terms, one.item, agreed(known, one).quantity) for one in known.all(OrderPlaced)
            if one.order not in cancelled]  # fmt: skip
    return sum(sums, Money.ZERO)


def cost(terms: Terms, item: str, quantity: Decimal) -> Money:
    """So much of an item at its unit price; an item the terms no longer have costs nothing."""
    found = terms.item(item)
    if found is None:
        return Money.ZERO
    return found.unit_price.times(Fraction(quantity)).rounded("A6")


def ordered(known: Known, fact: Fact, said: OrderPlaced) -> Refused | None:
    """An item of the catalogue, of its service, within the term and within what is left of it."""
    item = known.terms.item(said.item)
    if item is None:
        codes = ", ".join(one.code for one in known.terms.catalogue.items)
        return Refused(f"{said.item!r} is not in the catalogue; known: {codes}", "order.placed.item", "C37")
    if item.service != said.service:
        return Refused(f"item {item.code!r} belongs to service {item.service!r}", "order.placed.service", "C37")
    return must_be_new(known, fact, "order") or fits(known, item, said)


def fits(known: Known, item: Item, said: OrderPlaced | OrderChangeAsked) -> Refused | None:
    """Within the term (C01), and within the quantity and the total the contract buys (C02)."""
    return _in_term(known.terms, said) or _in_quantity(known, item, said)


def _in_term(terms: Terms, said: OrderPlaced | OrderChangeAsked) -> Refused | None:
    start, end = terms.term.start, terms.term.end
    if start <= said.deliver_by <= end:
        return None
    return Refused(f"{said.deliver_by} is outside the term {start} to {end}", f"{said.type}.deliver_by", "C01")


def _in_quantity(known: Known, item: Item, said: OrderPlaced | OrderChangeAsked) -> Refused | None:
    if said.quantity <= 0:
        return Refused("an order needs a quantity above 0", f"{said.type}.quantity", "C02")
    rest = left(known, item, said.order)
    if said.quantity > rest:
        return Refused(f"{said.quantity} exceeds what is left of {item.code}: {rest}", f"{said.type}.quantity", "C02")
    total = known.terms.price.total
    free = total - committed(known, said.order)
    wanted = cost(known.terms, item.code, said.quantity)
    if free < wanted:
        reason = f"it costs {wanted}, and of the total {total} only {free} is left"
        return Refused(reason, f"{said.type}.quantity", "C02")
    return None


def approved(known: Known, fact: Fact, said: OrderApproved) -> Refused | None:
    """By another person than the one who ordered."""
    placed = known.find(OrderPlaced, "order", said.order)
    refused = must_exist(known, fact, OrderPlaced, "order")
    return refused if placed is None or refused else must_be_another_person(placed, fact)


def asked(known: Known, fact: Fact, said: OrderChangeAsked) -> Refused | None:
    """A new change of an order that still stands; what it asks fits the contract."""
    refused = must_be_new(known, fact, "change") or must_exist(known, fact, OrderPlaced, "order")
    return refused or _still_fits(known, said)


def _still_fits(known: Known, said: OrderChangeAsked) -> Refused | None:
    over = known.find(OrderCancelled, "order", said.order) or known.find(ServiceRetired, "order", said.order)
    if over is not None:
        return Refused(f"order {said.order} ended on {over.day}", f"{said.type}.order", "C37")
    placed = known.find(OrderPlaced, "order", said.order)
    assert placed is not None, "must_exist looked"
    assert isinstance(placed.data, OrderPlaced)
    item = known.terms.item(placed.data.item)
    if item is None:
        return Refused(f"{placed.data.item!r} is not in the catalogue any more", f"{said.type}.order", "C37")
    return fits(known, item, said)


def change_approved(known: Known, fact: Fact, said: OrderChangeApproved) -> Refused | None:
    """By another person than the one who asked, once, while it still fits; a day that has passed is not moved."""
    made = known.find(OrderChangeAsked, "change", said.change)
    refused = must_exist(known, fact, OrderChangeAsked, "change") or must_be_new(known, fact, "change")
    if made is None or refused is not None:
        return refused
    assert isinstance(made.data, OrderChangeAsked)
    refused = must_be_another_person(made, fact)
    return refused or _still_fits(known, made.data) or _not_late(known, fact, made.data)


def _not_late(known: Known, fact: Fact, asked_for: OrderChangeAsked) -> Refused | None:
    """九(二): what is late already stays late; another day afterwards would undo it."""
    placed = next(one for one in known.all(OrderPlaced) if one.order == asked_for.order)
    day = agreed(known, placed).deliver_by
    delivered = known.find(ServiceDelivered, "order", asked_for.order)
    ready = fact.day if delivered is None else delivered.day
    if asked_for.deliver_by == day or ready <= day:
        return None
    reason = f"the order was to be delivered by {day}; a day that has passed is not moved"
    return Refused(reason, f"{fact.type}.change", "C11")

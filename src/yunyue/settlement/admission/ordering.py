"""What orders and their changes must fit: the catalogue, the term (C01), and what is left of the total (C02)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

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
    UsageMetered,
)
from yunyue.money import Money
from yunyue.settlement.admission.known import Known, must_be_another_person, must_be_new, must_exist
from yunyue.settlement.admission.moment import last_day


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
    same = [one for one in known.all(OrderPlaced) if one.item == item.code and one.order != but]
    return item.quantity - sum(_taken(known, same).values(), Decimal())


def committed(known: Known, but: str = "") -> Money:
    """What the orders take up at the prices of the catalogue, rounded once an order (A6)."""
    placed = {one.order: one for one in known.all(OrderPlaced) if one.order != but}
    taken = _taken(known, placed.values())
    return sum((cost(known.terms, placed[order].item, quantity) for order, quantity in taken.items()), Money.ZERO)


def taken_up(known: Known) -> tuple[dict[str, Decimal], Money]:
    """How much of each item the orders take up, and what all of it comes to (see `left`, `committed`): in one go."""
    placed = {one.order: one for one in known.all(OrderPlaced)}
    items: dict[str, Decimal] = {}
    total = Money.ZERO
    for order, quantity in _taken(known, placed.values()).items():
        item = placed[order].item
        items[item] = items.get(item, Decimal()) + quantity
        total += cost(known.terms, item, quantity)
    return items, total


def _taken(known: Known, placed: Iterable[OrderPlaced]) -> dict[str, Decimal]:
    """How much of its item each order takes up: all of it, and once cancelled what it had used: that is spent."""
    orders = {one.order: one for one in placed}
    taken = {order: agreed(known, one).quantity for order, one in orders.items()}
    over = {one.order for one in known.all(OrderCancelled)} & orders.keys()
    used = _used(known, [orders[order] for order in over])
    return taken | {order: min(taken[order], used[order]) for order in over}


def _used(known: Known, orders: Sequence[OrderPlaced]) -> dict[str, Decimal]:
    """How much of its item each order used, by the item's own meter."""
    used = {one.order: Decimal() for one in orders}
    delivered = {one.order for one in known.all(ServiceDelivered)}
    meters = {
        one.order: item.meter for one in orders if one.order in delivered and (item := known.terms.item(one.item))
    }
    for one in known.all(UsageMetered) if meters else ():
        if meters.get(one.order) == one.meter:
            used[one.order] += one.quantity
    return used


def cost(terms: Terms, item: str, quantity: Decimal) -> Money:
    """So much of an item at its unit price; an item the terms no longer have costs nothing."""
    found = terms.item(item)
    if found is None:
        return Money.ZERO
    return found.unit_price.times(Fraction(quantity)).rounded("A6")


def overrun(known: Known) -> Refused | None:
    """Why what is ordered is more than the contract buys (C02); None while it is not."""
    taken, total = taken_up(known)
    for item in known.terms.catalogue.items:
        rest = item.quantity - taken.get(item.code, Decimal())
        if rest < 0:
            return Refused(
                f"{item.code} would be ordered beyond the contract by {-rest}", "order.placed.quantity", "C02"
            )
    over = total - known.terms.price.total
    if over <= Money.ZERO:
        return None
    return Refused(f"the orders would exceed the total by {over}", "order.placed.quantity", "C02")


def ordered(known: Known, fact: Fact, said: OrderPlaced) -> Refused | None:
    """An item of the catalogue, of its service, within the term and within what is left of it."""
    item = known.terms.item(said.item)
    if item is None:
        codes = ", ".join(one.code for one in known.terms.catalogue.items)
        return Refused(f"{said.item!r} is not in the catalogue; known: {codes}", "order.placed.item", "C37")
    if item.service != said.service:
        return Refused(f"item {item.code!r} belongs to service {item.service!r}", "order.placed.service", "C37")
    return must_be_new(known, fact, "order") or fits(known, fact, item, said)


def fits(known: Known, fact: Fact, item: Item, said: OrderPlaced | OrderChangeAsked) -> Refused | None:
    """Within the term (C01), and within the quantity and the total the contract buys (C02)."""
    return _in_term(known, fact, said) or _in_quantity(known, item, said)


def _in_term(known: Known, fact: Fact, said: OrderPlaced | OrderChangeAsked) -> Refused | None:
    """The term as force majeure has extended it by the day of the fact (十一(一), C29)."""
    start, end = known.terms.term.start, last_day(known, fact.day)
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
    """By another person than the one who ordered, once, while the order stands and still fits."""
    placed = known.find(OrderPlaced, "order", said.order)
    refused = must_exist(known, fact, OrderPlaced, "order")
    if placed is None or refused is not None:
        return refused
    refused = must_be_another_person(placed, fact) or stands(known, said.order, f"{fact.type}.order")
    return refused or _once(known, said) or _fits_now(known, fact, placed)


def _once(known: Known, said: OrderApproved) -> Refused | None:
    before = known.find(OrderApproved, "order", said.order)
    if before is None:
        return None
    return Refused(f"order {said.order} was approved on {before.day}", f"{said.type}.order", "C37")


def _fits_now(known: Known, fact: Fact, placed: Fact) -> Refused | None:
    """A supplement may have left less than there was when it was placed."""
    assert isinstance(placed.data, OrderPlaced)
    item, now = known.terms.item(placed.data.item), agreed(known, placed.data)
    if item is None:
        return None
    return fits(known, fact, item, replace(placed.data, quantity=now.quantity, deliver_by=now.deliver_by))


def delivered(known: Known, fact: Fact, said: ServiceDelivered) -> Refused | None:
    """Of an order that was not cancelled before."""
    over = known.find(OrderCancelled, "order", said.order)
    if over is None or fact.time < over.time:
        return must_exist(known, fact, OrderPlaced, "order")
    return Refused(f"order {said.order} ended on {over.day}", f"{fact.type}.order", "C37")


def stands(known: Known, order: str, field: str) -> Refused | None:
    """Refused once the order was cancelled, or its service retired: nothing more comes of it."""
    over = known.find(OrderCancelled, "order", order) or known.find(ServiceRetired, "order", order)
    return None if over is None else Refused(f"order {order} ended on {over.day}", field, "C37")


def asked(known: Known, fact: Fact, said: OrderChangeAsked) -> Refused | None:
    """A new change of an order that still stands; what it asks fits the contract."""
    refused = must_be_new(known, fact, "change") or must_exist(known, fact, OrderPlaced, "order")
    return refused or _still_fits(known, fact, said)


def _still_fits(known: Known, fact: Fact, said: OrderChangeAsked) -> Refused | None:
    refused = stands(known, said.order, f"{said.type}.order")
    if refused is not None:
        return refused
    placed = known.find(OrderPlaced, "order", said.order)
    assert placed is not None, "must_exist looked"
    assert isinstance(placed.data, OrderPlaced)
    item = known.terms.item(placed.data.item)
    if item is None:
        return Refused(f"{placed.data.item!r} is not in the catalogue any more", f"{said.type}.order", "C37")
    return fits(known, fact, item, said) or _not_below_used(known, placed.data, said)


def _not_below_used(known: Known, placed: OrderPlaced, said: OrderChangeAsked) -> Refused | None:
    """What was used is spent: an order is not made smaller than that."""
    used = min(_used(known, [placed])[placed.order], agreed(known, placed).quantity)
    if said.quantity >= used:
        return None
    return Refused(f"{used} of order {placed.order} are used already", f"{said.type}.quantity", "C02")


def change_approved(known: Known, fact: Fact, said: OrderChangeApproved) -> Refused | None:
    """By another person than the one who asked, once, while it still fits; a day that has passed is not moved."""
    made = known.find(OrderChangeAsked, "change", said.change)
    refused = must_exist(known, fact, OrderChangeAsked, "change") or must_be_new(known, fact, "change")
    if made is None or refused is not None:
        return refused
    assert isinstance(made.data, OrderChangeAsked)
    refused = must_be_another_person(made, fact)
    return refused or _still_fits(known, fact, made.data) or _not_late(known, fact, made.data)


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

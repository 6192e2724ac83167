"""Placing, approving, providing and ending an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Entry, Order, Result, understand_parameters
from yunyue.host.randomness import identifier
from yunyue.journal.envelope import canonical, understand
from yunyue.journal.facts import OrderApproved, OrderCancelled, OrderPlaced, Payload, ServiceDelivered, ServiceRetired
from yunyue.kernel import Happening, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.settlement.admission.ordering import agreed


@dataclass(frozen=True, slots=True)
class Wish:
    """What a department asks for; everything in it is untrusted."""

    service: str
    item: str
    quantity: Decimal
    tenant: str
    deliver_by: date
    parameters: Mapping[str, object]
    order: str = ""
    """An id of the caller's own; placing twice under it is refused."""


def place(hosting: Hosting, contract: str, wish: Wish, recorder: Recorder) -> str | Refused:
    """The id of the new order. Refused: a service not yet available, wrong parameters, what admission refuses."""
    service = hosting.service(wish.service)
    if isinstance(service, Refused):
        return service
    document = keep_parameters(hosting, service.entry, wish.parameters)
    if isinstance(document, Refused):
        return document
    kernel = hosting.kernel
    order = wish.order or identifier("order", kernel.clock.now())
    said = understand(
        "order.placed",
        {
            "order": order,
            "service": wish.service,
            "item": wish.item,
            "quantity": str(wish.quantity),
            "tenant": wish.tenant,
            "deliver_by": wish.deliver_by.isoformat(),
            "parameters": document,
        },
    )
    if isinstance(said, Refused):
        return said
    return record(hosting, contract, [said], recorder) or order


def keep_parameters(hosting: Hosting, entry: Entry, given: Mapping[str, object]) -> str | Refused:
    """The digest under which a service's parameters now lie. Refused: the field that is wrong."""
    parameters = understand_parameters(entry.parameters, given, strict=False)
    if isinstance(parameters, Refused):
        return parameters
    return hosting.kernel.objects.put(canonical(msgspec.to_builtins(parameters)))


def approve(hosting: Hosting, contract: str, order: str, recorder: Recorder) -> Refused | None:
    """Agree to an order and have it provided; the approver is another person than the one who ordered."""
    placed = find(hosting, contract, order)
    if isinstance(placed, Refused):
        return placed
    refused = record(hosting, contract, [OrderApproved(order=order)], recorder)
    return refused or provide(hosting, contract, placed)


def provide(hosting: Hosting, contract: str, placed: OrderPlaced) -> Refused | None:
    """Have the service make what was ordered; done again for the same order it changes nothing.

    Refused: the order was cancelled, also while the service was at work: then what it made is given back.
    """
    if has(hosting, contract, ServiceDelivered, placed.order):
        return None
    if has(hosting, contract, OrderCancelled, placed.order):
        return _cancelled(placed.order)
    service = hosting.service(placed.service)
    if isinstance(service, Refused):
        return service
    wanted = wanted_now(hosting, contract, placed)
    if isinstance(wanted, Refused):
        return wanted
    host = hosting.host(contract, placed.service)
    made = service.provision(wanted, host)
    if isinstance(made, Refused):
        return made
    refused = record(hosting, contract, made, Recorder(f"service:{placed.service}", "/services"))
    if refused is not None and has(hosting, contract, OrderCancelled, placed.order):
        retired = service.retire(placed.order, host)
        return retired if isinstance(retired, Refused) else _cancelled(placed.order)
    return refused


def _cancelled(order: str) -> Refused:
    return Refused(f"order {order} was cancelled; nothing more is provided for it", "order", "C37")


def wanted_now(hosting: Hosting, contract: str, placed: OrderPlaced) -> Order | Refused:
    """What the service is asked for: the order with every change that was approved."""
    known = hosting.kernel.known(contract)
    if isinstance(known, Refused):
        return known
    now = agreed(known, placed)
    parameters = parameters_of(hosting, now.parameters)
    if isinstance(parameters, Refused):
        return parameters
    return Order(placed.order, placed.item, now.quantity, placed.tenant, parameters)


def end(hosting: Hosting, contract: str, order: str, reason: str, recorder: Recorder) -> Refused | None:
    """Cancel an order; what was delivered is retired first."""
    placed = find(hosting, contract, order)
    if isinstance(placed, Refused):
        return placed
    retired = _retired(hosting, contract, placed)
    if isinstance(retired, Refused):
        return retired
    return record(hosting, contract, [*retired, OrderCancelled(order=order, reason=reason)], recorder)


def _retired(hosting: Hosting, contract: str, placed: OrderPlaced) -> Result:
    """Give back what was delivered, and what a crash left between making it and putting it on record."""
    order = placed.order
    delivered = has(hosting, contract, ServiceDelivered, order)
    if has(hosting, contract, ServiceRetired, order) or not (delivered or has(hosting, contract, OrderApproved, order)):
        return ()
    service = hosting.service(placed.service)
    retired = service if isinstance(service, Refused) else service.retire(order, hosting.host(contract, placed.service))
    return retired if delivered else ()


def find(hosting: Hosting, contract: str, order: str) -> OrderPlaced | Refused:
    """The order of that id under a contract."""
    known = hosting.kernel.known(contract)
    if isinstance(known, Refused):
        return known
    placed = next((one for one in known.all(OrderPlaced) if one.order == order), None)
    return placed or Refused(f"there is no order {order!r}", "order", "C37")


def has(hosting: Hosting, contract: str, kind: type[Payload], order: str) -> bool:
    """Whether a fact of that kind about the order counts."""
    known = hosting.kernel.known(contract)
    return not isinstance(known, Refused) and known.find(kind, "order", order) is not None


def parameters_of(hosting: Hosting, digest: str | None) -> Mapping[str, object] | Refused:
    """The parameters kept under a digest; none where there is no digest."""
    if digest is None:
        return {}
    document = hosting.kernel.objects.get(digest)
    return document if isinstance(document, Refused) else msgspec.json.decode(document, type=dict[str, object])


def record(hosting: Hosting, contract: str, said: Sequence[Payload], recorder: Recorder) -> Refused | None:
    """Record these as happening now, all of them or none."""
    now = hosting.kernel.clock.now()
    done = hosting.kernel.record(contract, [Happening(one, now) for one in said], recorder)
    return done if isinstance(done, Refused) else None

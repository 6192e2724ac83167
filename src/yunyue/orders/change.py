"""Changing an order: one person asks, another approves, and the instance is made as the whole order then says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yunyue.answer import Refused
from yunyue.catalog import Changes, Service
from yunyue.host.randomness import identifier
from yunyue.journal.envelope import understand
from yunyue.journal.facts import OrderChangeApproved, OrderChangeAsked, OrderPlaced, ServiceDelivered
from yunyue.kernel import Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.orders.place import find, has, keep_parameters, record, wanted_now
from yunyue.settlement.admission.ordering import agreed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an order is to be from now on; what is None stays. Everything in it is untrusted."""

    order: str
    reason: str
    quantity: Decimal | None = None
    deliver_by: date | None = None
    parameters: Mapping[str, object] | None = None


def ask(hosting: Hosting, contract: str, wanted: Wanted, recorder: Recorder) -> str | Refused:
    """The id of the change asked for. Refused: what admission refuses (C01, C02), or the service cannot do in place."""
    placed = find(hosting, contract, wanted.order)
    if isinstance(placed, Refused):
        return placed
    said = _said(hosting, contract, placed, wanted)
    if isinstance(said, Refused):
        return said
    return record(hosting, contract, [said], recorder) or said.change


def _said(hosting: Hosting, contract: str, placed: OrderPlaced, wanted: Wanted) -> OrderChangeAsked | Refused:
    known = hosting.kernel.known(contract)
    if isinstance(known, Refused):
        return known
    parameters = _parameters(hosting, contract, placed, wanted)
    if isinstance(parameters, Refused):
        return parameters
    now = agreed(known, placed)
    said = understand(
        "order.change.asked",
        {
            "change": identifier("change", hosting.kernel.clock.now()),
            "order": placed.order,
            "quantity": str(now.quantity if wanted.quantity is None else wanted.quantity),
            "deliver_by": (wanted.deliver_by or now.deliver_by).isoformat(),
            "parameters": parameters,
            "reason": wanted.reason.strip(),
        },
    )
    assert isinstance(said, OrderChangeAsked | Refused), "the type names the kind"
    return said


def _parameters(hosting: Hosting, contract: str, placed: OrderPlaced, wanted: Wanted) -> str | Refused | None:
    """The digest of other parameters; None where they stay."""
    if wanted.parameters is None:
        return None
    service = hosting.service(placed.service)
    if isinstance(service, Refused):
        return service
    refused = _in_place(hosting, contract, placed, service)
    return refused or keep_parameters(hosting, service.entry, wanted.parameters)


def _in_place(hosting: Hosting, contract: str, placed: OrderPlaced, service: Service) -> Refused | None:
    """Before delivery anything can still be made otherwise; after it, only by a service that can."""
    if isinstance(service, Changes) or not has(hosting, contract, ServiceDelivered, placed.order):
        return None
    reason = "instances of this service are not changed in place; end the order and place another"
    return Refused(reason, "parameters", "C37")


def agree(hosting: Hosting, contract: str, change: str, recorder: Recorder) -> Refused | None:
    """Agree to a change, as another person, and have the instance made accordingly."""
    asked = find_change(hosting, contract, change)
    if isinstance(asked, Refused):
        return asked
    refused = record(hosting, contract, [OrderChangeApproved(change=change)], recorder)
    return refused or apply(hosting, contract, asked.order)


def apply(hosting: Hosting, contract: str, order: str) -> Refused | None:
    """Make the instance as the order now says; done again it changes nothing."""
    placed = find(hosting, contract, order)
    if isinstance(placed, Refused):
        return placed
    service = hosting.service(placed.service)
    if isinstance(service, Refused):
        return service
    if not isinstance(service, Changes) or not has(hosting, contract, ServiceDelivered, order):
        return None
    wanted = wanted_now(hosting, contract, placed)
    if isinstance(wanted, Refused):
        return wanted
    made = service.change(wanted, hosting.host(contract, placed.service))
    if isinstance(made, Refused):
        return made
    return record(hosting, contract, made, Recorder(f"service:{placed.service}", "/services")) if made else None


def find_change(hosting: Hosting, contract: str, change: str) -> OrderChangeAsked | Refused:
    """The change of that id under a contract."""
    known = hosting.kernel.known(contract)
    if isinstance(known, Refused):
        return known
    asked = next((one for one in known.all(OrderChangeAsked) if one.change == change), None)
    return asked or Refused(f"there is no change {change!r}", "change", "C37")

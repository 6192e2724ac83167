"""Instances: provisioning, updating, fetching and deprovisioning are orders, their changes and their ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.contract.terms import Terms
from yunyue.doors.data.broker.answers import (
    ACCEPTED,
    ASYNC_REQUIRED,
    BAD,
    BUSY,
    CONFLICT,
    GONE,
    MISSING,
    OK,
    UNPROCESSABLE,
    Answer,
    error,
    refusal,
)
from yunyue.doors.data.broker.call import Call
from yunyue.doors.data.broker.callers import Caller
from yunyue.doors.data.broker.catalog import MORE, Plan, find, plans
from yunyue.journal.envelope import canonical
from yunyue.journal.facts import OrderCancelled, OrderChangeApproved, OrderChangeAsked, ServiceDelivered
from yunyue.kernel.hosting import Hosting
from yunyue.orders import register
from yunyue.orders.change import Wanted, ask
from yunyue.orders.place import Wish, end, parameters_of, place
from yunyue.orders.register import Standing
from yunyue.settlement.admission import Known

PREFIX: Final = "osb."
"""What the id of an order begins with that came through the broker; the rest is the platform's instance_id."""

POLL_SECONDS: Final = "60"
PROVISION: Final = "provision"
REASON: Final = "changed through the broker"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a call is answered from."""

    hosting: Hosting
    known: Known
    caller: Caller
    call: Call

    @property
    def terms(self) -> Terms:
        """The contract's."""
        return self.known.terms

    @property
    def plans(self) -> tuple[Plan, ...]:
        """What can be ordered."""
        return plans(self.terms, self.hosting.registry)

    def standing(self, instance: str) -> Standing | None:
        """The order of an instance that this caller may see."""
        return register.find(self.known, PREFIX + instance, self.caller.tenant)

    def taken(self, instance: str) -> bool:
        """Whether there is an order of that instance, seen or not."""
        return register.find(self.known, PREFIX + instance) is not None


@dataclass(frozen=True, slots=True)
class _Given:
    """The parameters of a request, taken apart: ours, and the service's own."""

    quantity: Decimal | None
    deliver_by: date | None
    own: Mapping[str, object]


def provision(desk: Desk, instance: str) -> Answer:
    """PUT: 202 until another person approved and the service is there, 200 afterwards, 409 for something else."""
    plan = find(desk.plans, desk.call.body.get("service_id"), desk.call.body.get("plan_id"))
    if plan is None:
        return error(BAD, "service_id and plan_id name no plan of the catalogue")
    given = _given(desk.call.parameters)
    if isinstance(given, Refused):
        return refusal(given, BAD)
    tenant = desk.caller.tenant or desk.call.context("namespace") or desk.call.context("organization_guid")
    wish = Wish(
        plan.entry.code,
        plan.item.code,
        Decimal(1) if given.quantity is None else given.quantity,
        tenant,
        given.deliver_by or desk.terms.term.end,
        given.own,
        PREFIX + instance,
    )
    if desk.taken(instance):
        return _again(desk, instance, wish)
    if not desk.call.asynchronous:
        return ASYNC_REQUIRED
    placed = place(desk.hosting, desk.call.contract, wish, desk.caller.recorder)
    return refusal(placed) if isinstance(placed, Refused) else Answer(ACCEPTED, {"operation": PROVISION})


def _again(desk: Desk, instance: str, wish: Wish) -> Answer:
    """The same request again is answered by how far it is; another under the same id is a conflict."""
    standing = desk.standing(instance)
    if standing is None or standing.ended or not _same(desk, standing, wish):
        return error(CONFLICT, f"instance {instance} exists with other attributes, or has ended")
    if ready(standing):
        return Answer(OK, _dashboard(desk, standing))
    return Answer(ACCEPTED, {"operation": PROVISION}) if desk.call.asynchronous else ASYNC_REQUIRED


def _same(desk: Desk, standing: Standing, wish: Wish) -> bool:
    placed = standing.placed
    if (placed.item, placed.quantity, placed.tenant) != (wish.item, wish.quantity, wish.tenant):
        return False
    kept = parameters_of(desk.hosting, placed.parameters)
    service = desk.hosting.registry.services[placed.service]
    try:
        wanted = msgspec.convert(dict(wish.parameters), service.entry.parameters, strict=False)
    except msgspec.ValidationError:
        return False
    return placed.deliver_by == wish.deliver_by and canonical(msgspec.to_builtins(wanted)) == canonical(kept)


def update(desk: Desk, instance: str) -> Answer:
    """PATCH: a change of the order, 202 until another person approved it; one at a time."""
    standing = desk.standing(instance)
    if standing is None or standing.ended:
        return error(MISSING, f"there is no instance {instance}")
    plan = plan_of(desk, standing)
    if plan is None or desk.call.body.get("service_id") != plan.service_id:
        return error(BAD, "service_id is not that of the instance")
    if desk.call.body.get("plan_id", plan.id) != plan.id:
        return error(UNPROCESSABLE, "the plan of an instance is not changed; end it and order another")
    given = _given(desk.call.parameters)
    if isinstance(given, Refused):
        return refusal(given, BAD)
    if given == _Given(None, None, {}):
        return Answer(OK)
    if not desk.call.asynchronous:
        return ASYNC_REQUIRED
    return _changed(desk, standing, given)


def _changed(desk: Desk, standing: Standing, given: _Given) -> Answer:
    wanted = _wanted(desk, standing, given)
    if isinstance(wanted, Refused):
        return refusal(wanted)
    for fact in standing.asked:
        assert isinstance(fact.data, OrderChangeAsked)
        same = (fact.data.quantity, fact.data.deliver_by) == (
            given.quantity if given.quantity is not None else standing.now.quantity,
            given.deliver_by or standing.now.deliver_by,
        )
        return Answer(ACCEPTED, {"operation": fact.data.change}) if same and not given.own else BUSY
    if not ready(standing):
        return BUSY
    change = ask(desk.hosting, desk.call.contract, wanted, desk.caller.recorder)
    return refusal(change) if isinstance(change, Refused) else Answer(ACCEPTED, {"operation": change})


def _wanted(desk: Desk, standing: Standing, given: _Given) -> Wanted | Refused:
    own = None
    if given.own:
        present = parameters_of(desk.hosting, standing.now.parameters)
        if isinstance(present, Refused):
            return present
        own = {**present, **given.own}
    return Wanted(standing.id, REASON, given.quantity, given.deliver_by, own)


def fetch(desk: Desk, instance: str) -> Answer:
    """GET: 404 until it is there, 422 while a change of it waits."""
    standing = desk.standing(instance)
    plan = None if standing is None else plan_of(desk, standing)
    if standing is None or plan is None or standing.ended or not ready(standing):
        return error(MISSING, f"there is no instance {instance}")
    if standing.asked:
        return BUSY
    own = parameters_of(desk.hosting, standing.now.parameters)
    if isinstance(own, Refused):
        return refusal(own)
    now = {"quantity": str(standing.now.quantity), "deliver_by": standing.now.deliver_by.isoformat()}
    body = {"service_id": plan.service_id, "plan_id": plan.id, "parameters": {**own, **now}}
    return Answer(OK, {**body, **_dashboard(desk, standing)})


def deprovision(desk: Desk, instance: str) -> Answer:
    """DELETE: the order is cancelled, what was delivered is retired first. 410 when there is none."""
    if not desk.call.query.get("service_id") or not desk.call.query.get("plan_id"):
        return error(BAD, "service_id and plan_id are needed")
    standing = desk.standing(instance)
    if standing is None or standing.ended:
        return Answer(GONE)
    plan = plan_of(desk, standing)
    if plan is None or (plan.service_id, plan.id) != (desk.call.query["service_id"], desk.call.query["plan_id"]):
        return error(BAD, "service_id and plan_id are not those of the instance")
    refused = end(desk.hosting, desk.call.contract, standing.id, "ended through the broker", desk.caller.recorder)
    return Answer(OK) if refused is None else refusal(refused)


def last_operation(desk: Desk, instance: str) -> Answer:
    """GET …/last_operation: how far provisioning, or the change that `operation` names, has come."""
    standing = desk.standing(instance)
    if standing is None:
        return error(MISSING, f"there is no instance {instance}")
    operation = desk.call.query.get("operation", PROVISION)
    if operation != PROVISION:
        return _last_change(desk, standing, operation)
    if standing.ended:
        delivered = any(isinstance(one.data, ServiceDelivered) for one in standing.steps)
        return Answer(GONE) if delivered else _state("failed", _why_ended(standing))
    if ready(standing):
        return _state("succeeded", "delivered")
    words = "another person is to approve the order" if standing.state == "placed" else "the service is being provided"
    return _state("in progress", words)


def _last_change(desk: Desk, standing: Standing, change: str) -> Answer:
    asked = desk.known.find(OrderChangeAsked, "change", change)
    if asked is None or getattr(asked.data, "order", "") != standing.id:
        return error(BAD, f"there is no operation {change}")
    if desk.known.find(OrderChangeApproved, "change", change) is not None:
        return _state("succeeded", "the change was approved")
    if standing.ended:
        return _state("failed", _why_ended(standing))
    return _state("in progress", "another person is to approve the change")


def _why_ended(standing: Standing) -> str:
    reasons = [one.data.reason for one in standing.steps if isinstance(one.data, OrderCancelled)]
    return f"the order was ended: {reasons[-1]}" if reasons else "the order was ended"


def _state(state: str, description: str) -> Answer:
    headers = {"Retry-After": POLL_SECONDS} if state == "in progress" else {}
    return Answer(OK, {"state": state, "description": description}, headers)


def ready(standing: Standing) -> bool:
    """Whether the service is there."""
    return standing.state in ("delivered", "suspended")


def plan_of(desk: Desk, standing: Standing) -> Plan | None:
    """The plan of an order; None where its item can be ordered no more."""
    return next((one for one in desk.plans if one.item.code == standing.placed.item), None)


def _dashboard(desk: Desk, standing: Standing) -> dict[str, Any]:
    address = desk.hosting.kernel.settings.public_url
    return {"dashboard_url": f"{address}/orders/{standing.id}?contract={desk.call.contract}"} if address else {}


def _given(parameters: Mapping[str, Any]) -> _Given | Refused:
    own = {name: value for name, value in parameters.items() if name not in MORE}
    quantity, day = parameters.get("quantity"), parameters.get("deliver_by")
    try:
        amount = None if quantity is None else Decimal(str(quantity))
    except InvalidOperation:
        return Refused(f"{str(quantity)[:40]!r} is not a quantity, such as 1 or 2.5", "parameters.quantity", "C02")
    try:
        by = None if day is None else date.fromisoformat(str(day))
    except ValueError:
        return Refused(f"{str(day)[:40]!r} is not a day such as 2024-05-24", "parameters.deliver_by", "C01")
    return _Given(amount, by, own)

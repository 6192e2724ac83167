"""Orders beyond placing: how they stand, what is left, changing and ending them, the export for cost tools.

The operations join the router of `orders`: those of one address must share one.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.order_shapes import Budgeted, Changed, ChangeWish, Order, Reason
from yunyue.doors.api.orders import router
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import APPROVERS, CONTRACT_READERS, ORDERERS, SERVICE_READERS, Role
from yunyue.journal import facts
from yunyue.journal.facts import Payload
from yunyue.kernel import Recorder
from yunyue.orders import focus, register
from yunyue.orders.change import Wanted, agree, ask
from yunyue.orders.place import end, provide
from yunyue.people.duties import may_through
from yunyue.settlement.admission import Known

SOURCE = "/api/v1"
ENDERS = frozenset({Role.CLIENT_MANAGER})
PROVIDERS = APPROVERS | {Role.ENGINEER, Role.SERVICE_MANAGER}
REFUSALS: dict[int, Any] = {403: Problem, 404: Problem, 422: Problem}


@router.get(
    "/contracts/{contract}/orders",
    auth=Roles(SERVICE_READERS),
    response={200: list[Order], 404: Problem},
    summary="Orders",
)
def orders(request: HttpRequest, contract: str) -> Any:
    """Every order the account may see, newest first; a department sees its own."""
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    return [Order.of(one) for one in register.orders(known, account_of(request).tenant)]


@router.get(
    "/contracts/{contract}/budget",
    auth=Roles(CONTRACT_READERS),
    response={200: Budgeted, 404: Problem},
    summary="What is left under the contract",
)
def budget(request: HttpRequest, contract: str) -> Any:
    """Quantity left of each item, money left of the total (C02)."""
    del request
    known = office().kernel.known(contract)
    return Status(404, problem(known)) if isinstance(known, Refused) else Budgeted.of(register.budget(known))


@router.get(
    "/contracts/{contract}/focus.csv", auth=Roles(CONTRACT_READERS), response={404: Problem}, summary="FOCUS 1.2, CSV"
)
def focus_csv(request: HttpRequest, contract: str) -> Any:
    """Cost and usage as FOCUS 1.2 in CSV. What was used without a price is no charge; the order itself names it."""
    del request
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    return HttpResponse(focus.to_csv(list(focus.rows(known))), content_type="text/csv; charset=utf-8")


@router.get(
    "/contracts/{contract}/focus.parquet",
    auth=Roles(CONTRACT_READERS),
    response={404: Problem},
    summary="FOCUS 1.2, Parquet",
)
def focus_parquet(request: HttpRequest, contract: str) -> Any:
    """The same in Parquet."""
    del request
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    return HttpResponse(focus.to_parquet(list(focus.rows(known))), content_type="application/vnd.apache.parquet")


@router.post(
    "/contracts/{contract}/changes/{path:change}/approval",
    auth=Roles(APPROVERS),
    response={204: None, **REFUSALS},
    summary="Approve a change of an order",
)
def change_approval(request: HttpRequest, contract: str, change: str) -> Any:
    """Agree to a change that another person asked for."""
    refused = _not_yours(request, facts.OrderChangeApproved) or agree(
        office().hosting, contract, change, _recorder(request)
    )
    return Status(422, problem(refused)) if refused is not None else Status(204, None)


@router.post(
    "/contracts/{contract}/orders/{path:order}/provision",
    auth=Roles(PROVIDERS),
    response={204: None, **REFUSALS},
    summary="Provide an approved order again",
)
def provision(request: HttpRequest, contract: str, order: str) -> Any:
    """Have an approved order provided, where the first time failed."""
    standing = _standing(request, contract, order)
    if standing is None:
        return Status(404, problem(_none(order)))
    if standing.state != "approved":
        return Status(422, problem(Refused(f"the order is {standing.state}, not approved", "order", "C37")))
    refused = provide(office().hosting, contract, standing.placed)
    return Status(422, problem(refused)) if refused is not None else Status(204, None)


@router.post(
    "/contracts/{contract}/orders/{path:order}/changes",
    auth=Roles(ORDERERS),
    response={201: Changed, **REFUSALS},
    summary="Ask for a change of an order",
)
def change(request: HttpRequest, contract: str, order: str, wanted: ChangeWish) -> Any:
    """Ask that an order be for more or less, by another day, or made otherwise."""
    refused = _not_yours(request, facts.OrderChangeAsked)
    if refused is not None:
        return Status(403, problem(refused))
    if _standing(request, contract, order) is None:
        return Status(404, problem(_none(order)))
    asked_for = Wanted(order, wanted.reason, wanted.quantity, wanted.deliver_by, wanted.parameters)
    made = ask(office().hosting, contract, asked_for, _recorder(request))
    return Status(422, problem(made)) if isinstance(made, Refused) else Status(201, Changed(change=made))


@router.post(
    "/contracts/{contract}/orders/{path:order}/end",
    auth=Roles(ENDERS),
    response={204: None, **REFUSALS},
    summary="End an order",
)
def ending(request: HttpRequest, contract: str, order: str, why: Reason) -> Any:
    """Cancel an order; what was delivered is retired first."""
    standing = _standing(request, contract, order)
    if standing is None:
        return Status(404, problem(_none(order)))
    if standing.ended:
        return Status(422, problem(Refused(f"the order is {standing.state}, not delivered", "order", "C37")))
    refused = end(office().hosting, contract, order, why.reason, _recorder(request))
    return Status(422, problem(refused)) if refused is not None else Status(204, None)


@router.get(
    "/contracts/{contract}/orders/{path:order}",
    auth=Roles(SERVICE_READERS),
    response={200: Order, 404: Problem},
    summary="An order",
)
def order(request: HttpRequest, contract: str, order: str) -> Any:
    """One order with its usage and cost; another department's is as if it were not."""
    standing = _standing(request, contract, order)
    return Status(404, problem(_none(order))) if standing is None else Order.of(standing)


def _standing(request: HttpRequest, contract: str, order: str) -> register.Standing | None:
    known = office().kernel.known(contract)
    return register.find(known, order, account_of(request).tenant) if isinstance(known, Known) else None


def _none(order: str) -> Refused:
    return Refused(f"there is no order {order!r}", "order", "C37")


def _not_yours(request: HttpRequest, kind: type[Payload]) -> Refused | None:
    role = account_of(request).role
    if may_through(role, kind, "orders"):
        return None
    return Refused(f"{kind.type} is not recorded by role {role}", kind.type)


def _recorder(request: HttpRequest) -> Recorder:
    return Recorder(account_of(request).pseudonym, SOURCE)


__all__ = ["router"]

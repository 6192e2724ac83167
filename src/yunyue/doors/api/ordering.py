"""Orders beyond placing: how they stand, what is left, changing and ending them, the export for cost tools.

The operations join the router of `orders`: those of one address must share one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import ANSWERS, answered, missing, not_theirs, recorder_of
from yunyue.doors.api.errors import Problem
from yunyue.doors.api.order_shapes import Budgeted, Changed, ChangeWish, Order, Reason
from yunyue.doors.api.orders import router
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import APPROVERS, CONTRACT_READERS, ORDERERS, SERVICE_READERS, Role
from yunyue.doors.web.accounts.speaking import own_order
from yunyue.journal import facts
from yunyue.orders import focus, register
from yunyue.orders.change import Wanted, agree, ask
from yunyue.orders.place import end, provide
from yunyue.settlement.admission import Known

ENDERS = frozenset({Role.CLIENT_MANAGER})
PROVIDERS = APPROVERS | {Role.ENGINEER, Role.SERVICE_MANAGER}
REFUSALS: dict[int, Any] = {403: Problem, **ANSWERS}


@router.get(
    "/contracts/{contract}/orders",
    auth=Roles(SERVICE_READERS),
    response={200: list[Order], 404: Problem},
    summary="Orders",
)
@answered
def orders(request: HttpRequest, contract: str) -> Any:
    """Every order the account may see, newest first; a department sees its own."""
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return known
    return [Order.of(one) for one in register.orders(known, account_of(request).tenant)]


@router.get(
    "/contracts/{contract}/budget",
    auth=Roles(CONTRACT_READERS),
    response={200: Budgeted, 404: Problem},
    summary="What is left under the contract",
)
@answered
def budget(request: HttpRequest, contract: str) -> Any:
    """Quantity left of each item, money left of the total (C02)."""
    del request
    known = office().kernel.known(contract)
    return known if isinstance(known, Refused) else Budgeted.of(register.budget(known))


@router.get(
    "/contracts/{contract}/focus.csv", auth=Roles(CONTRACT_READERS), response={404: Problem}, summary="FOCUS 1.2, CSV"
)
@answered
def focus_csv(request: HttpRequest, contract: str) -> Any:
    """Cost and usage as FOCUS 1.2 in CSV. What was used without a price is no charge: x_UnpricedMeters names it."""
    del request
    return _focus(contract, lambda rows, _: focus.to_csv(rows), "text/csv; charset=utf-8")


@router.get(
    "/contracts/{contract}/focus.parquet",
    auth=Roles(CONTRACT_READERS),
    response={404: Problem},
    summary="FOCUS 1.2, Parquet",
)
@answered
def focus_parquet(request: HttpRequest, contract: str) -> Any:
    """The same in Parquet, whose metadata names meters without a price as well."""
    del request
    return _focus(contract, focus.to_parquet, "application/vnd.apache.parquet")


def _focus(
    contract: str, written: Callable[[Sequence[focus.Row], Sequence[str]], bytes], media: str
) -> HttpResponse | Refused:
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return known
    missing = focus.unpriced(known)
    content = written(list(focus.rows(known)), missing)
    return HttpResponse(content, content_type=media, headers={focus.HEADER: " ".join(missing)})


@router.post(
    "/contracts/{contract}/changes/{path:change}/approval",
    auth=Roles(APPROVERS),
    response={204: None, **REFUSALS},
    summary="Approve a change of an order",
)
@answered
def change_approval(request: HttpRequest, contract: str, change: str) -> Any:
    """Agree to a change that another person asked for."""
    turned_away = not_theirs(request, facts.OrderChangeApproved, "orders")
    wrong = turned_away or own_order(account_of(request), contract, change)
    return wrong or agree(office().hosting, contract, change, recorder_of(request))


@router.post(
    "/contracts/{contract}/orders/{path:order}/provision",
    auth=Roles(PROVIDERS),
    response={204: None, **REFUSALS},
    summary="Provide an approved order again",
)
@answered
def provision(request: HttpRequest, contract: str, order: str) -> Any:
    """Have an approved order provided, where the first time failed."""
    standing = _standing(request, contract, order)
    if standing is None:
        return missing("order", order)
    if standing.state != "approved":
        return Refused(f"the order is {standing.state}, not approved", "order", "C37")
    return provide(office().hosting, contract, standing.placed)


@router.post(
    "/contracts/{contract}/orders/{path:order}/changes",
    auth=Roles(ORDERERS),
    response={201: Changed, **REFUSALS},
    summary="Ask for a change of an order",
)
@answered
def change(request: HttpRequest, contract: str, order: str, wanted: ChangeWish) -> Any:
    """Ask that an order be for more or less, by another day, or made otherwise."""
    turned_away = not_theirs(request, facts.OrderChangeAsked, "orders")
    if turned_away is not None:
        return turned_away
    if _standing(request, contract, order) is None:
        return missing("order", order)
    asked_for = Wanted(order, wanted.reason, wanted.quantity, wanted.deliver_by, wanted.parameters)
    made = ask(office().hosting, contract, asked_for, recorder_of(request))
    return made if isinstance(made, Refused) else Status(201, Changed(change=made))


@router.post(
    "/contracts/{contract}/orders/{path:order}/end",
    auth=Roles(ENDERS),
    response={204: None, **REFUSALS},
    summary="End an order",
    url_name="order_end",
)
@answered
def ending(request: HttpRequest, contract: str, order: str, why: Reason) -> Any:
    """Cancel an order; what was delivered is retired first."""
    standing = _standing(request, contract, order)
    if standing is None:
        return missing("order", order)
    if standing.ended:
        return Refused(f"the order is {standing.state}, not delivered", "order", "C37")
    return end(office().hosting, contract, order, why.reason, recorder_of(request))


@router.get(
    "/contracts/{contract}/orders/{path:order}",
    auth=Roles(SERVICE_READERS),
    response={200: Order, 404: Problem},
    summary="An order",
)
@answered
def order(request: HttpRequest, contract: str, order: str) -> Any:
    """One order with its usage and cost; another department's is as if it were not."""
    standing = _standing(request, contract, order)
    return missing("order", order) if standing is None else Order.of(standing)


def _standing(request: HttpRequest, contract: str, order: str) -> register.Standing | None:
    known = office().kernel.known(contract)
    return register.find(known, order, account_of(request).tenant) if isinstance(known, Known) else None


__all__ = ["router"]

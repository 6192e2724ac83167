"""The catalogue, and orders out of it."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.catalog import Entry
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import recorder_of, refusal
from yunyue.doors.api.errors import Problem
from yunyue.doors.api.shapes import Offer, Ordered, OrderWish
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import APPROVERS, ORDERERS, SERVICE_READERS
from yunyue.doors.web.accounts.speaking import own_order
from yunyue.orders.place import Wish, approve, place

router = Router(tags=["orders"])


@router.get("/catalogue", auth=Roles(SERVICE_READERS), response=list[Offer], summary="Services of the catalogue")
def catalogue(request: HttpRequest) -> list[Offer]:
    """Every service, those that cannot be ordered yet with the reason."""
    del request
    return [_offer(entry) for entry in office().hosting.registry.entries]


@router.post(
    "/contracts/{contract}/orders",
    auth=Roles(ORDERERS),
    response={201: Ordered, 422: Problem},
    summary="Order",
    url_name="orders",
)
def order(request: HttpRequest, contract: str, wanted: OrderWish) -> Any:
    """Place an order. Refused with the clause when it would exceed the contract, its term, or the catalogue."""
    own = account_of(request).tenant
    if own and wanted.tenant != own:
        return refusal(Refused(f"this account orders for {own!r} only", "tenant"))
    what = (wanted.service, wanted.item, wanted.quantity, wanted.tenant, wanted.deliver_by, wanted.parameters)
    wish = Wish(*what, order=wanted.id)
    placed = place(office().hosting, contract, wish, recorder_of(request))
    return refusal(placed) if isinstance(placed, Refused) else Status(201, Ordered(order=placed))


@router.post(
    "/contracts/{contract}/orders/{path:order}/approval",
    auth=Roles(APPROVERS),
    response={204: None, 422: Problem},
    summary="Approve an order",
    url_name="order_approval",
)
def approval(request: HttpRequest, contract: str, order: str) -> Any:
    """Agree to an order that another person placed; it is provided at once."""
    wrong = own_order(account_of(request), contract, order)
    refused = wrong or approve(office().hosting, contract, order, recorder_of(request))
    return Status(204, None) if refused is None else refusal(refused)


def _offer(entry: Entry) -> Offer:
    return Offer(
        code=entry.code,
        title_zh=entry.title.zh,
        title_en=entry.title.en,
        available=entry.available,
        reason="" if entry.state is None else f"{entry.state.reason.zh} / {entry.state.reason.en}",
        parameters=entry.schema(),
    )

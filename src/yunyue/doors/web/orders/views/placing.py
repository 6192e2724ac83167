"""Ordering anything of the catalogue: choose an item, fill in what its service asks for, send once."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.contract.terms import Item
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import ORDERERS
from yunyue.doors.web.console.ordering import fields, understood
from yunyue.doors.web.console.recording import ticket
from yunyue.doors.web.orders.desk import Desk, desk
from yunyue.orders.place import Wish, place
from yunyue.orders.register import budget
from yunyue.settlement.admission.moment import last_day

OURS = ("csrfmiddlewaretoken", "form", "quantity", "tenant", "deliver_by")
LONGEST = 70_000
"""Characters of one field: a bundle of certificates fits."""


@seen_by(ORDERERS)
@desk
def new(request: HttpRequest, one: Desk) -> HttpResponse:
    """The catalogue, or the form of an item; sent, the order waits for another person's approval."""
    if not one.may("place"):
        raise PermissionDenied
    item = one.known.terms.item(request.GET.get("item", ""))
    if item is None:
        return _catalogue(request, one)
    given = {name: str(value)[:LONGEST] for name, value in (request.POST or request.GET).items()}
    if request.method != "POST":
        return _form(request, one, item, given)
    placed = _place(one, item, given)
    if isinstance(placed, Refused):
        return _form(request, one, item, given, placed)
    messages.success(request, _("Ordered. Another person approves it before it begins."))
    return redirect(f"{reverse('orders:order', args=[placed])}?contract={one.contract}")


def _catalogue(request: HttpRequest, one: Desk) -> HttpResponse:
    entries = {entry.code: entry for entry in one.hosting.registry.entries}
    rows = [(rest, entries[rest.item.service]) for rest in budget(one.known).rests if rest.item.service in entries]
    return render(request, "orders/catalogue.html", {"asked": one.question, "rows": rows})


def _place(one: Desk, item: Item, given: dict[str, str]) -> str | Refused:
    good = ticket.redeem(given.get("form", ""), one.account, one.contract, f"order-{item.code}")
    if isinstance(good, Refused):
        return good
    service = one.hosting.service(item.service)
    if isinstance(service, Refused):
        return service
    quantity, day = _quantity(given.get("quantity", "")), _day(given.get("deliver_by", ""))
    if isinstance(quantity, Refused):
        return quantity
    if isinstance(day, Refused):
        return day
    own = {name: text for name, text in given.items() if name not in OURS}
    tenant = one.account.tenant or given.get("tenant", "").strip()
    order = good.id.replace("form-", "order-", 1)
    wish = Wish(item.service, item.code, quantity, tenant, day, understood(service.entry, own), order)
    return place(one.hosting, one.contract, wish, one.recorder)


def _quantity(text: str) -> Decimal | Refused:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Refused(f"{text[:40]!r} is not a quantity, such as 1 or 2.5", "order.placed.quantity", "C02")


def _day(text: str) -> date | Refused:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Refused(_("not a day such as 2024-05-24: %s") % text[:40], "order.placed.deliver_by", "C01")


def _form(
    request: HttpRequest, one: Desk, item: Item, given: dict[str, str], refused: Refused | None = None
) -> HttpResponse:
    service = one.hosting.registry.service(item.service)
    assert not isinstance(service, Refused), "the loader takes items of known services only"
    rest = next(each for each in budget(one.known).rests if each.item.code == item.code)
    values = {
        "asked": one.question,
        "item": item,
        "left": rest.left,
        "entry": service.entry,
        "fields": fields(service.entry, given),
        "given": given,
        "refused": refused,
        "last": last_day(one.known, one.question.as_of),
        "form": given.get("form") or ticket.issue(one.account, one.contract, f"order-{item.code}"),
    }
    status = 200 if refused is None else 409 if refused.field == "form" else 422
    return render(request, "orders/new.html", values, status=status)

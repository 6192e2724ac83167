"""What there is: all orders, one order, what is left under the contract, and the export for cost tools."""

from collections.abc import Mapping

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS
from yunyue.doors.web.console.ordering import fields
from yunyue.doors.web.console.templatetags.words import STATES, day, said
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.orders.desk import Desk, desk
from yunyue.doors.web.tables.paging import paged
from yunyue.orders import focus
from yunyue.orders.place import parameters_of
from yunyue.orders.register import Standing, budget, listed, metered


@seen_by(SERVICE_READERS)
@desk
def orders(request: HttpRequest, one: Desk) -> HttpResponse:
    """Every order the account may see, newest first, perhaps of one service or state."""
    service, state = request.GET.get("service", ""), request.GET.get("state", "")
    every = listed(one.known, one.account.tenant)
    found = [each for each in every if service in ("", each.placed.service) and state in ("", _group(each))]
    if request.GET.get("as") == "excel":
        return excel(f"orders-{one.contract}", _heads(), [_cells(one, each) for each in metered(one.known, found)])
    page = paged(request, found)
    values = {
        "asked": one.question,
        "page": page,
        "rows": [(each, one.known.terms.item(each.placed.item)) for each in metered(one.known, page.object_list)],
        "any": bool(every),
        "services": sorted({each.placed.service for each in every}),
        "service": service,
        "state": state,
        "budget": budget(one.known) if one.account.plays(CONTRACT_READERS) else None,
        "may": one.rights,
        "reads_contract": one.account.plays(CONTRACT_READERS),
    }
    return render(request, "orders/orders.html", values)


def _group(standing: Standing) -> str:
    """What one filters by: waiting, running or ended."""
    if standing.ended:
        return "ended"
    return "waiting" if standing.state in ("placed", "approved") or standing.asked else "running"


def _heads() -> list[str]:
    return [
        *(_("Order"), _("Service"), _("Item"), _("Quantity"), _("Department"), _("To be delivered by")),
        *(_("State"), _("Worth"), _("Used so far")),
    ]


def _cells(one: Desk, each: Standing) -> list[str]:
    item = one.known.terms.item(each.placed.item)
    return [
        each.id,
        each.placed.service,
        said(item.title) if item else each.placed.item,
        str(each.now.quantity),
        each.placed.tenant,
        day(each.now.deliver_by),
        str(STATES[each.state][0]),
        str(each.worth),
        str(each.spent),
    ]


@seen_by(SERVICE_READERS)
@desk
def order(request: HttpRequest, one: Desk, order: str) -> HttpResponse:
    """One order with its steps, parameters, changes, usage and cost."""
    return shown(request, one, one.standing(order), None)


def shown(
    request: HttpRequest, one: Desk, standing: Standing, refused: Refused | None, status: int = 200
) -> HttpResponse:
    """The page of an order, perhaps with what was refused."""
    parameters = parameters_of(one.hosting, standing.now.parameters)
    values = {
        "asked": one.question,
        "one": standing,
        "item": one.known.terms.item(standing.placed.item),
        "parameters": [] if isinstance(parameters, Refused) else sorted(_written(parameters, _titles(one, standing))),
        "may": one.rights,
        "mine": standing.fact.actor == one.account.pseudonym,
        "me": one.account.pseudonym,
        "reads_contract": one.account.plays(CONTRACT_READERS),
        "refused": refused,
    }
    return render(request, "orders/order.html", values, status=status)


def _titles(one: Desk, standing: Standing) -> dict[str, str]:
    """What the catalogue calls each parameter, in the reader's language; nothing where the service is gone."""
    service = one.hosting.service(standing.placed.service)
    return {} if isinstance(service, Refused) else {each.name: each.title for each in fields(service.entry, {})}


def _written(parameters: Mapping[str, object], titles: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Titles, names and values as text; what was left out is not shown."""
    return [
        (titles.get(name, ""), name, value if isinstance(value, str) else msgspec.json.encode(value).decode())
        for name, value in parameters.items()
        if value not in (None, "", [], {})
    ]


@seen_by(CONTRACT_READERS)
@desk
def left(request: HttpRequest, one: Desk) -> HttpResponse:
    """What is left of each item, and of the total (C02)."""
    found = budget(one.known)
    if request.GET.get("as") == "excel":
        heads = [_("Item"), _("Unit"), _("Contract"), _("Ordered so far"), _("Still left"), _("Unit price")]
        cells = [
            [
                said(rest.item.title),
                said(rest.item.unit),
                str(rest.item.quantity),
                str(rest.ordered),
                str(rest.left),
                str(rest.item.unit_price),
            ]
            for rest in found.rests
        ]
        return excel(f"left-{one.contract}", heads, cells)
    return render(request, "orders/left.html", {"asked": one.question, "budget": found, "may": one.rights})


@seen_by(CONTRACT_READERS)
@desk
def focus_csv(request: HttpRequest, one: Desk) -> HttpResponse:
    """Cost and usage as FOCUS 1.2, CSV."""
    del request
    return _file(one, focus.to_csv(list(focus.rows(one.known))), "text/csv", f"focus-{one.contract}.csv")


@seen_by(CONTRACT_READERS)
@desk
def focus_parquet(request: HttpRequest, one: Desk) -> HttpResponse:
    """The same, Parquet."""
    del request
    content = focus.to_parquet(list(focus.rows(one.known)), focus.unpriced(one.known))
    return _file(one, content, "application/vnd.apache.parquet", f"focus-{one.contract}.parquet")


def _file(one: Desk, content: bytes, media: str, name: str) -> HttpResponse:
    """A download; a header names what the file has no row for, since a file without rows cannot."""
    response = HttpResponse(content, content_type=media)
    response[focus.HEADER] = " ".join(focus.unpriced(one.known))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""Opening a ticket, and taking a step with one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import SERVICE_READERS, Role
from yunyue.doors.web.console.recording import ticket as form
from yunyue.doors.web.tickets.desk import Desk, desk
from yunyue.doors.web.tickets.views.queue import shown
from yunyue.orders.register import orders
from yunyue.tickets.register import agreement
from yunyue.tickets.work import Move, Request, open_ticket, take

LONGEST = 2000
ASKERS = frozenset({Role.CLIENT_MANAGER, Role.TENANT_USER})
NEW = "ticket-new"


@seen_by(ASKERS)
@desk
def new(request: HttpRequest, one: Desk) -> HttpResponse:
    """The form of a ticket; sent, it is in the queue."""
    if not one.may("ticket.opened"):
        raise PermissionDenied
    given = {name: str(value)[:LONGEST] for name, value in (request.POST or request.GET).items()}
    if request.method != "POST":
        return _form(request, one, given, None)
    opened = _open(one, given)
    if isinstance(opened, Refused):
        return _form(request, one, given, opened)
    messages.success(request, _("Opened. The clocks run."))
    return redirect(f"{reverse('tickets:ticket', args=[opened])}?contract={one.contract}")


def _open(one: Desk, given: dict[str, str]) -> str | Refused:
    good = form.redeem(given.get("form", ""), one.account, one.contract, NEW)
    if isinstance(good, Refused):
        return good
    if one.kernel.journal.find(good.id) is not None:
        return _sent()
    tenant = one.account.tenant or given.get("tenant", "").strip()
    order = given.get("order", "")
    if order and order not in _mine(one):
        return Refused(f"there is no order {order!r}", "ticket.opened.order", "C18")
    wanted = Request(given.get("severity", ""), given.get("about", "").strip(), tenant, order, good.id)
    return open_ticket(one.kernel, one.contract, wanted, one.recorder)


def _mine(one: Desk) -> list[str]:
    return [each.id for each in orders(one.known, one.account.tenant) if not each.ended]


def _form(request: HttpRequest, one: Desk, given: dict[str, str], refused: Refused | None) -> HttpResponse:
    values = {
        "asked": one.question,
        "given": given,
        "refused": refused,
        "orders": _mine(one),
        "levels": agreement(one.known, one.kernel.calendar).levels,
        "form": form.issue(one.account, one.contract, NEW),
    }
    return render(request, "tickets/new.html", values, status=200 if refused is None else 422)


@seen_by(SERVICE_READERS)
@require_POST
@desk
def step(request: HttpRequest, one: Desk, name: str) -> HttpResponse:
    """Take a step with a ticket one may see, once. Raises PermissionDenied for a step of another role."""
    found, kind = one.ticket(name), request.POST.get("kind", "")
    sent = _once(one, name, request.POST.get("form", ""))
    if isinstance(sent, Refused):
        return shown(request, one, found, sent, status=409)
    if kind not in one.moves(found):
        return _not_now(request, one, name, kind)
    move = Move(kind, request.POST.get("text", ""), request.POST.get("to", "").strip(), sent)
    refused = take(office().kernel, one.contract, name, move, one.recorder)
    if refused is not None:
        return shown(request, one, one.ticket(name), refused, status=422)
    messages.success(request, _("Recorded."))
    return redirect(f"{reverse('tickets:ticket', args=[name])}?contract={one.contract}")


def _once(one: Desk, name: str, text: str) -> str | Refused:
    """The id of the form a step came by; "" for a program that sends none. Refused: sent before, or made elsewhere."""
    if not text:
        return ""
    good = form.redeem(text, one.account, one.contract, name)
    if isinstance(good, Refused):
        return good
    return good.id if one.kernel.journal.find(good.id) is None else _sent()


def _sent() -> Refused:
    return Refused("this form was sent already; nothing is recorded twice", "form")


def _not_now(request: HttpRequest, one: Desk, name: str, kind: str) -> HttpResponse:
    """Another role's step is forbidden; one's own in the wrong state is explained."""
    try:
        mine = one.may(kind)
    except KeyError:
        mine = True
    if not mine:
        raise PermissionDenied
    found = one.ticket(name)
    refused = take(one.kernel, one.contract, name, Move(kind, "?", "?"), one.recorder)
    return shown(request, one, found, refused, status=409)

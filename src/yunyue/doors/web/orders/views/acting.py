"""What is done to an order: approve, provide again, change, agree to a change, end."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import APPROVERS, ORDERERS, Role
from yunyue.doors.web.accounts.speaking import own_order
from yunyue.doors.web.console.ordering import understood
from yunyue.doors.web.orders.desk import Desk, desk
from yunyue.doors.web.orders.views.listing import shown
from yunyue.orders.change import Wanted, agree, ask
from yunyue.orders.place import approve, end, parameters_of, provide
from yunyue.orders.register import Standing

LONGEST = 2000
PROVIDERS = APPROVERS | {Role.ENGINEER, Role.SERVICE_MANAGER}
"""Who may have an approved order provided again, where the first time failed."""


def _done(request: HttpRequest, one: Desk, order: str, outcome: object, words: str) -> HttpResponse:
    if isinstance(outcome, Refused):
        return shown(request, one, one.standing(order), outcome, status=422)
    messages.success(request, words)
    return redirect(f"{reverse('orders:order', args=[order])}?contract={one.contract}")


def _in_state(standing: Standing, *states: str) -> Refused | None:
    if standing.state in states:
        return None
    return Refused(f"the order is {standing.state}, not {' or '.join(states)}", "order", "C37")


def _require(one: Desk, act: str) -> None:
    if not one.may(act):
        raise PermissionDenied


@seen_by(APPROVERS)
@require_POST
@desk
def approval(request: HttpRequest, one: Desk, order: str) -> HttpResponse:
    """Agree to an order that another person placed; it is provided at once."""
    _require(one, "approve")
    wrong = _in_state(one.standing(order), "placed") or own_order(one.account, one.contract, order)
    outcome = wrong or approve(one.hosting, one.contract, order, one.recorder)
    return _done(request, one, order, outcome, _("Approved: the service is there."))


@seen_by(PROVIDERS)
@require_POST
@desk
def provision(request: HttpRequest, one: Desk, order: str) -> HttpResponse:
    """Have an approved order provided, where it was not yet."""
    standing = one.standing(order)
    outcome = _in_state(standing, "approved") or provide(one.hosting, one.contract, standing.placed)
    return _done(request, one, order, outcome, _("Provided."))


@seen_by(ORDERERS)
@require_POST
@desk
def change(request: HttpRequest, one: Desk, order: str) -> HttpResponse:
    """Ask that an order be changed."""
    _require(one, "change")
    wanted = _wanted(one, one.standing(order), {k: str(v)[:LONGEST] for k, v in request.POST.items()})
    outcome = wanted if isinstance(wanted, Refused) else ask(one.hosting, one.contract, wanted, one.recorder)
    return _done(request, one, order, outcome, _("Asked for. Another person approves the change."))


def _wanted(one: Desk, standing: Standing, given: dict[str, str]) -> Wanted | Refused:
    """What the form says; a field left as it was changes nothing."""
    try:
        quantity = Decimal(given.get("quantity", "").strip() or standing.now.quantity)
        day = date.fromisoformat(given.get("deliver_by", "") or standing.now.deliver_by.isoformat())
    except (InvalidOperation, ValueError):
        return Refused(_("a quantity such as 2.5 and a day such as 2024-05-24 are needed"), "order.change.asked", "C02")
    own = _parameters(one, standing, given["parameters"]) if given.get("parameters", "").strip() else None
    if isinstance(own, Refused):
        return own
    return Wanted(standing.id, given.get("reason", ""), quantity, day, own)


def _parameters(one: Desk, standing: Standing, text: str) -> dict[str, object] | Refused:
    """Other parameters, one a line: name = value; those not named stay."""
    service = one.hosting.service(standing.placed.service)
    present = parameters_of(one.hosting, standing.now.parameters)
    if isinstance(service, Refused):
        return service
    if isinstance(present, Refused):
        return present
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    wrong = next((name for name, sign, _value in pairs if not sign), None)
    if wrong is not None:
        return Refused(f"{wrong[:40]!r} is not name=value", "parameters", "C37")
    return {**present, **understood(service.entry, {name.strip(): value.strip() for name, _sign, value in pairs})}


@seen_by(APPROVERS)
@require_POST
@desk
def agreement(request: HttpRequest, one: Desk, order: str) -> HttpResponse:
    """Agree to a change that another person asked for."""
    _require(one, "agree")
    one.standing(order)
    wanted = request.POST.get("change", "")
    wrong = own_order(one.account, one.contract, wanted)
    outcome = wrong or agree(one.hosting, one.contract, wanted, one.recorder)
    return _done(request, one, order, outcome, _("The change is approved."))


@seen_by(frozenset({Role.CLIENT_MANAGER}))
@require_POST
@desk
def ending(request: HttpRequest, one: Desk, order: str) -> HttpResponse:
    """Cancel an order; what was delivered is retired first."""
    _require(one, "end")
    wrong = _in_state(one.standing(order), "placed", "approved", "delivered", "suspended")
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    outcome = wrong or _reasoned(reason) or end(one.hosting, one.contract, order, reason, one.recorder)
    return _done(request, one, order, outcome, _("The order is ended."))


def _reasoned(reason: str) -> Refused | None:
    return None if reason else Refused(_("a reason is needed"), "order.cancelled.reason", "C37")

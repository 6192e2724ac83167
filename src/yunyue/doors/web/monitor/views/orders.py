"""Monitoring: what is watched, how it does, and the way to have something watched."""

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import APPROVERS, CONTRACT_READERS, ORDERERS, SERVICE_READERS
from yunyue.doors.web.accounts.speaking import own_order
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.ordering import fields, understood
from yunyue.doors.web.console.standing import verdicts
from yunyue.doors.web.monitor.watching import SERVICE, Target, moment, samples, targets
from yunyue.doors.web.tables.paging import paged
from yunyue.journal.facts import VerdictReached
from yunyue.kernel import Recorder
from yunyue.orders.place import Wish, approve, place

CONSOLE = "/console"
DELIVERY_DAYS = 10
LONGEST = 70_000
"""Characters of one field: a bundle of certificates fits."""


def recorder(account: Account) -> Recorder:
    """Facts name an account by a pseudonym, never a person."""
    return Recorder(f"user:{account.pk}", CONSOLE)


@seen_by(SERVICE_READERS)
def targets_page(request: HttpRequest) -> HttpResponse:
    """The watched targets, and a form to order another."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    return _page(request, question, {}, None)


@seen_by(ORDERERS)
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Order that a target be watched."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    given = {
        name: str(text)[:LONGEST] for name, text in request.POST.items() if name not in ("csrfmiddlewaretoken", "item")
    }
    done = _place(question, request.POST.get("item", ""), given, account_of(request))
    if isinstance(done, Refused):
        return _page(request, question, given, done, status=422)
    messages.success(request, _("Ordered. Another person approves it before it begins."))
    return redirect(f"{reverse('monitor:targets')}?contract={question.contract}")


@seen_by(APPROVERS)
@require_POST
def approval(request: HttpRequest, order: str) -> HttpResponse:
    """Agree to an order; the one who placed it cannot."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    account = account_of(request)
    refused = own_order(account, question.contract, order) or _approve(question, order, account)
    if refused is not None:
        return _page(request, question, {}, refused, status=422)
    messages.success(request, _("Approved: watching begins."))
    return redirect(f"{reverse('monitor:targets')}?contract={question.contract}")


@seen_by(SERVICE_READERS)
def latency(request: HttpRequest, order: str) -> HttpResponse:
    """The newest samples of a target, for its chart: Beijing time, milliseconds (null: failed). Raises Http404."""
    question = asked(request)
    account = account_of(request)
    if not isinstance(question, Asked) or not any(
        one.order.order == order for one in visible(question.contract, account)
    ):
        raise Http404(order)
    points = [
        [moment(one.ts).strftime("%Y-%m-%d %H:%M:%S"), round(one.latency_us / 1000, 1) if one.ok else None, one.error]
        for one in samples(order)
    ]
    return JsonResponse({"kind": "latency", "name": _("Latency, ms"), "failed": _("Failed"), "points": points})


def _page(
    request: HttpRequest, question: Asked, given: dict[str, str], refused: Refused | None, status: int = 200
) -> HttpResponse:
    service = office().hosting.registry.service(SERVICE)
    entry = None if isinstance(service, Refused) else service.entry
    account = account_of(request)
    values = {
        "asked": question,
        "page": paged(request, visible(question.contract, account)),
        "months": _months(question) if account.plays(CONTRACT_READERS) else None,
        "tenant": given.get("tenant", ""),
        "entry": entry,
        "fields": fields(entry, given) if entry and account.plays(ORDERERS) else (),
        "items": [item for item in question.terms.catalogue.items if item.service == SERVICE],
        "refused": refused,
        "approves": account.plays(APPROVERS),
        "me": recorder(account).actor,
        "reads_contract": account.plays(CONTRACT_READERS),
    }
    return render(request, "monitor/orders.html", values, status=status)


def visible(contract: str, account: Account) -> tuple[Target, ...]:
    """The targets an account may see: a tenant user those of its own department, who reads the contract all."""
    found = targets(contract)
    if account.plays(CONTRACT_READERS):
        return found
    return tuple(one for one in found if one.order.tenant == account.tenant)


def _months(question: Asked) -> list[tuple[VerdictReached, Objective | None]]:
    """Months are judged over the orders of all departments, so only who sees them all is shown them."""
    reached = verdicts(office().kernel.facts(question.contract, VerdictReached))
    return [(one, question.terms.objective(one.objective)) for one in reached if one.service == SERVICE]


def _place(question: Asked, item: str, given: dict[str, str], account: Account) -> str | Refused:
    hosting = office().hosting
    service = hosting.service(SERVICE)
    if isinstance(service, Refused):
        return service
    wish = Wish(
        service=SERVICE,
        item=item,
        quantity=Decimal(1),
        tenant=account.tenant or given.get("tenant", "").strip(),
        deliver_by=min(office().clock.now().date() + timedelta(days=DELIVERY_DAYS), question.terms.term.end),
        parameters=understood(service.entry, {name: text for name, text in given.items() if name != "tenant"}),
    )
    return place(hosting, question.contract, wish, recorder(account))


def _approve(question: Asked, order: str, account: Account) -> Refused | None:
    target = _target(question, order)
    if target is None:
        return Refused(_("there is no such order"), "order", "C37")
    if target.actor == recorder(account).actor:
        return Refused(_("whoever placed an order does not approve it"), "order")
    return approve(office().hosting, question.contract, order, recorder(account))


def _target(question: Asked, order: str) -> Target | None:
    return next((one for one in targets(question.contract) if one.order.order == order), None)

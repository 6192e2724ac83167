"""Dashboards: looked at, imported and exported as the data they are."""

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.monitor import board as kinds
from yunyue.doors.monitor.board import MOST_BYTES, Board, Boards, Panel, understand, write
from yunyue.doors.monitor.budget import Budget, budget
from yunyue.doors.monitor.target import course
from yunyue.doors.monitor.wall import Spot, since
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import BUSINESS, CONTRACT_READERS, SERVICE_READERS, Role
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.monitor import drawing
from yunyue.doors.web.monitor.views.common import answered, host_of, seen, tenant_of
from yunyue.services.monitor.entry import ENTRY
from yunyue.sla.months import service_months
from yunyue.sla.span import milliseconds

KEEPERS = BUSINESS | {Role.TENANT_USER, Role.FOUNDER}


@seen_by(SERVICE_READERS)
def boards(request: HttpRequest) -> HttpResponse:
    """Every dashboard one may see; a POST imports one."""
    return imported(request) if request.method == "POST" else listed(request)


@answered
def listed(request: HttpRequest, question: Asked) -> HttpResponse:
    """The list, with the field to import one."""
    return _list(request, question, None, "")


@answered
def imported(request: HttpRequest, question: Asked) -> HttpResponse:
    """Keep a dashboard that was sent. Raises Http404 for who keeps none."""
    account = account_of(request)
    if not account.plays(KEEPERS):
        raise Http404
    text = request.POST.get("board", "")[: MOST_BYTES + 1]
    found = understand(text.encode())
    kept = found if isinstance(found, Refused) else _boards(question).keep(found, tenant_of(account))
    if isinstance(kept, Refused):
        return _list(request, question, kept, text)
    messages.success(request, _("Kept."))
    return redirect(f"{reverse('monitor:board', args=[kept.name])}?contract={question.contract}")


@seen_by(SERVICE_READERS)
@answered
def board(request: HttpRequest, question: Asked, name: str) -> HttpResponse:
    """A dashboard with its panels filled. Raises Http404."""
    found = _found(request, question, name)
    spots = {one.order: one for one in seen(request, question)}
    reads = account_of(request).plays(CONTRACT_READERS)
    panels = [(one, type(one).__name__.lower(), _filled(question, one, spots, reads)) for one in found.panels]
    values = {"asked": question, "board": found, "panels": panels, "keeps": account_of(request).plays(KEEPERS)}
    return render(request, "monitor/board.html", values)


@seen_by(SERVICE_READERS)
@answered
def export(request: HttpRequest, question: Asked, name: str) -> HttpResponse:
    """A dashboard as JSON, to be imported elsewhere. Raises Http404."""
    found = _found(request, question, name)
    disposition = f'attachment; filename="{found.name}.json"'
    return HttpResponse(write(found), content_type="application/json", headers={"Content-Disposition": disposition})


@seen_by(KEEPERS)
@require_POST
@answered
def drop(request: HttpRequest, question: Asked, name: str) -> HttpResponse:
    """Delete a dashboard. Raises Http404."""
    _boards(question).drop(_found(request, question, name).name)
    messages.success(request, _("Deleted."))
    return redirect(f"{reverse('monitor:boards')}?contract={question.contract}")


def _filled(question: Asked, panel: Panel, spots: dict[str, Spot], reads: bool) -> object:
    """What a panel shows; None for what is not there, or not for this account."""
    hosting, now = office().hosting, office().clock.now()
    match panel:
        case kinds.Wall() | kinds.Days():
            return [spots[one] for one in panel.orders or spots if one in spots]
        case kinds.Latency():
            if panel.order not in spots:
                return None
            bounds = (since(now, panel.hours), milliseconds(now) + 1)
            return drawing.course(course(hosting, panel.order, bounds, panel.point))
        case kinds.Burn():
            objectives = host_of(question).objectives(ENTRY.code)
            wanted = next((one for one in objectives if one.id == panel.objective and reads), None)
            month = next(
                (one for one in service_months(question.terms.term) if one.first <= now.date() <= one.last), None
            )
            found = budget(hosting, question.contract, wanted, month) if wanted and month else None
            return (found, drawing.budget(found)) if isinstance(found, Budget) and found.days else None
        case kinds.Note():
            return panel.text


def _found(request: HttpRequest, question: Asked, name: str) -> Board:
    found = _boards(question).find(name, tenant_of(account_of(request)))
    if isinstance(found, Refused):
        raise Http404(name)
    return found


def _boards(question: Asked) -> Boards:
    return Boards(Path(host_of(question).folder))


def _list(request: HttpRequest, question: Asked, refused: Refused | None, text: str) -> HttpResponse:
    account = account_of(request)
    example = Board(
        name="my-board",
        title="我的看板",
        tenant="" if account.plays(CONTRACT_READERS) else account.tenant,
        panels=(kinds.Wall(title="全部目标"), kinds.Days(title="近 30 天")),
    )
    values = {
        "asked": question,
        "boards": _boards(question).all(tenant_of(account)),
        "refused": refused,
        "text": text or write(example).decode(),
        "keeps": account.plays(KEEPERS),
    }
    return render(request, "monitor/boards.html", values, status=422 if refused else 200)

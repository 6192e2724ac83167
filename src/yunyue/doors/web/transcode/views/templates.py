"""Templates: ours to read, a department's own to write, with every version they ever had."""

from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.transcode.asking import LONGEST, written
from yunyue.doors.web.transcode.desk import Counter, counter
from yunyue.doors.web.transcode.roles import HANDERS, JOB_READERS
from yunyue.services.transcode.plan.join import DIVISIBLE, in_one_piece
from yunyue.services.transcode.templates import Template
from yunyue.services.transcode.templates.ours import OURS

STARTING = "mp4-720"


@seen_by(JOB_READERS)
@counter
def listed(request: HttpRequest, one: Counter) -> HttpResponse:
    """Ours, and those of the departments one may see."""
    own = [(desk.tenant, each) for desk in one.desks for each in desk.shelf.all() if each not in OURS]
    values = {
        "asked": one.question,
        "tab": "templates",
        "own": own,
        "ours": OURS,
        "hands": one.hands,
        "everyones": not one.account.tenant,
    }
    return render(request, "transcode/templates.html", values)


@seen_by(JOB_READERS)
@counter
def shown(request: HttpRequest, one: Counter, name: str) -> HttpResponse:
    """One template with its versions. Raises Http404 for another department's."""
    tenant = request.GET.get("tenant", "")
    desk = next((each for each in one.desks if tenant in ("", each.tenant)), None)
    ours = next((each for each in OURS if each.name == name), None)
    versions = desk.shelf.versions(name) if desk is not None and ours is None else ()
    if ours is None and not versions:
        raise Http404(name)
    chosen = ours or next((each for each in versions if str(each.version) == request.GET.get("version")), versions[0])
    current = desk.shelf.find(name) if desk is not None else ours
    values = {
        "asked": one.question,
        "tab": "templates",
        "one": chosen,
        "text": _text(chosen),
        "whole": in_one_piece(chosen, appended=False) if chosen.output in DIVISIBLE else "",
        "versions": versions,
        "ours": ours is not None,
        "retired": isinstance(current, Refused),
        "hands": one.hands,
        "tenant": tenant,
    }
    return render(request, "transcode/template.html", values)


@seen_by(HANDERS)
@counter
def edit(request: HttpRequest, one: Counter) -> HttpResponse:
    """The editor; POST keeps the template as the next version of its name."""
    shelf = one.own.shelf
    if request.method != "POST":
        start = shelf.find(request.GET.get("from", STARTING))
        if isinstance(start, Refused):
            raise Http404(start.reason)
        name = f"my-{start.name}" if start in OURS else start.name
        return _editor(request, one, {"name": name, "title": start.title, "body": _body(start)}, None)
    given = {name: request.POST.get(name, "")[:LONGEST] for name in ("name", "title", "body")}
    body = written(given["body"], "body")
    made = body if isinstance(body, Refused) else shelf.put({**body, "name": given["name"], "title": given["title"]})
    if isinstance(made, Refused):
        return _editor(request, one, given, made, 422)
    messages.success(request, _("Kept as version %(number)s.") % {"number": made.version})
    return redirect(f"{reverse('transcode:template', args=[made.name])}?contract={one.contract}")


@seen_by(HANDERS)
@require_POST
@counter
def retire(request: HttpRequest, one: Counter, name: str) -> HttpResponse:
    """Offer one's own template no longer. Raises Http404 where there is none."""
    if one.own.shelf.retire(name) is not None:
        raise Http404(name)
    messages.success(request, _("The template is offered no longer; jobs that named a version still find it."))
    return redirect(f"{reverse('transcode:templates')}?contract={one.contract}")


def _editor(
    request: HttpRequest, one: Counter, given: dict[str, Any], refused: Refused | None, status: int = 200
) -> HttpResponse:
    values = {
        "asked": one.question,
        "tab": "templates",
        "given": given,
        "refused": refused,
        "starts": one.own.shelf.all(),
    }
    return render(request, "transcode/edit.html", values, status=status)


def _body(template: Template) -> str:
    """What stands in the editor beside name and title."""
    found = msgspec.to_builtins(template)
    return _pretty({name: value for name, value in found.items() if name not in ("name", "title", "version")})


def _text(template: Template) -> str:
    return _pretty(msgspec.to_builtins(template))


def _pretty(values: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(values), indent=2).decode()

"""One workload: how far it is, its revisions; scaling, restarting, going back to a revision after a second look."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.views.common import back, shown, standing
from yunyue.services.containers.engine import Change


@seen_by(PROJECT_READERS)
@standing("rollout")
def workload(request: HttpRequest, question: Asked, place: Counter, kind: str, name: str) -> HttpResponse:
    """Its page. Raises Http404 when there is none."""
    return workload_page(request, question, place, (kind, name))


def workload_page(
    request: HttpRequest, question: Asked, place: Counter, which: tuple[str, str], refused: Refused | None = None
) -> HttpResponse:
    """The page, perhaps with what was refused."""
    found = place.engine.get(place.project, *which)
    if isinstance(found, Refused):
        raise Http404("/".join(which))
    rollout = place.engine.rollout(place.project, *which)
    replicas = place.engine.replicas(place.project, which[1])
    values: dict[str, Any] = {
        "one": found[0],
        "rollout": None if isinstance(rollout, Refused) else rollout,
        "replicas": () if isinstance(replicas, Refused) else [one for one in replicas if one.kind == found[0].kind],
        "refused": refused,
    }
    return shown(request, "containers/workload.html", question, place, **values)


@seen_by(WORKERS)
@require_POST
@standing("scale")
def scale(request: HttpRequest, question: Asked, place: Counter, kind: str, name: str) -> HttpResponse:
    """Ask for so many replicas, or replace them all."""
    if request.POST.get("act") == "restart":
        done = place.engine.restart(place.project, kind, name, place.actor)
    else:
        text = request.POST.get("replicas", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else -1
        done = place.engine.scale(place.project, kind, name, number, place.actor)
    return _done(request, question, place, done, (kind, name))


@seen_by(WORKERS)
@standing("undo")
def undo(request: HttpRequest, question: Asked, place: Counter, kind: str, name: str) -> HttpResponse:
    """Asks first, showing what was before; a POST does it."""
    text = (request.POST if request.method == "POST" else request.GET).get("to", "0")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if request.method == "POST":
        done = place.engine.undo(place.project, kind, name, number, place.actor)
        return _done(request, question, place, done, (kind, name))
    rollout = place.engine.rollout(place.project, kind, name)
    chosen = None if isinstance(rollout, Refused) else next((o for o in rollout.revisions if o.number == number), None)
    if chosen is None or isinstance(rollout, Refused):
        raise Http404(name)
    return shown(request, "containers/undo.html", question, place, rollout=rollout, chosen=chosen)


def _done(
    request: HttpRequest, question: Asked, place: Counter, done: Change | Refused, which: tuple[str, str]
) -> HttpResponse:
    if isinstance(done, Refused):
        return workload_page(request, question, place, which, done)
    messages.success(request, _("Kept; it is being carried out."))
    return back(question, "containers:workload", place.project.name, *which)

"""Projects with their quotas; one project: its topology, workloads, events, and what it uses."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.containers.counter import Counter, seen
from yunyue.doors.web.containers.drawing import topology
from yunyue.doors.web.containers.roles import PROJECT_READERS
from yunyue.doors.web.containers.showing import bars, course, minutes
from yunyue.doors.web.containers.views.common import shown, standing

NEWEST = 50


@seen_by(PROJECT_READERS)
def projects(request: HttpRequest) -> HttpResponse:
    """The projects of the contract; a tenant's own."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    rows = [(one, bars(one)) for one in seen(account_of(request), question.contract)]
    return render(request, "containers/projects.html", {"asked": question, "rows": rows})


@seen_by(PROJECT_READERS)
@standing("get")
def project(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Everything of one project."""
    return project_page(request, question, place)


def project_page(request: HttpRequest, question: Asked, place: Counter, refused: Refused | None = None) -> HttpResponse:
    """The page, perhaps with what was refused."""
    objects, replicas = place.engine.get(place.project), place.engine.replicas(place.project)
    uses, events = place.engine.top(place.project), place.engine.events(place.project, 0, 100_000)
    unread = next((one for one in (objects, replicas, uses, events) if isinstance(one, Refused)), None)
    values: dict[str, Any] = {"objects": _all(objects), "replicas": _all(replicas), "bars": bars(place.project)}
    used = {one.replica: one for one in _all(uses)}
    values["topology"] = topology(values["objects"], values["replicas"])
    values["rows"] = [(one, used.get(one.name)) for one in values["replicas"]]
    values["minutes"] = tuple(reversed(minutes(place.project)))
    values["events"] = sorted(_all(events), key=lambda one: (one.at, one.number), reverse=True)[:NEWEST]
    return shown(request, "containers/project.html", question, place, refused=refused or unread, **values)


def _all(found: Any) -> Any:
    return () if isinstance(found, Refused) else found


@seen_by(PROJECT_READERS)
@standing("top")
def use(request: HttpRequest, question: Asked, place: Counter, what: str) -> HttpResponse:
    """The points of a chart: cpu or memory. Raises Http404 for another."""
    del request, question
    titles = {"cpu": _("Processors in use"), "memory": _("Memory in use, MiB")}
    if what not in titles:
        raise Http404(what)
    points = course(place.project, what)
    return JsonResponse({"kind": "latency", "name": titles[what], "failed": _("No reading"), "points": points})

"""One replica: its lines as they come, a terminal to type into, and single commands answered as text.

The terminal is xterm.js over the containers' streams (`static/terminal.js`); a single command needs no script.
"""

import asyncio
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.containers import Ran, lines_of, run_once
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter, say
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.views.common import shown, standing
from yunyue.services.containers.engine import Follow, Replica

LINES: Final = 200
LONGEST: Final = 4000


@seen_by(PROJECT_READERS)
@standing("logs")
def replica(request: HttpRequest, question: Asked, place: Counter, name: str) -> HttpResponse:
    """Its last lines, renewed every two seconds. Raises Http404 when there is none."""
    return _page(request, question, place, _found(place, name))


@seen_by(WORKERS)
@require_POST
@standing("exec")
def execute(request: HttpRequest, question: Asked, place: Counter, name: str) -> HttpResponse:
    """Run a line by the replica's shell. Where scripts run, only the answer comes; else the page with it."""
    one = _found(place, name)
    line = request.POST.get("line", "").strip()[:LONGEST]
    say(place, "exec", f"{name} {line}")
    done = asyncio.run(run_once(place.engine, place.project, name, ("/bin/sh", "-c", line)))
    said = _said(line, done)
    if request.headers.get("HX-Request"):
        return render(request, "containers/said.html", said)
    return _page(request, question, place, one, said)


def _said(line: str, done: Ran | Refused) -> dict[str, object]:
    if isinstance(done, Refused):
        return {"line": line, "refused": done}
    return {"line": line, "ran": done, "output": done.output.decode("utf-8", "replace")}


def _found(place: Counter, name: str) -> Replica:
    found = place.engine.replicas(place.project)
    known = () if isinstance(found, Refused) else found
    one = next((each for each in known if each.name == name), None)
    if one is None:
        raise Http404(name)
    return one


def _page(
    request: HttpRequest, question: Asked, place: Counter, one: Replica, said: dict[str, object] | None = None
) -> HttpResponse:
    previous = request.GET.get("previous") == "1"
    lines = asyncio.run(lines_of(place.engine, place.project, one.name, Follow(tail=LINES, previous=previous)))
    values = {"one": one, "previous": previous, "said": said}
    if isinstance(lines, Refused):
        return shown(request, "containers/replica.html", question, place, **values, unread=lines)
    return shown(request, "containers/replica.html", question, place, **values, lines=lines)

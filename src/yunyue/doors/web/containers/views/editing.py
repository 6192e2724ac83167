"""The YAML editor: what applying would change is shown first, line by line; a refusal names the field."""

import difflib
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter
from yunyue.doors.web.containers.roles import WORKERS
from yunyue.doors.web.containers.views.common import back, shown, standing
from yunyue.doors.web.containers.views.projects import project_page
from yunyue.services.containers.engine import Applied, Change

LONGEST: Final = 900_000


@seen_by(WORKERS)
@standing("diff")
def edit(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Empty, or with the objects there are; sent, it shows the difference, and applies what was looked at."""
    if request.method != "POST":
        return _page(request, question, place, _present(request, place))
    text = request.POST.get("manifest", "").replace("\r\n", "\n")[:LONGEST]
    if request.POST.get("step") == "apply":
        refused = place.refused("apply")
        done = refused or place.engine.apply(place.project, text, place.actor)
        if isinstance(done, Applied):
            messages.success(request, _("Kept; it is being carried out."))
            return back(question, "containers:project", place.project.name)
        return _page(request, question, place, text, done)
    return _page(request, question, place, text, place.engine.diff(place.project, text))


def _page(
    request: HttpRequest, question: Asked, place: Counter, text: str, found: Applied | Refused | None = None
) -> HttpResponse:
    changes = [(one, difference(one)) for one in found.changes] if isinstance(found, Applied) else []
    values = {"text": text, "changes": changes, "looked": isinstance(found, Applied)}
    refused = found if isinstance(found, Refused) else None
    return shown(request, "containers/edit.html", question, place, refused=refused, **values)


def difference(change: Change) -> list[str]:
    """The lines that change, with three around them; none where the object stays the same."""
    lines = difflib.unified_diff(change.before.splitlines(), change.after.splitlines(), lineterm="", n=3)
    return list(lines)[2:]


def _present(request: HttpRequest, place: Counter) -> str:
    """The YAML of one object, or of all. Secrets are left out: their values are not shown, nor to be lost here."""
    kind, name = request.GET.get("kind", "")[:64], request.GET.get("name", "")[:253]
    found = place.engine.get(place.project, kind, name)
    if isinstance(found, Refused):
        raise Http404(name)
    return "---\n".join(one.body for one in found if one.kind != "Secret")


@seen_by(WORKERS)
@require_POST
@standing("delete")
def delete(request: HttpRequest, question: Asked, place: Counter, kind: str, name: str) -> HttpResponse:
    """Forget an object, when its name was typed again."""
    if request.POST.get("confirm", "").strip() != name:
        refused = Refused("type the name of the object to delete it", "confirm", "C37")
        return project_page(request, question, place, refused)
    done = place.engine.delete(place.project, kind, name, place.actor)
    if isinstance(done, Refused):
        return project_page(request, question, place, done)
    messages.success(request, _("Deleted; its replicas are being ended."))
    return back(question, "containers:project", place.project.name)

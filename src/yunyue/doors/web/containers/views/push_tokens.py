"""The push tokens of a project: with which images are pushed, who made them; made, shown once, and revoked."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.containers import moment_now
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.showing import registry_address
from yunyue.doors.web.containers.views.common import back, shown, standing

DAYS: Final = (7, 30, 90, 180, 366)
USUAL: Final = 90
LONGEST: Final = 64


@seen_by(PROJECT_READERS)
@standing("push")
def tokens(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """The tokens, without their secrets, which nobody can read again."""
    return _page(request, question, place)


@seen_by(WORKERS)
@require_POST
@standing("push")
@proving
def make(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """A new one; its secret is shown this once."""
    name, days = request.POST.get("name", "").strip()[: LONGEST + 1], request.POST.get("days", "")
    if days not in ("0", *map(str, DAYS)):
        refused = Refused(f"expected one of {', '.join(map(str, DAYS))} days, or 0 for no end", "days", "C37")
        return _page(request, question, place, refused, typed=name)
    made = place.keeping.make_token(name, int(days))
    if isinstance(made, Refused):
        return _page(request, question, place, made, typed=name)
    return _page(request, question, place, once=(name, made))


@seen_by(WORKERS)
@require_POST
@standing("push")
def revoke(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """From then on nobody gets in with it. Its name is sent as it is: a terminal once gave tokens any name."""
    refused = place.keeping.revoke_token(request.POST.get("name", ""))
    if refused is not None:
        return _page(request, question, place, refused)
    messages.success(request, _("Revoked. It lets nobody in any more."))
    return back(question, "containers:tokens", place.project.name)


def _page(
    request: HttpRequest,
    question: Asked,
    place: Counter,
    refused: Refused | None = None,
    **values: object,
) -> HttpResponse:
    now = moment_now()
    rows = [(one, _state(one.ended, holds=one.holds_at(now))) for one in place.keeping.tokens()]
    address = registry_address(office().settings.home)
    common = {"rows": rows, "days": DAYS, "usual": USUAL, "registry": address}
    response = shown(request, "containers/tokens.html", question, place, refused=refused, **common, **values)
    response["Cache-Control"] = "no-store"
    return response


def _state(ended: int, *, holds: bool) -> str:
    if ended:
        return "revoked"
    return "active" if holds else "expired"

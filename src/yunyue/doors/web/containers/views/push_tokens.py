"""The push tokens of a project: with which images are pushed, who made them; made, shown once, and revoked."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.containers import push_tokens
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter, say
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.showing import registry_address
from yunyue.doors.web.containers.views.common import back, shown, standing
from yunyue.host.clock import SystemClock
from yunyue.sla.span import milliseconds

DAY_MS: Final = 86_400_000
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
    ends = _now() + int(days) * DAY_MS if days != "0" else 0
    made = push_tokens(office().settings.home).issue(place.project.order, name, place.actor, ends)
    if isinstance(made, Refused):
        return _page(request, question, place, made, typed=name)
    say(place, "push", f"push token {name} made")
    return _page(request, question, place, once=(name, made))


@seen_by(WORKERS)
@require_POST
@standing("push")
def revoke(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """From then on nobody gets in with it. Its name is sent as it is: a terminal once gave tokens any name."""
    name = request.POST.get("name", "")
    refused = push_tokens(office().settings.home).withdraw(place.project.order, name)
    if refused is not None:
        return _page(request, question, place, refused)
    say(place, "push", f"push token {name} revoked")
    messages.success(request, _("Revoked. It lets nobody in any more."))
    return back(question, "containers:tokens", place.project.name)


def _page(
    request: HttpRequest,
    question: Asked,
    place: Counter,
    refused: Refused | None = None,
    **values: object,
) -> HttpResponse:
    home, now = office().settings.home, _now()
    found = push_tokens(home).all(place.project.order)
    rows = [(one, _state(one.ended, holds=one.holds_at(now))) for one in found]
    common = {"rows": rows, "days": DAYS, "usual": USUAL, "registry": registry_address(home)}
    response = shown(request, "containers/tokens.html", question, place, refused=refused, **common, **values)
    response["Cache-Control"] = "no-store"
    return response


def _state(ended: int, *, holds: bool) -> str:
    if ended:
        return "revoked"
    return "active" if holds else "expired"


def _now() -> int:
    """This moment by the clock that tokens end by, ms."""
    return milliseconds(SystemClock().now())

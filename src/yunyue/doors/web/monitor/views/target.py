"""One target: its course, its latency, its last page with waterfall and picture, its incidents."""

from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yunyue.answer import Refused
from yunyue.doors.monitor.target import course
from yunyue.doors.monitor.wall import since
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.monitor import drawing as drawn
from yunyue.doors.web.monitor.views.common import answered, host_of, spot_of
from yunyue.services.monitor.pages.visits import Visit, Visits
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.sla.span import milliseconds

HOURS: Final = (1, 6, 24, 168, 720)


@seen_by(SERVICE_READERS)
@answered
def target(request: HttpRequest, question: Asked, order: str) -> HttpResponse:
    """All there is to know of a target. Raises Http404."""
    spot = spot_of(request, question, order)
    now = office().clock.now()
    hours = _hours(request)
    bounds = (since(now, hours), milliseconds(now) + 1)
    series = office().hosting.series
    point = request.GET.get("point", "")[:63]
    found = course(office().hosting, order, bounds, point)
    visits = _visits(question)
    last = visits.of(order, 10) if visits else ()
    fall = visits.waterfall(last[0]) if visits and last and last[0].waterfall else None
    values = {
        "asked": question,
        "spot": spot,
        "course": found,
        "chart": drawn.course(found),
        "hours": hours,
        "choices": HOURS,
        "point": point,
        "points": series.points(order, AVAILABILITY, *bounds),
        "visits": last,
        "fall": None if isinstance(fall, Refused) else fall,
        "bars": drawn.waterfall(fall) if fall is not None and not isinstance(fall, Refused) else (),
        "reads_contract": account_of(request).plays(CONTRACT_READERS),
    }
    return render(request, "monitor/target.html", values)


@seen_by(SERVICE_READERS)
@answered
def drawing(request: HttpRequest, question: Asked, order: str) -> HttpResponse:
    """The latency of the last hours alone, for a board. Raises Http404."""
    spot_of(request, question, order)
    now = office().clock.now()
    found = course(office().hosting, order, (since(now, _hours(request)), milliseconds(now) + 1))
    return render(request, "monitor/parts/course.html", {"chart": drawn.course(found), "course": found})


@seen_by(SERVICE_READERS)
@answered
def picture(request: HttpRequest, question: Asked, order: str, at: int) -> HttpResponse:
    """The screenshot of a visit. Raises Http404."""
    spot_of(request, question, order)
    visits = _visits(question)
    visit: Visit | None = visits.at(order, at) if visits else None
    content = visits.picture(visit) if visits and visit and visit.picture else None
    if content is None or isinstance(content, Refused):
        raise Http404(order)
    return HttpResponse(content, content_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _visits(question: Asked) -> Visits | None:
    """None while no page was ever visited: looking makes nothing."""
    folder = Path(host_of(question).folder)
    return Visits(folder) if (folder / "visits.sqlite").exists() else None


def _hours(request: HttpRequest) -> int:
    text = request.GET.get("hours", "")
    return int(text) if text.isascii() and text.isdigit() and int(text) in HOURS else 24

"""Maintenance windows with who asked and who approved, and the probe points with how they are heard."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.monitor.views.common import answered, host_of
from yunyue.journal.facts import ExclusionRequested
from yunyue.people.duties import may_record
from yunyue.services.monitor.maintenance import windows
from yunyue.services.monitor.points.register import Points
from yunyue.sla.span import milliseconds


@seen_by(CONTRACT_READERS)
@answered
def maintenance(request: HttpRequest, question: Asked) -> HttpResponse:
    """Every window asked for, the latest first."""
    now = milliseconds(office().clock.now())
    found = sorted(windows(host_of(question)), key=lambda one: -one.start)
    values = {
        "asked": question,
        "found": [(one, one.covers(now)) for one in found],
        "asks": may_record(account_of(request).role, ExclusionRequested),
    }
    return render(request, "monitor/maintenance.html", values)


@seen_by(CONTRACT_READERS)
@answered
def points(request: HttpRequest, question: Asked) -> HttpResponse:
    """Every probe point of the contract."""
    folder = Path(host_of(question).folder)
    now = milliseconds(office().clock.now())
    found = Points(folder).all() if (folder / "points.sqlite").exists() else ()
    rows = [(one, "left" if one.ended else "unknown" if one.silent(now) else "up") for one in found]
    return render(request, "monitor/points.html", {"asked": question, "rows": rows})

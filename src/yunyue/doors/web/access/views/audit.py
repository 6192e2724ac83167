"""The audit administrator's first screen: the state of the chain, what was odd, where something is missing."""

from dataclasses import fields

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from yunyue.doors.accesses import damage
from yunyue.doors.office import office
from yunyue.doors.web.access.standing import standing
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import AUDITORS


@seen_by(AUDITORS)
def audit(request: HttpRequest) -> HttpResponse:
    """What was published, what the other two administrators did, who was turned away, what is kept how long."""
    return render(request, "access/audit.html", _shown())


@seen_by(AUDITORS)
@require_POST
def checking(request: HttpRequest) -> HttpResponse:
    """Read every sealed access record again, and compare it with the journal."""
    return render(request, "access/audit.html", {**_shown(), "checked": True, "faults": damage(office())})


def _shown() -> dict[str, object]:
    found = standing()
    return {one.name: getattr(found, one.name) for one in fields(found)}

"""The list of jobs, newest first, keeping itself current."""

from typing import Final, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.doors import films
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.transcode.desk import Counter, counter
from yunyue.doors.web.transcode.roles import CANCELLERS, JOB_READERS
from yunyue.doors.web.transcode.showing import Row, row_of
from yunyue.doors.web.transcode.templatetags.films import moment, seconds, statename
from yunyue.services.transcode.jobs.ending import FACTOR
from yunyue.services.transcode.jobs.job import State

ROWS: Final = 50
EXPORTED: Final = 5000
STATES: Final = get_args(State)


@seen_by(JOB_READERS)
@counter
def listed(request: HttpRequest, one: Counter) -> HttpResponse:
    """A page of jobs: a department's own, or those of all departments."""
    state = _state(request)
    found = _rows(one, state, request.GET.get("before", "") or "~", ROWS + 1)
    values = {
        "asked": one.question,
        "tab": "jobs",
        "rows": found[:ROWS],
        "older": found[ROWS - 1].job.id if len(found) > ROWS else "",
        "state": state or "",
        "states": STATES,
        "hands": one.hands,
        "everyones": not one.account.tenant,
        "cancels": one.account.plays(CANCELLERS),
        "months": films.turnaround(one.desks),
        "factor": FACTOR,
        "again": 20 if all(row.ended for row in found) else 3,
    }
    return render(request, "transcode/jobs.html", values)


@seen_by(JOB_READERS)
@counter
def export(request: HttpRequest, one: Counter) -> HttpResponse:
    """The same as an Excel table."""
    heads = [
        _("Job"),
        _("Film"),
        _("Department"),
        _("Template"),
        _("State"),
        _("Handed in"),
        _("Finished"),
        _("Took, seconds"),
        _("Film, seconds"),
        _("Why it failed"),
    ]
    rows = [
        [
            *(row.job.id, row.job.request.label, row.job.tenant, row.job.request.template.name),
            *(statename(row.job.state), moment(row.job.created), moment(row.job.ended)),
            *(seconds(row.job.took), seconds(row.job.seconds or None), row.job.reason),
        ]
        for row in _rows(one, _state(request), "~", EXPORTED)
    ]
    return excel(f"films-{one.contract}", heads, rows)


def _state(request: HttpRequest) -> State | None:
    asked = request.GET.get("state", "")
    return next((one for one in STATES if one == asked), None)


def _rows(one: Counter, state: State | None, before: str, limit: int) -> list[Row]:
    if not one.desks:
        return []
    now = one.desks[0].place.queue.now()
    return [row_of(job, now) for job in films.jobs(one.desks, state, before, limit)]

"""The wall of all targets, and the same as an Excel table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunyue.doors.monitor.wall import Spot
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import SERVICE_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.console.templatetags.words import STATES
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.monitor.templatetags.watched import milli, moment, share
from yunyue.doors.web.monitor.views.common import answered, seen
from yunyue.doors.web.tables.paging import paged


@seen_by(SERVICE_READERS)
@answered
def wall(request: HttpRequest, question: Asked) -> HttpResponse:
    """Every target: how it is now, how its days were, what is wrong, what was found. What is down comes first."""
    spots = sorted(seen(request, question), key=lambda one: ("down", "unknown", "up").index(one.state))
    if request.GET.get("as") == "excel":
        return _excel(question, spots)
    counts = {state: sum(one.state == state for one in spots) for state in ("up", "down", "unknown")}
    values = {"asked": question, "page": paged(request, spots), "counts": counts}
    return render(request, "monitor/wall.html", values)


def _excel(question: Asked, spots: list[Spot]) -> HttpResponse:
    heads = [
        _("Target"),
        pgettext("watch", "Order"),
        _("Department"),
        _("State"),
        _("Last sample"),
        _("Latency, ms"),
        _("Error"),
    ]
    heads += [_("Availability, 30 days"), _("Open incidents"), _("Open findings")]
    return excel(f"targets-{question.contract}", heads, [_row(one) for one in spots])


def _row(spot: Spot) -> list[str]:
    known = [one.share for one in spot.days if one.share is not None]
    last = spot.sample
    return [
        spot.name,
        spot.order,
        spot.tenant,
        str(STATES[spot.state][0]),
        moment(last.ts) if last else "",
        milli(last.latency_us) if last else "",
        last.error if last else "",
        share(sum(known) // len(known) if known else None),
        str(len(spot.open)),
        str(spot.findings),
    ]

"""Incidents: all of them, and one with its timeline, its tickets and the facts that show the outage."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.templatetags.words import day
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.tables.paging import paged
from yunyue.doors.web.tickets.desk import Desk, desk
from yunyue.journal import facts
from yunyue.people.duties import may_record
from yunyue.tickets import incidents as register

RECORDED = (facts.IncidentOpened, facts.IncidentNoted, facts.IncidentLinked, facts.IncidentClosed)


def _rights(one: Desk) -> dict[str, bool]:
    return {kind.type.replace(".", "_"): may_record(one.account.role, kind) for kind in RECORDED}


@seen_by(CONTRACT_READERS)
@desk
def incidents(request: HttpRequest, one: Desk) -> HttpResponse:
    """Those that last first, then the newest."""
    now = one.kernel.clock.now()
    found = [(each, each.lasted(now)) for each in register.incidents(one.known)]
    if request.GET.get("as") == "excel":
        heads = [_("Incident"), _("Order"), _("Severity"), _("About"), _("Began"), _("Ended"), _("Tickets")]
        cells = [
            [
                each.id,
                each.said.order,
                str(each.said.severity),
                each.said.about,
                day(each.opened.time),
                day(each.closed.time) if each.closed else "",
                " ".join(each.tickets),
            ]
            for each, _lasted in found
        ]
        return excel(f"incidents-{one.contract}", heads, cells)
    values = {"asked": one.question, "page": paged(request, found), "may": _rights(one)}
    return render(request, "tickets/incidents.html", values)


@seen_by(CONTRACT_READERS)
@desk
def incident(request: HttpRequest, one: Desk, name: str) -> HttpResponse:
    """One incident. Raises Http404 for one there is not."""
    found = register.find(one.known, name)
    if found is None:
        raise Http404(name)
    values = {
        "asked": one.question,
        "one": found,
        "lasted": found.lasted(one.kernel.clock.now()),
        "may": _rights(one),
    }
    return render(request, "tickets/incident.html", values)

"""The queue by clock, and one ticket with its notes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS
from yunyue.doors.web.console.recording import ticket as form
from yunyue.doors.web.console.templatetags.words import STATES, day
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.tables.paging import paged
from yunyue.doors.web.tickets.desk import Desk, desk
from yunyue.host.clock import BEIJING
from yunyue.tickets.register import Clock, Ticket, agreement
from yunyue.tickets.work import words_of


@seen_by(SERVICE_READERS)
@desk
def queue(request: HttpRequest, one: Desk) -> HttpResponse:
    """What runs out first comes first; perhaps every ticket, perhaps one's own."""
    shown, severity = request.GET.get("show", "open"), request.GET.get("severity", "")
    every = one.all()
    found = [
        each
        for each in every
        if (shown != "open" or each.open)
        and (shown != "mine" or each.holder == one.account.pseudonym)
        and severity in ("", str(each.said.severity))
    ]
    if request.GET.get("as") == "excel":
        return excel(f"tickets-{one.contract}", _heads(), [_cells(each) for each in found])
    values = {
        "asked": one.question,
        "page": paged(request, found),
        "any": bool(every),
        "show": shown,
        "severity": severity,
        "may_open": one.may("ticket.opened"),
        "levels": agreement(one.known, one.kernel.calendar).levels,
        "late": sum(each.open and "late" in (each.response.state, each.resolution.state) for each in every),
        "reads_contract": one.account.plays(CONTRACT_READERS),
    }
    return render(request, "tickets/queue.html", values)


def _heads() -> list[str]:
    return [
        *(_("Ticket"), _("Severity"), _("About"), _("Department"), _("State"), _("Opened"), _("With")),
        *(_("Response due"), _("Response"), _("Resolution due"), _("Resolution")),
    ]


def _cells(each: Ticket) -> list[str]:
    return [
        each.id,
        str(each.said.severity),
        each.said.about,
        each.said.tenant or "",
        str(STATES[each.state][0]),
        day(each.opened.time),
        each.holder,
        *_clock(each.response),
        *_clock(each.resolution),
    ]


def _clock(clock: Clock) -> tuple[str, str]:
    due = clock.reading.due
    return day(due.astimezone(BEIJING)) if due else "", str(STATES[clock.state][0])


@seen_by(SERVICE_READERS)
@desk
def ticket(request: HttpRequest, one: Desk, name: str) -> HttpResponse:
    """One ticket: its clocks, what happened, what was said, what may be done next."""
    return shown(request, one, one.ticket(name), None)


def shown(request: HttpRequest, one: Desk, found: Ticket, refused: Refused | None, status: int = 200) -> HttpResponse:
    """The page of a ticket, perhaps with what was refused."""
    moves = one.moves(found)
    values = {
        "asked": one.question,
        "one": found,
        "steps": [(step, words_of(one.kernel, step.data, notes=one.reads_notes)) for step in found.steps],
        "clocks": [(_("Response"), found.response), (_("Resolution"), found.resolution)],
        "moves": [kind for kind in moves if kind not in ("ticket.handed_over", "ticket.continued", "ticket.closed")],
        "plain": [kind for kind in moves if kind in ("ticket.continued", "ticket.closed")],
        "hands": "ticket.handed_over" in moves,
        "refused": refused,
        "written": request.POST.get("text", "") if refused else "",
        "now": one.kernel.clock.now(),
        "reads_contract": one.account.plays(CONTRACT_READERS),
        "form": form.issue(one.account, one.contract, found.id),
        "may_link": one.account.role in ("engineer", "service_manager"),
    }
    return render(request, "tickets/ticket.html", values, status=status)

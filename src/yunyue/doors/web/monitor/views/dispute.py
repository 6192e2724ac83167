"""The minutes in question of a target, from every probe point, with all that was asked to be left out."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.monitor.budget import METHODS
from yunyue.doors.monitor.dispute import Dispute
from yunyue.doors.monitor.dispute import dispute as looked
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.monitor.templatetags.watched import moment
from yunyue.doors.web.monitor.views.common import answered, host_of, seen
from yunyue.host.clock import BEIJING
from yunyue.services.monitor.entry import ENTRY
from yunyue.sla.span import MINUTE, Span, milliseconds

HOURS_SHOWN = 2


@seen_by(CONTRACT_READERS)
@answered
def dispute(request: HttpRequest, question: Asked) -> HttpResponse:
    """A stretch of one target, at most a day."""
    objectives = [one for one in host_of(question).objectives(ENTRY.code) if one.indicator == "availability"]
    targets = seen(request, question)
    span = _span(request)
    order = request.GET.get("order", "") or (targets[0].order if targets else "")
    objective = next((one for one in objectives if one.id == request.GET.get("objective")), None) or next(
        iter(objectives), None
    )
    method = request.GET.get("method", "")
    found: Dispute | Refused | None = None
    if isinstance(span, Refused):
        found = span
    elif objective is not None and any(one.order == order for one in targets):
        chosen = method if method in METHODS else None
        found = looked(office().hosting, (question.contract, order), objective, span, chosen)
    if isinstance(found, Dispute) and request.GET.get("as") == "excel":
        return _excel(found)
    values = {
        "asked": question,
        "targets": targets,
        "objectives": objectives,
        "objective": objective,
        "order": order,
        "methods": METHODS,
        "found": found if isinstance(found, Dispute) else None,
        "refused": found if isinstance(found, Refused) else None,
        "start": _text(span.start) if isinstance(span, Span) else request.GET.get("start", ""),
        "end": _text(span.end) if isinstance(span, Span) else request.GET.get("end", ""),
    }
    return render(request, "monitor/dispute.html", values, status=422 if values["refused"] else 200)


def _span(request: HttpRequest) -> Span | Refused:
    """From the asked moments; without any the last hours."""
    now = milliseconds(office().clock.now()) // MINUTE * MINUTE
    start, end = (_moment(request.GET.get(name, "")) for name in ("start", "end"))
    if start is None or end is None:
        return Span(now - HOURS_SHOWN * 60 * MINUTE, now)
    if end <= start:
        return Refused(_("the end comes after the start"), "end")
    return Span(start, end)


def _moment(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= found.year <= 2199:
        return None
    return milliseconds(found if found.tzinfo else found.replace(tzinfo=BEIJING)) // MINUTE * MINUTE


def _text(milliseconds_: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds_ / 1000, BEIJING):%Y-%m-%dT%H:%M}"


def _excel(found: Dispute) -> HttpResponse:
    columns = [one or _("Verdict") for one in found.columns]
    heads = [_("Minute"), _("Counts as bad"), _("Excluded")]
    heads += [f"{one}: {what}" for one in columns for what in (_("attempts"), _("good"), _("gaps"))]
    rows = [
        [
            moment(one.start),
            _("yes") if one.bad else "",
            one.excluded,
            *(
                str(value)
                for count in one.seen
                for value in ((count.total, count.good, count.gaps) if count else ("",) * 3)
            ),
        ]
        for one in found.minutes
    ]
    return excel(f"dispute-{found.order}", heads, rows)

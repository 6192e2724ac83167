"""The archive index: what is kept until when, what holds it, what may be destroyed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.acceptance.archive import Archived, archive, standing_holds
from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import STAFF_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.templatetags.words import STATES, day, fact_title
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.tables.paging import paged
from yunyue.journal import facts
from yunyue.people.duties import may_record

RECORDED = (facts.PaperSealed, facts.HoldPlaced, facts.HoldLifted, facts.DocumentDestroyed)


@seen_by(STAFF_READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Every document that a fact of the contract names. Papers of the staff are among them: no third party looks."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    known = office().kernel.known(question.contract)
    if isinstance(known, Refused):
        return unanswered(request, known)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    rows = [(one, one.state(question.as_of)) for one in archive(known, question.as_of)]
    found = [row for row in rows if kind in ("", row[0].kept.kind) and state in ("", row[1])]
    if request.GET.get("as") == "excel":
        return excel(f"archive-{question.contract}", _heads(), [_cells(*row) for row in found])
    role = account_of(request).role
    values = {
        "asked": question,
        "page": paged(request, found),
        "any": bool(rows),
        "kind": kind,
        "state": state,
        "holds": standing_holds(known),
        "may": {one.type.replace(".", "_"): may_record(role, one) for one in RECORDED},
        "terms": question.terms.papers,
    }
    return render(request, "archive/index.html", values)


def _heads() -> list[str]:
    return [_("Document"), _("Named by"), _("Day"), _("Class"), _("Kept until"), _("Holds"), _("State"), _("Sealed")]


def _cells(one: Archived, state: str) -> list[str]:
    first = one.facts[0]
    return [
        one.digest,
        f"{fact_title(first.type)} {first.id}",
        day(first.day),
        _("Log") if one.kept.kind == "log" else _("Contract paper"),
        day(one.kept.until),
        " ".join(one.kept.holds),
        str(STATES[state][0]),
        " ".join(one.papers),
    ]

"""The wall display: one dark page without a menu, readable across a room, that keeps itself current."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.standing import standing
from yunyue.doors.web.console.wall import wall


@seen_by(CONTRACT_READERS)
def display(request: HttpRequest) -> HttpResponse:
    """A contract as it stands today."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    statement, known = question.statement(), office().kernel.known(question.contract)
    if isinstance(statement, Refused):
        return unanswered(request, statement)
    if isinstance(known, Refused):
        return unanswered(request, known)
    values = {
        "asked": question,
        "stand": standing(question.terms, statement),
        "wall": wall(question, known),
        "now": office().clock.now(),
        "theme": "dark",
    }
    return render(request, "console/wall.html", values)

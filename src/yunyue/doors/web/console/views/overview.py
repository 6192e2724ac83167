"""Where the contract stands: the term, the money, what is due next, what is open, how the services do."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.standing import standing, verdicts
from yunyue.doors.web.console.templatetags.words import said
from yunyue.journal.facts import VerdictReached


@seen_by(SERVICE_READERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The first page; who does not read the contract starts with the services."""
    if not account_of(request).plays(CONTRACT_READERS):
        return redirect("console:today")
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    statement = question.statement()
    if isinstance(statement, Refused):
        return unanswered(request, statement)
    months = verdicts(office().kernel.facts(question.contract, VerdictReached))
    values = {
        "asked": question,
        "stand": standing(question.terms, statement),
        "months": [(verdict, question.terms.objective(verdict.objective)) for verdict in months],
    }
    return render(request, "console/overview.html", values)


@seen_by(CONTRACT_READERS)
def sla(request: HttpRequest) -> HttpResponse:
    """The SLA chart's numbers: a series of months for each objective."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    reached = verdicts(office().kernel.facts(question.contract, VerdictReached))
    series = [
        {
            "name": said(objective.title),
            "target": str(objective.target),
            "points": [[one.month, str(one.measured)] for one in reached if one.objective == objective.id],
        }
        for objective in question.terms.sla.objectives
        if any(one.objective == objective.id for one in reached)
    ]
    return JsonResponse({"kind": "sla", "series": series})

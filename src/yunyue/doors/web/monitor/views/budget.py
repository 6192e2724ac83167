"""What each objective of monitoring still allows this month, and what the month would be by the other methods."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.doors.monitor.budget import METHODS, Budget, budget, compare
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.monitor import drawing
from yunyue.doors.web.monitor.views.common import answered, host_of
from yunyue.services.monitor.entry import ENTRY
from yunyue.sla.months import ServiceMonth, service_months


@seen_by(CONTRACT_READERS)
@answered
def budgets(request: HttpRequest, question: Asked) -> HttpResponse:
    """Every objective with its budget of the month; the table alone for a part of another page."""
    month = _month(request, question)
    found = [(one, budget(office().hosting, question.contract, one, month)) for one in _objectives(question)]
    rows = [(one, made if isinstance(made, Budget) else None) for one, made in found]
    values = {"asked": question, "rows": rows, "month": month, "months": _months(question)}
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "monitor/parts/budgets.html" if partial else "monitor/budgets.html", values)


@seen_by(CONTRACT_READERS)
@answered
def burn(request: HttpRequest, question: Asked, objective: str) -> HttpResponse:
    """One objective: the budget day by day, by its own method or another. Raises Http404."""
    wanted = next((one for one in _objectives(question) if one.id == objective), None)
    if wanted is None:
        raise Http404(objective)
    month, method = _month(request, question), request.GET.get("method", "")
    chosen = method if method in METHODS else wanted.method
    hosting = office().hosting
    found = budget(hosting, question.contract, wanted, month, chosen)
    compared = compare(hosting, question.contract, wanted, month) if request.GET.get("compare") else None
    values = {
        "asked": question,
        "objective": wanted,
        "month": month,
        "months": _months(question),
        "methods": METHODS,
        "method": chosen,
        "budget": None if isinstance(found, Refused) else found,
        "refused": found if isinstance(found, Refused) else None,
        "chart": None if isinstance(found, Refused) or not found.days else drawing.budget(found),
        "compared": compared if compared and not isinstance(compared, Refused) else None,
    }
    return render(request, "monitor/budget.html", values)


def _objectives(question: Asked) -> tuple[Objective, ...]:
    return host_of(question).objectives(ENTRY.code)


def _months(question: Asked) -> list[ServiceMonth]:
    today = office().clock.now().date()
    begun = [one for one in service_months(question.terms.term) if one.first <= today]
    return begun[::-1] or list(service_months(question.terms.term))[:1]


def _month(request: HttpRequest, question: Asked) -> ServiceMonth:
    asked_for = request.GET.get("month", "")
    months = _months(question)
    return next((one for one in months if one.name == asked_for), months[0])

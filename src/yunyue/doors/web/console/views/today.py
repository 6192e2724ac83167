"""The first screen of each role: what needs its decision today, and what it watches over."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import (
    ACCOUNT_CHECKERS,
    AUDITORS,
    BUSINESS,
    CONTRACT_READERS,
    OPENERS,
    THIRD_PARTIES,
    Role,
)
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.standing import standing, verdicts
from yunyue.doors.web.console.tasks import tasks
from yunyue.doors.web.console.views.recording import person
from yunyue.journal.facts import VerdictReached
from yunyue.people.proposals import proposed
from yunyue.settlement.statement import Obligation

STAFF_CLAUSES = ("C20", "C21", "C22", "C24", "C25")
FIRST = (
    (AUDITORS, "access:audit"),
    (frozenset({Role.SYSTEM_ADMINISTRATOR}), "access:system"),
    (OPENERS, "accounts:accounts"),
    (ACCOUNT_CHECKERS, "access:security"),
    (THIRD_PARTIES, "access:evidence"),
)
"""Where those begin who watch over the installation, or over the evidence."""


@seen_by(ANY_ACCOUNT)
def today(request: HttpRequest) -> HttpResponse:
    """What waits today; who runs the machine or uses services begins on the page of that."""
    account = account_of(request)
    if account.plays(BUSINESS):
        return _business(request, account)
    for roles, page in FIRST:
        if account.plays(roles):
            return redirect(page)
    return redirect("console:overview" if account.plays(CONTRACT_READERS) else "console:monitoring")


def _business(request: HttpRequest, account: Account) -> HttpResponse:
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    kernel = office().kernel
    known, statement = kernel.known(question.contract), question.statement()
    if isinstance(known, Refused) or isinstance(statement, Refused):
        return unanswered(request, known if isinstance(known, Refused) else None)
    waiting = proposed(kernel, question.contract)
    stand, day = standing(question.terms, statement), question.as_of
    latest = {one.objective: one for one in verdicts(kernel.facts(question.contract, VerdictReached))}
    values = {
        "asked": question,
        "stand": stand,
        "tasks": tasks(known, waiting, person(account), day),
        "mine": [one for one in waiting if one.decision is None and one.maker == account.pseudonym],
        "next": [(one, _left(one, day)) for one in stand.next],
        "red": [(one, question.terms.objective(one.objective)) for one in latest.values() if not one.met],
        "judged": bool(latest),
        "gaps": [one for one in statement.checks if one.clause in STAFF_CLAUSES and one.state != "holds"],
        "client": account.role in (Role.CLIENT_MANAGER, Role.CLIENT_APPROVER),
        "provider": account.role == Role.SERVICE_MANAGER,
    }
    return render(request, "console/today.html", values)


def _left(one: Obligation, day: date) -> int | None:
    """Days to the due day; none where conditions are still missing, since nobody is late for it then."""
    if one.due is None or (one.state == "waiting" and one.due < day):
        return None
    return (one.due - day).days

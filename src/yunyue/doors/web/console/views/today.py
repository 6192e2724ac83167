"""The first screen of each role: what needs its decision today, and what it watches over."""

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
    OPENERS,
    THIRD_PARTIES,
    Role,
)
from yunyue.doors.web.console import screens
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.tasks import tasks
from yunyue.doors.web.console.views.recording import person
from yunyue.orders.register import listed, metered
from yunyue.people.proposals import proposed
from yunyue.tickets.register import seen_by as of_department
from yunyue.tickets.register import tickets

FIRST = (
    (AUDITORS, "access:audit"),
    (frozenset({Role.SYSTEM_ADMINISTRATOR}), "access:system"),
    (OPENERS, "accounts:accounts"),
    (ACCOUNT_CHECKERS, "access:security"),
    (THIRD_PARTIES, "access:evidence"),
)
"""Where those begin who watch over the installation, or over the evidence."""
PAGES = {
    "monitor": "monitor:wall",
    "containers": "containers:projects",
    "transcode": "transcode:jobs",
    "crypto": "crypto:keys",
}
"""Where a service that runs is used."""


@seen_by(ANY_ACCOUNT)
def today(request: HttpRequest) -> HttpResponse:
    """What waits today; who runs the machine or uses services begins on the page of that."""
    account = account_of(request)
    if account.plays(BUSINESS):
        return _business(request, account)
    if account.role == Role.TENANT_USER:
        return _department(request, account)
    return redirect(next(page for roles, page in FIRST if account.plays(roles)))


def _business(request: HttpRequest, account: Account) -> HttpResponse:
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    kernel = office().kernel
    known, statement = kernel.known(question.contract), question.statement()
    if isinstance(known, Refused) or isinstance(statement, Refused):
        return unanswered(request, known if isinstance(known, Refused) else None)
    waiting = proposed(kernel, question.contract)
    values = {
        "asked": question,
        "tasks": tasks(known, waiting, person(account), question.as_of),
        "mine": [one for one in waiting if one.decision is None and one.maker == account.pseudonym],
        "client": account.role in (Role.CLIENT_MANAGER, Role.CLIENT_APPROVER),
        **screens.values(account.role, screens.Screen(question, known, statement)),
    }
    return render(request, "console/today.html", values)


def _department(request: HttpRequest, account: Account) -> HttpResponse:
    """What a department has, what it can do with it, and what it asked for."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    kernel = office().kernel
    known = kernel.known(question.contract)
    if isinstance(known, Refused):
        return unanswered(request, known)
    found = [one for one in listed(known, account.tenant) if not one.ended]
    running = {one.placed.service for one in found if one.state in ("delivered", "suspended")}
    queue = of_department(tickets(known, kernel.calendar, kernel.clock.now()), account.tenant)
    values = {
        "asked": question,
        "tenant": account.tenant,
        "found": [(one, known.terms.item(one.placed.item)) for one in metered(known, found[: screens.QUEUE])],
        "more": max(len(found) - screens.QUEUE, 0),
        "uses": [(code, page) for code, page in PAGES.items() if code in running],
        "queue": [one for one in queue if one.state != "closed"][: screens.QUEUE],
    }
    return render(request, "console/department.html", values)

"""The journal: every fact of a contract, and for each the bytes, the proof, and a check of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from yunyue.doors.office import office
from yunyue.doors.web.access.reaching import reaches
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.proving import leaf_of, proof_of, verify
from yunyue.doors.web.tables.paging import paged
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import BY_TYPE


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facts are looked for; empty means all."""

    type: str
    day: str


def wanted(request: HttpRequest) -> Wanted:
    """What a request looks for; a type or day that cannot be is as if not given."""
    kind, day = request.GET.get("type", ""), request.GET.get("day", "")
    try:
        date.fromisoformat(day)
    except ValueError:
        day = ""
    return Wanted(kind if kind in BY_TYPE else "", day)


def found(question: Asked, filtered: Wanted) -> Sequence[Recorded]:
    """The facts looked for, newest first."""
    kinds = (BY_TYPE[filtered.type],) if filtered.type else ()
    facts = office().kernel.facts(question.contract, *kinds)[::-1]
    return [one for one in facts if one.fact.day.isoformat() == filtered.day] if filtered.day else facts


@seen_by(CONTRACT_READERS)
def journal(request: HttpRequest) -> HttpResponse:
    """The facts of a contract, newest first."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    filtered = wanted(request)
    types = [kind.type for kind in office().kernel.kinds(question.contract)]
    page = paged(request, found(question, filtered))
    head = office().kernel.journal.head()
    values = {"asked": question, "page": page, "types": types, "wanted": filtered, "head": head}
    return render(request, "console/journal.html", values)


@seen_by(CONTRACT_READERS)
def fact(request: HttpRequest, identifier: str) -> HttpResponse:
    """One fact: what it says, its bytes, its place in the tree. Raises Http404."""
    recorded = _recorded(request, identifier)
    values = {
        "recorded": recorded,
        "clauses": type(recorded.fact.data).clauses,
        "bytes": leaf_of(recorded).decode("utf-8"),
        "proof": proof_of(recorded),
    }
    return render(request, "console/fact.html", values)


@seen_by(CONTRACT_READERS)
@require_POST
def verification(request: HttpRequest, identifier: str) -> HttpResponse:
    """Check a fact from its bytes to the signed head, and show each step. Raises Http404."""
    recorded = _recorded(request, identifier)
    steps = verify(recorded)
    values = {"recorded": recorded, "steps": steps, "holds": all(step.holds for step in steps)}
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "console/parts/verified.html" if partial else "console/verified.html", values)


def _recorded(request: HttpRequest, identifier: str) -> Recorded:
    """A fact of a contract the account reaches. Raises Http404 for any other, and for none."""
    kernel = office().kernel
    recorded = kernel.journal.find(identifier)
    if recorded is None or not reaches(account_of(request), recorded.fact.subject, kernel.contracts()):
        raise Http404(identifier)
    return recorded

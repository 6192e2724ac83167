"""The statement: every line, obligation, right and check, and for each of them why."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yunyue.answer import Refused
from yunyue.contract.clauses import BY_ID as CLAUSE
from yunyue.contract.readings import BY_ID
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.grouping import by_clause
from yunyue.doors.web.console.proving import proof_of
from yunyue.settlement.explain import formula, steps
from yunyue.settlement.statement import Finding, Statement


@seen_by(CONTRACT_READERS)
def statement(request: HttpRequest) -> HttpResponse:
    """The whole of it, as of a day, from what was known at a moment."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    found = question.statement()
    if isinstance(found, Refused):
        return unanswered(request, found)
    values = {
        "asked": question,
        "statement": found,
        "lines": by_clause(found.lines),
        "readings": [(BY_ID[key], _choice(key, chosen)) for key, chosen in found.readings if key in BY_ID],
    }
    return render(request, "console/statement.html", values)


@seen_by(CONTRACT_READERS)
def why(request: HttpRequest, kind: str, finding: str) -> HttpResponse:
    """Why a finding says what it says: clause, sentence, arithmetic, facts, readings, proofs. Raises Http404."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    found = question.statement()
    if isinstance(found, Refused):
        return unanswered(request, found)
    one = _finding(found, kind, finding)
    working = getattr(one, "working", None)
    chosen = dict(found.readings) | {key: question.terms.readings[key] for key in _readings(one)}
    facts = [recorded for key in one.facts if (recorded := office().kernel.journal.find(key)) is not None]
    values = {
        "asked": question,
        "kind": kind,
        "one": one,
        "clause": CLAUSE[one.clause],
        "formula": formula(working) if working else None,
        "steps": steps(working) if working else [],
        "readings": [(BY_ID[key], _choice(key, chosen[key])) for key in _readings(one)],
        "facts": [(recorded, proof_of(recorded)) for recorded in facts],
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "console/parts/why.html" if partial else "console/why.html", values)


def _finding(found: Statement, kind: str, identifier: str) -> Finding:
    kinds: dict[str, tuple[Finding, ...]] = {
        "line": found.lines,
        "obligation": found.obligations,
        "right": found.rights,
        "check": found.checks,
        "question": found.questions,
    }
    for one in kinds.get(kind, ()):
        if one.id == identifier:
            return one
    raise Http404(identifier)


def _readings(one: Finding) -> tuple[str, ...]:
    used = (one.reading,) if hasattr(one, "reading") else one.readings
    return tuple(key for key in used if key in BY_ID)


def _choice(reading: str, key: str) -> object:
    return next((choice for choice in BY_ID[reading].choices if choice.key == key), None)

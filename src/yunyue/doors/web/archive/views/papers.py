"""Papers: all of them with what they ask for, one as a file, and the check of what its QR code says."""

from base64 import b64decode
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.papers import Wanted, digest_of, made
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, STAFF_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.templatetags.words import said
from yunyue.journal.errors import JournalBroken
from yunyue.papers.registry import PAPERS

MEDIA: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
OURS: Final = frozenset({"contract", "as_of", "known_at"})
LONGEST: Final = 2000


@seen_by(CONTRACT_READERS)
def papers(request: HttpRequest) -> HttpResponse:
    """Every paper, in the order of the contract's life, each with its form."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    return _page(request, question, None)


def _page(request: HttpRequest, question: Asked, refused: Refused | None, chosen: str = "") -> HttpResponse:
    given = {name: value for name, value in request.GET.items() if name not in OURS}
    values = {
        "asked": question,
        "papers": [
            (kind, [(need, said(need.title), given.get(need.key, "") if kind.code == chosen else "")
                    for need in kind.needs])
            for kind in PAPERS.values()
        ],
        "chosen": chosen,
        "refused": refused,
    }  # fmt: skip
    return render(request, "archive/papers.html", values, status=200 if refused is None else 422)


@seen_by(STAFF_READERS)
def paper(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A paper as a file. Raises Http404 for a paper or form there is not."""
    if code not in PAPERS or form not in MEDIA:
        raise Http404(code)
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    asked_for = {name: str(value)[: LONGEST + 1] for name, value in request.GET.items() if name not in OURS}
    given = {name: value for name, value in asked_for.items() if value.strip()}
    wanted = Wanted(question.contract, code, question.as_of, given, "pdf" if form == "pdf" else "docx")
    content = made(office().kernel, wanted)
    if isinstance(content, Refused):
        return _page(request, question, content, code)
    response = HttpResponse(content, content_type=MEDIA[form])
    response["Content-Disposition"] = f'attachment; filename="{code}-{question.as_of}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the QR code of a paper says, and whether this log says the same."""

    what: str
    holds: bool


@seen_by(CONTRACT_READERS)
def verification(request: HttpRequest) -> HttpResponse:
    """What a paper's QR code says, checked against the journal: the head's root, and the statement's digest."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    values = {
        "asked": question,
        "checks": [_root(request), _statement(request, question)] if request.GET.get("root") else [],
        "paper": PAPERS.get(request.GET.get("paper", "")),
    }
    return render(request, "archive/verify.html", values)


def _root(request: HttpRequest) -> Check:
    what = _("The root at that size is the one this log had")
    size, journal = request.GET.get("size", ""), office().kernel.journal
    try:
        root = b64decode(request.GET["root"].replace(" ", "+"), validate=True)
    except ValueError:
        return Check(what, False)
    if not size.isdecimal() or len(size) > 15 or not 0 < int(size) <= journal.head().size:
        return Check(what, False)
    try:
        return Check(what, journal.head_at(int(size)).root == root)
    except JournalBroken:
        return Check(what, False)


def _statement(request: HttpRequest, question: Asked) -> Check:
    what = _("The statement of that day, from what was known then, has that digest")
    size, wanted = request.GET.get("size", ""), request.GET.get("statement", "")
    if not size.isdecimal() or len(size) > 15:
        return Check(what, False)
    return Check(what, digest_of(office().kernel, question.contract, question.as_of, int(size)) == wanted)

"""Proposals: what waits for a second person, what it would change, and the decision."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.roles import BUSINESS, CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.recording import ticket
from yunyue.doors.web.console.recording.content import rows
from yunyue.doors.web.console.recording.preview import preview
from yunyue.doors.web.console.templatetags.words import STATES, day, fact_title
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.console.views.recording import SOURCE, person
from yunyue.doors.web.tables.paging import paged
from yunyue.people.duties import may_decide
from yunyue.people.policy import Person
from yunyue.people.proposals import Proposal, approve, content, find, happenings, proposed, reject


@seen_by(CONTRACT_READERS)
def every(request: HttpRequest) -> HttpResponse:
    """All proposals of a contract, those that wait first."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    found = sorted(proposed(office().kernel, question.contract), key=lambda one: one.decision is not None)
    if request.GET.get("as") == "excel":
        heads = [_("What"), _("State"), _("Proposed by"), _("Proposed at"), _("Decided by"), _("Decided at"), _("Id")]
        return excel(f"proposals-{question.contract}", heads, [_cells(one) for one in found])
    who = person(account_of(request))
    page = paged(request, found)
    lines = [(one, _decidable(one, who)) for one in page]
    values = {"asked": question, "found": lines, "page": page}
    return render(request, "console/proposals.html", values)


@seen_by(CONTRACT_READERS)
def proposal(request: HttpRequest, identifier: str) -> HttpResponse:
    """One proposal: what is proposed, by whom, what it would change."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    return _page(request, question, identifier, None, 200)


@seen_by(BUSINESS)
@require_POST
def decision(request: HttpRequest, identifier: str) -> HttpResponse:
    """Agree to a proposal or send it back; its maker may take it back. A stale form changes nothing."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    found, account = _found(question, identifier), account_of(request)
    good = ticket.redeem(request.POST.get("form", ""), account, question.contract, identifier)
    old = good if isinstance(good, Refused) else ticket.stale(good, question.contract)
    if old is not None:
        return _page(request, question, identifier, old, 409)
    agrees = request.POST.get("decision") == "approve"
    refused = _decide(question, found, person(account), None if agrees else request.POST.get("reason", ""))
    if refused is not None:
        return _page(request, question, identifier, refused, 422)
    messages.success(request, _("Approved and recorded.") if agrees else _("Sent back."))
    return redirect(f"{reverse('console:proposal', args=[identifier])}?contract={question.contract}")


def _decide(question: Asked, found: Proposal, who: Person, reason: str | None) -> Refused | None:
    kernel = office().kernel
    if reason is None:
        return approve(kernel, question.contract, found, who, SOURCE)
    return reject(kernel, question.contract, found, reason.strip()[:2000], (who, SOURCE))


def _found(question: Asked, identifier: str) -> Proposal:
    found = find(office().kernel, question.contract, identifier)
    if isinstance(found, Refused):
        raise Http404(identifier)
    return found


def _decidable(one: Proposal, who: Person) -> bool:
    return one.decision is None and not who.said(one.maker) and may_decide(who.role, one.kind)


def _page(request: HttpRequest, question: Asked, identifier: str, refused: Refused | None, status: int) -> HttpResponse:
    found, account, kernel = _found(question, identifier), account_of(request), office().kernel
    said = content(kernel, found)
    waits = found.decision is None and not isinstance(said, Refused)
    changes = (
        preview(question.contract, happenings(said, found, kernel.clock.now()))
        if waits and not isinstance(said, Refused)
        else None
    )
    values = {
        "asked": question,
        "one": found,
        "rows": [] if isinstance(said, Refused) else rows(said),
        "changes": None if isinstance(changes, Refused) else changes,
        "hindrance": changes if isinstance(changes, Refused) else None,
        "decides": _decidable(found, person(account)),
        "mine": found.decision is None and found.maker == account.pseudonym,
        "form": ticket.issue(account, question.contract, identifier),
        "refused": refused,
    }
    return render(request, "console/proposal.html", values, status=status)


def _cells(one: Proposal) -> list[str]:
    return [
        fact_title(one.kind.type),
        str(STATES[one.state][0]),
        one.maker,
        day(one.made),
        one.decided_by,
        day(one.decided) if one.decided else "",
        one.id,
    ]

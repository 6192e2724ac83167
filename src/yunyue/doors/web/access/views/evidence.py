"""The third party's page: the evidence of a contract, each fact checked on demand, and comments on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.access.entering import enter, token_of
from yunyue.doors.web.access.reaching import reached
from yunyue.doors.web.accounts.gate import ANYONE, account_of, seen_by
from yunyue.doors.web.accounts.roles import EVIDENCE_READERS, THIRD_PARTIES
from yunyue.doors.web.console.asking import likely
from yunyue.doors.web.console.proving import leaf_of, proof_of, verify
from yunyue.doors.web.console.recording import ticket
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.facts import BY_TYPE
from yunyue.people.comments import Remark, comment, comments
from yunyue.people.policy import Person

PAGE = 50
SOURCE = "/console/evidence"


@seen_by(ANYONE)
def entering(request: HttpRequest) -> HttpResponse:
    """Come in with a token instead of a password."""
    if request.method != "POST":
        return render(request, "access/enter.html")
    refused = enter(request, request.POST.get("token", "")[:200])
    if isinstance(refused, Refused):
        return render(request, "access/enter.html", {"refused": refused}, status=403)
    return redirect("access:evidence")


@seen_by(EVIDENCE_READERS)
def evidence(request: HttpRequest) -> HttpResponse:
    """The facts of a contract, newest first, with what was said about them; how to be let in, where nothing is open."""
    if not reached(account_of(request), office().kernel.contracts()):
        return render(request, "access/unopened.html")
    return _evidence(request)


@seen_by(EVIDENCE_READERS)
def fact(request: HttpRequest, identifier: str) -> HttpResponse:
    """One fact with its bytes and its proof, every step checked again. Raises Http404."""
    recorded = office().kernel.journal.find(identifier)
    if recorded is None or recorded.fact.subject != _contract(request):
        raise Http404(identifier)
    steps = verify(recorded)
    values = {
        "recorded": recorded,
        "contract": recorded.fact.subject,
        "bytes": leaf_of(recorded).decode("utf-8"),
        "proof": proof_of(recorded),
        "steps": steps,
        "holds": all(step.holds for step in steps),
        "said": [one for one in comments(office().kernel, recorded.fact.subject) if one.about == identifier],
        "may": account_of(request).plays(THIRD_PARTIES),
        "form": ticket.issue(account_of(request), recorded.fact.subject, identifier),
    }
    return render(request, "access/fact.html", values)


@seen_by(THIRD_PARTIES)
@require_POST
def commenting(request: HttpRequest) -> HttpResponse:
    """Comment on a fact."""
    account, contract = account_of(request), _contract(request)
    about = request.POST.get("about", "")[:128]
    token = token_of(request)
    if token is not None and "comments:write" not in token.granted:
        raise PermissionDenied
    said, speaker = _said(request, contract, about), (Person(account.pseudonym, account.role), SOURCE)
    done = said if isinstance(said, Refused) else comment(office().kernel, contract, said, speaker)
    if isinstance(done, Refused):
        return _evidence(request, done)
    messages.success(request, _("Your comment is on record."))
    return redirect(f"{reverse('access:evidence-fact', args=[about])}?contract={contract}")


def _said(request: HttpRequest, contract: str, about: str) -> Remark | Refused:
    """What the form says. Refused: a form that was made for something else."""
    text, form = request.POST.get("text", ""), request.POST.get("form", "")
    good = ticket.redeem(form, account_of(request), contract, about) if form else None
    if isinstance(good, Refused):
        return good
    return Remark(about, text, good.id if good else "")


def _evidence(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    kernel, contract = office().kernel, _contract(request)
    kind = request.GET.get("type", "")
    facts = [one for one in reversed(kernel.facts(contract)) if kind in ("", one.fact.type)]
    latest = kernel.publication.latest()
    values: dict[str, Any] = {
        "contract": contract,
        "contract_choices": reached(account_of(request), kernel.contracts()) if token_of(request) is None else (),
        "type": kind if kind in BY_TYPE else "",
        "types": sorted({one.fact.type for one in kernel.facts(contract)}),
        "page": Paginator(facts, PAGE).get_page(request.GET.get("page")),
        "head": kernel.journal.head(),
        "latest": latest if isinstance(latest, Checkpoint) else None,
        "broken": latest if isinstance(latest, Refused) else None,
        "comments": comments(kernel, contract),
        "refused": refused,
    }
    return render(request, "access/evidence.html", values, status=422 if refused else 200)


def _contract(request: HttpRequest) -> str:
    """The contract asked for. Raises PermissionDenied for another than the token's, Http404 for none."""
    token, known = token_of(request), reached(account_of(request), office().kernel.contracts())
    if not known:
        raise Http404
    asked = request.POST.get("contract") or request.GET.get("contract", "")
    if token is not None and asked not in ("", token.contract):
        raise PermissionDenied
    wanted = asked or (token.contract if token is not None else likely(known))
    if wanted not in known:
        raise Http404(wanted)
    return wanted

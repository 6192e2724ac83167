"""Recording what happened: choose a kind, fill in its form, see what it would change, record or propose it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.access.reaching import reached
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import BUSINESS, CONTRACT_READERS, STAFF_READERS
from yunyue.doors.web.accounts.speaking import speaking
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.recording import documents, ticket
from yunyue.doors.web.console.recording.content import documents as named_in
from yunyue.doors.web.console.recording.content import documents_of
from yunyue.doors.web.console.recording.fields import fields, understood
from yunyue.doors.web.console.recording.labels import FAMILIES
from yunyue.doors.web.console.recording.preview import Changed, preview
from yunyue.host.clock import BEIJING
from yunyue.journal.envelope import Recorded, understand
from yunyue.journal.facts import BY_TYPE, Payload
from yunyue.kernel import Happening
from yunyue.people.duties import DUTIES, may_record, needs_another, recordable
from yunyue.people.policy import Person
from yunyue.people.proposals import Intent, checked, content, proposals, put_forward
from yunyue.settlement.admission import Known

SOURCE = "/console"
LONGEST = 20_000
"""Characters of one field of a form."""


@dataclass(slots=True)
class Filled:
    """A form as it was sent: the kind, the ticket's text, what was given, and what came of it."""

    question: Asked
    kind: type[Payload]
    given: dict[str, str]
    refused: Refused | None = None
    changes: tuple[Changed, ...] | None = None
    status: int = 200
    ticket: str = ""
    spent: bool = field(default=False)


def person(account: Account) -> Person:
    """The account as the rules know it."""
    return speaking(account)


@seen_by(BUSINESS)
def kinds(request: HttpRequest) -> HttpResponse:
    """What one may record, by family."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    mine = recordable(account_of(request).role)
    groups = [
        (title, [(kind.type, kind.clauses, DUTIES[kind]) for kind in mine if kind.__module__.endswith(f".{family}")])
        for family, title in FAMILIES.items()
    ]
    values = {"asked": question, "groups": [group for group in groups if group[1]]}
    return render(request, "console/kinds.html", values)


@seen_by(BUSINESS)
def recording(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of a kind of fact; sent, what it would change, or recorded. Raises Http404 for a kind there is not."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    wanted, account = BY_TYPE.get(kind), account_of(request)
    if wanted is None or not may_record(account.role, wanted):
        raise Http404(kind)
    if request.method != "POST":
        given = {name: str(value)[:LONGEST] for name, value in request.GET.items()}
        return _form(request, Filled(question, wanted, given))
    filled = Filled(question, wanted, {name: str(value)[:LONGEST] for name, value in request.POST.items()})
    _take_documents(request, filled)
    intent = _intent(filled, account)
    if isinstance(intent, Refused):
        filled.refused, filled.status = intent, 409 if intent.field == "form" else 422
        return _form(request, filled)
    if request.POST.get("step") != "record":
        return _previewed(request, filled, intent)
    return _recorded(request, filled, intent)


def _previewed(request: HttpRequest, filled: Filled, intent: Intent) -> HttpResponse:
    refused = checked(office().kernel, filled.question.contract, intent, person(account_of(request)), SOURCE)
    found = refused or preview(filled.question.contract, [Happening(intent.said, intent.at)])
    if isinstance(found, Refused):
        filled.refused, filled.status = found, 422
    else:
        filled.changes = found
    return _form(request, filled)


def _recorded(request: HttpRequest, filled: Filled, intent: Intent) -> HttpResponse:
    contract = filled.question.contract
    waits = put_forward(office().kernel, contract, intent, person(account_of(request)), SOURCE)
    if isinstance(waits, Refused):
        filled.refused, filled.status = waits, 409 if waits.field == "form" else 422
        return _form(request, filled)
    if waits:
        messages.success(request, _("Proposed. It counts once another person has agreed."))
        return redirect(f"{reverse('console:proposal', args=[intent.id])}?contract={contract}")
    messages.success(request, _("Recorded."))
    return redirect("console:fact", intent.id)


def _intent(filled: Filled, account: Account) -> Intent | Refused:
    """What the form says. Refused: a ticket that does not hold, a moment that cannot be read, a wrong field."""
    if filled.refused is not None:
        return filled.refused
    contract = filled.question.contract
    good = ticket.redeem(filled.given.get("form", ""), account, contract, filled.kind.type)
    if isinstance(good, Refused):
        return good
    old = ticket.stale(good, contract)
    if old is not None:
        filled.spent = office().kernel.journal.find(good.id) is not None
        return old
    filled.ticket = filled.given["form"]
    at = _moment(filled.given.get("at", ""))
    if isinstance(at, Refused):
        return at
    said = understand(filled.kind.type, understood(filled.kind, filled.given), strict=False)
    return said if isinstance(said, Refused) else Intent(said, at, good.id)


def _moment(text: str) -> datetime | Refused:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Refused(_("not a moment such as 2024-05-24T10:00: %s") % text[:40], "at")
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _take_documents(request: HttpRequest, filled: Filled) -> None:
    """Keep what was handed in, and put its digest where the form carries it on."""
    for one in fields(filled.kind, _known(filled.question), {}):
        if one.kind != "file":
            continue
        file = request.FILES.get(one.name)
        done = documents.keep(file, one.name) if file is not None else _kept(filled.given.get(one.name, ""), one.name)
        if isinstance(done, Refused):
            filled.refused = done
            filled.given[one.name] = ""
        else:
            filled.given[one.name] = done


def _kept(digest: str, name: str) -> str | Refused:
    """A document of an earlier sending of the form; only what could have been handed in is taken."""
    if not digest:
        return Refused(_("a document is needed"), name)
    found = office().kernel.objects.get(digest)
    if isinstance(found, Refused) or documents.kind_of(found) is None:
        return Refused(_("there is no such document; hand it in again"), name)
    return digest


def _known(question: Asked) -> Known:
    known = office().kernel.known(question.contract)
    assert isinstance(known, Known)
    return known


def _form(request: HttpRequest, filled: Filled) -> HttpResponse:
    contract = filled.question.contract
    values = {
        "asked": filled.question,
        "kind": filled.kind.type,
        "clauses": filled.kind.clauses,
        "duty": DUTIES[filled.kind],
        "waits": needs_another(filled.kind),
        "fields": fields(filled.kind, _known(filled.question), filled.given),
        "at": filled.given.get("at") or office().clock.now().astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S"),
        "form": filled.ticket or ticket.issue(account_of(request), contract, filled.kind.type),
        "refused": filled.refused,
        "changes": filled.changes,
        "spent": filled.spent,
        "accepts": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.ofd",
    }
    return render(request, "console/record.html", values, status=filled.status)


@seen_by(CONTRACT_READERS)
def document(request: HttpRequest, digest: str) -> HttpResponse:
    """A document that a fact, or a proposal, of a contract names. Raises Http404 for any other."""
    found = readable(account_of(request), digest)
    if found is None:
        raise Http404(digest)
    return download(digest, found)


def readable(account: Account, digest: str) -> bytes | None:
    """The document, where a fact or a proposal that the account may see names it, of a contract it reaches."""
    kernel = office().kernel
    for contract in reached(account, kernel.contracts()):
        facts = [one for one in kernel.facts(contract) if _readable(one, account)]
        proposed = [said for one in proposals(facts) if isinstance(said := content(kernel, one), Payload)]
        named = documents_of(facts) | {digest for said in proposed for digest in named_in(said)}
        found = kernel.objects.get(digest) if digest in named else Refused("not named")
        if isinstance(found, bytes):
            return found
    return None


def _readable(one: Recorded, account: Account) -> bool:
    """The papers of the staff are for both sides and who audits, not for a third party."""
    return account.plays(STAFF_READERS) or not type(one.fact.data).__module__.endswith(".people")


def download(digest: str, found: bytes) -> HttpResponse:
    """Always a download, never shown by the browser as a page of ours; named by its digest."""
    media, ending = documents.kind_of(found) or ("application/octet-stream", "bin")
    response = HttpResponse(found, content_type=media)
    name = f"{digest.partition(':')[2][:16]}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

"""Keys with age, versions and use, the seal, calls a second; certificates with their ends; the bill of materials."""

import json
from importlib.metadata import version
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.vault import seen
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.console.views.exports import excel
from yunyue.doors.web.crypto.acting import WAITING_DAYS, waiting
from yunyue.doors.web.crypto.roles import DESTROYERS, KEY_READERS
from yunyue.doors.web.crypto.showing import calls, certificate_rows, key_rows, seal_state
from yunyue.doors.web.tables.paging import paged
from yunyue.host.ciphers.faults import disabled
from yunyue.services.crypto.inventory import Holdings, cbom
from yunyue.services.crypto.inventory.cbom import MEDIA


@seen_by(KEY_READERS)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of the contract's orders; a tenant's own."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    return page(request, question)


def page(request: HttpRequest, question: Asked, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page of keys, perhaps with what was refused."""
    account = account_of(request)
    held = seen(office(), question.contract, account.tenant)
    wishes = waiting(question.contract, account.tenant)
    pending = frozenset((wish.space, wish.key) for wish in wishes)
    values = {
        "asked": question,
        "tab": "keys",
        "seal": seal_state(),
        "disabled": disabled(),
        "page": paged(request, key_rows(held, account, pending) if isinstance(held, Holdings) else []),
        "unread": held if isinstance(held, Refused) else None,
        "wishes": wishes,
        "destroys": account.plays(DESTROYERS),
        "me": account.pk,
        "days": range(WAITING_DAYS[0], WAITING_DAYS[1] + 1),
        "refused": refused,
    }
    return render(request, "crypto/keys.html", values, status=status)


@seen_by(KEY_READERS)
def certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of keys and authorities, those that end first on top."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    held = seen(office(), question.contract, account_of(request).tenant)
    values = {
        "asked": question,
        "tab": "certificates",
        "page": paged(request, certificate_rows(held) if isinstance(held, Holdings) else []),
        "unread": held if isinstance(held, Refused) else None,
    }
    return render(request, "crypto/certificates.html", values)


@seen_by(KEY_READERS)
def calls_a_second(request: HttpRequest) -> HttpResponse:
    """The chart's points. Raises Http404 where there is nothing to count."""
    question = asked(request)
    if not isinstance(question, Asked):
        raise Http404
    points = calls(question.contract, account_of(request).tenant)
    if isinstance(points, Refused):
        raise Http404
    return JsonResponse({"kind": "latency", "name": _("Calls a second"), "failed": _("Failed"), "points": points})


@seen_by(KEY_READERS)
def bill(request: HttpRequest) -> HttpResponse:
    """The CycloneDX bill as a file."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    held = _held(question, account_of(request))
    if isinstance(held, Refused):
        return unanswered(request, held)
    content = json.dumps(bill_of(held), ensure_ascii=False, indent=1)
    response = HttpResponse(content, content_type=MEDIA)
    response["Content-Disposition"] = f'attachment; filename="cbom-{question.contract}.cdx.json"'
    return response


def bill_of(held: Holdings) -> dict[str, Any]:
    """The bill, with this program's version."""
    return cbom(held, version("yunyue"))


@seen_by(KEY_READERS)
def export(request: HttpRequest) -> HttpResponse:
    """The keys as an Excel table."""
    question = asked(request)
    if not isinstance(question, Asked):
        return unanswered(request, question)
    held = _held(question, account_of(request))
    if isinstance(held, Refused):
        return unanswered(request, held)
    heads = [_("Key space"), _("Department"), _("Key"), _("Type"), _("State"), _("Age, days"), _("Versions"), _("Uses")]
    rows = [
        [
            *(key.mount.path, key.mount.tenant, key.name, key.kind, key.state),
            *map(str, (key.age_days(held.now), key.latest, key.uses)),
        ]
        for key in held.keys
    ]
    return excel(f"keys-{question.contract}", heads, rows)


def _held(question: Asked, account: Account) -> Holdings | Refused:
    return seen(office(), question.contract, account.tenant)

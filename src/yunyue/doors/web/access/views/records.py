"""The audit administrator's search of the access records. Nobody else reads them, and reading them is one."""

from collections.abc import Iterator
from datetime import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses
from yunyue.doors.office import office
from yunyue.doors.web.access.asking import CHOICES, question
from yunyue.doors.web.access.words import KINDS, OUTCOMES
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.roles import AUDITORS, Role
from yunyue.doors.web.console.asking import unanswered
from yunyue.doors.web.console.proving import proof_of
from yunyue.doors.web.console.views.exports import excel
from yunyue.host.clock import BEIJING
from yunyue.store.access import Access
from yunyue.store.access.search import Found

PAGE = 50
EXPORTED = 100_000
"""Rows of one export; who needs more narrows the days."""


@seen_by(AUDITORS)
def records(request: HttpRequest) -> HttpResponse:
    """Who looked at what, newest first."""
    asked, number = question(request), _number(request)
    found = accesses(office()).search(asked.wanted, PAGE, (number - 1) * PAGE)
    pages = Paginator(range(found.total), PAGE)
    values = {
        "found": [(position, one, moment(one), *words(one)) for position, one in found.records],
        "total": found.total,
        "page": pages.get_page(number),
        "asked_for": asked.given,
        "query": asked.query,
        "kinds": [(one, KINDS[one]) for one in CHOICES["kind"]],
        "outcomes": [(one, OUTCOMES[one]) for one in CHOICES["outcome"]],
        "roles": [(role.value, role.label) for role in Role],
    }
    return render(request, "access/records.html", values)


@seen_by(AUDITORS)
def export(request: HttpRequest) -> HttpResponse:
    """The records a search finds, as an Excel table: all of them, or a refusal that says how many there are."""
    asked = question(request)
    found = accesses(office()).search(asked.wanted, EXPORTED)
    if found.total > EXPORTED:
        words = _("%(total)s records were found; an export holds %(most)s, so narrow the days")
        return unanswered(request, Refused(words % {"total": found.total, "most": EXPORTED}, "since"))
    heads = [_("No."), _("Moment"), _("Who"), _("Role"), _("Department"), _("Protected"), _("What"), _("About")]
    heads += [_("Contract"), _("Outcome"), _("Status"), _("Address"), _("Request")]
    return excel("access", heads, _rows(found))


@seen_by(AUDITORS)
def proof(request: HttpRequest, position: int) -> HttpResponse:
    """That a record stands, unchanged, under a signed head of the journal. Raises Http404."""
    proven = accesses(office()).prove(position)
    if isinstance(proven, Refused):
        if proven.reason == "no such record":
            raise Http404
        return render(request, "access/unproven.html", {"refused": proven, "position": position}, status=409)
    fact = office().kernel.journal.find(f"sealed-{proven.segment.name}")
    digest = getattr(fact.fact.data, "digest", "") if fact else ""
    values = {
        "position": position,
        "proven": proven,
        "moment": moment(proven.record),
        "words": words(proven.record),
        "leaf": proven.record.leaf.decode("utf-8"),
        "path": [one.hex() for one in proven.path],
        "fact": fact,
        "sealed": digest == proven.segment.digest,
        "inclusion": proof_of(fact) if fact else None,
    }
    return render(request, "access/proof.html", values)


def words(one: Access) -> tuple[str, str]:
    """What was protected, and how it went, in words."""
    return str(KINDS.get(one.kind, one.kind)), str(OUTCOMES.get(one.outcome, one.outcome))


def moment(one: Access) -> datetime:
    """When it was, in Beijing."""
    return datetime.fromtimestamp(one.at / 1000, BEIJING)


def _rows(found: Found) -> Iterator[list[str]]:
    for position, one in found.records:
        kind, outcome = words(one)
        who = [str(position), f"{moment(one):%Y-%m-%d %H:%M:%S}", one.actor, one.role, one.tenant, kind]
        yield [*who, one.what, one.about, one.contract, outcome, str(one.status), one.address, one.request]


def _number(request: HttpRequest) -> int:
    given = request.GET.get("page", "1")
    return min(int(given), 10_000) if given.isascii() and given.isdigit() and len(given) < 7 and int(given) else 1

"""The members of a project: who is in it as what; its admins give roles, change them and take them."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.containers import NOBODY, no_role
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.containers.counter import Counter
from yunyue.doors.web.containers.people import colleague, colleagues, members_of
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.doors.web.containers.views.common import back, shown, standing
from yunyue.services.containers.project.project import RANKS

LONGEST: Final = 64


@seen_by(PROJECT_READERS)
@standing("diff")
def members(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Everyone with a role, and what roles may."""
    return _page(request, question, place)


@seen_by(WORKERS)
@require_POST
@standing("members")
@proving
def role(request: HttpRequest, question: Asked, place: Counter) -> HttpResponse:
    """Give a person a role, or take it; a person who may have lost the page is led to one they still may see."""
    person = request.POST.get("person", "").strip()[:LONGEST]
    wanted = NOBODY if request.POST.get("act") == "remove" else request.POST.get("role", "")[:LONGEST]
    refused = _given(place, person, wanted)
    if refused is not None:
        return _page(request, question, place, refused, person)
    messages.success(request, _("Kept."))
    if place.may("diff"):
        return back(question, "containers:members", place.project.name)
    return back(question, "containers:projects")


def _given(place: Counter, person: str, wanted: str) -> Refused | None:
    unknown = no_role(wanted)
    if unknown is not None:
        return unknown
    if wanted == NOBODY:
        known = person in {one.person for one in members_of(place)}
        refused = None if known else Refused(f"{person!r} is no member of this project", "person", "C37")
    else:
        found = colleague(place.project, person)
        person = found.pseudonym if found is not None else person
        refused = None if found is not None else _unknown(person)
    return refused or place.keeping.give(person, wanted)


def _unknown(person: str) -> Refused:
    return Refused(f"there is no account {person!r} that may see this project", "person", "C37")


def _page(
    request: HttpRequest, question: Asked, place: Counter, refused: Refused | None = None, typed: str = ""
) -> HttpResponse:
    found = members_of(place)
    values = {
        "members": found,
        "ranks": RANKS,
        "colleagues": colleagues(place.project) if place.may("members") else (),
        "me": place.actor,
        "typed": typed or ("" if found else place.actor),
        "refused": refused,
    }
    return shown(request, "containers/members.html", question, place, **values)

"""First screens for programs: what waits for the caller today, how the installation is, whose access to look at."""

from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest
from ninja import Router, Schema

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import ANSWERS, answered
from yunyue.doors.office import office
from yunyue.doors.web.access.views.security import granted
from yunyue.doors.web.access.views.system import measured
from yunyue.doors.web.accounts import passwords
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import ACCOUNT_CHECKERS, BUSINESS, OPENERS
from yunyue.doors.web.console.tasks import tasks
from yunyue.doors.web.console.views.recording import person
from yunyue.people.proposals import proposed

router = Router()


class Waiting(Schema):
    """Something that waits for the caller: what, about what, until when, and the page where it is done."""

    what: str
    about: str
    due: date | None
    days_left: int | None
    page: str


class Checked(Schema):
    """A part of the installation, whether it works, and what it says."""

    part: str
    well: bool
    words: str


class Installation(Schema):
    """How the machine is; counts of the last day; `free` in GiB, `used` in per cent; nothing of any contract."""

    checks: list[Checked]
    facts: int
    accounts: int
    waiting: int
    seats: int
    tokens: int
    requests: int
    refused_count: int
    free: int
    used: int
    backup: datetime | None
    late: bool


class Risky(Schema):
    """An account or token to look at, and why."""

    who: str
    role: str
    why: str


class Ending(Schema):
    """What stops soon: a token, a password, a key or certificate; whose, and when."""

    kind: str
    name: str
    when: datetime


class Grants(Schema):
    """Who waits for approval, which grants are risky, what ends soon; `unseen`: why keys were not looked at."""

    waiting: list[str]
    risks: list[Risky]
    ending: list[Ending]
    unseen: str


TODAY: Final[dict[int, Any]] = {200: list[Waiting], **ANSWERS}


@router.get(
    "/contracts/{contract}/today",
    auth=Roles(BUSINESS),
    response=TODAY,
    tags=["proposals"],
    summary="What waits for me today",
)
@answered
def today(request: HttpRequest, contract: str) -> Any:
    """Decisions, orders, rework, staff, exclusions and incidents that wait for the caller, the most urgent first."""
    kernel, account = office().kernel, account_of(request)
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    found = tasks(known, proposed(kernel, contract), person(account), kernel.clock.now().date())
    return [Waiting(what=o.what, about=o.about, due=o.due, days_left=o.left, page=o.address) for o in found]


@router.get(
    "/installation/state",
    auth=Roles(OPENERS),
    response=Installation,
    tags=["accounts"],
    summary="How the installation is",
)
def installation_state(request: HttpRequest) -> Any:
    """Each check of readiness, load, disk, the last backup."""
    del request
    found = measured(office())
    checks = [{"part": str(part), "well": well, "words": words} for part, well, words in found["checks"]]
    return {**found, "checks": checks}


@router.get(
    "/installation/grants",
    auth=Roles(ACCOUNT_CHECKERS),
    response=Grants,
    tags=["accounts"],
    summary="Whose access to look at",
)
def installation_grants(request: HttpRequest) -> Any:
    """What the security administrator sees first."""
    del request
    found = granted()
    unseen, tokens = found["unseen"], found["expiring"]
    ending = [{"kind": "token", "name": f"{one.account.username} · {one.name}", "when": one.expires} for one in tokens]
    ending += [{"kind": "password", "name": one.username, "when": passwords.ends(one)} for one, _ in found["passwords"]]
    ending += [{"kind": one.kind, "name": f"{one.mount}{one.name}", "when": one.when} for one in found["ending"]]
    return {
        "waiting": [one.username for one in found["waiting"]],
        "risks": [{"who": one.who, "role": one.role, "why": one.why} for one in found["risks"]],
        "ending": sorted(ending, key=lambda one: one["when"]),
        "unseen": "" if unseen is None else unseen.reason,
    }

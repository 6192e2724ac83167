"""The access records for programs of the audit administrator: searched, proven, checked; each look is one itself."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses, damage, days, proven, shown
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.office import office
from yunyue.doors.reach import beyond
from yunyue.doors.web.access.asking import CHOICES
from yunyue.doors.web.access.standing import plain, standing
from yunyue.doors.web.accounts.roles import AUDITORS
from yunyue.store.access import Wanted

MOST: Final = 1000
FAR: Final = 2**53
Text = Annotated[str, Field(max_length=100)]
Record = dict[str, Any]

router = Router(auth=Roles(AUDITORS), tags=["access"])


def _one_of(name: str) -> Any:
    return Annotated[str, Field(pattern=f"^({'|'.join(CHOICES[name])})?$")]


class Sought(Schema):
    """What a search asks; an empty text means all. `words` stand in page, object, address or request.

    `since` and `until` are days of Beijing, both included; `after` records are left out, newest first.
    """

    actor: Text = ""
    role: _one_of("role") = ""  # type: ignore[valid-type]  # the choices are those of the console
    kind: _one_of("kind") = ""  # type: ignore[valid-type]  # as above
    outcome: _one_of("outcome") = ""  # type: ignore[valid-type]  # as above
    contract: Text = ""
    words: Text = ""
    since: date | None = None
    until: date | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    after: Annotated[int, Field(ge=0, le=FAR)] = 0


class Records(Schema):
    """A page of access records, newest first, and how many fit in all. `at`: ms since 1970, `moment`: in Beijing."""

    records: list[Record]
    total: int


class Proven(Schema):
    """A record, its leaf and its path of hashes to the digest of its segment; `sealed`: that a fact carries this."""

    record: Record
    leaf: str
    path: list[str]
    segment: str
    digest: str
    index: int
    holds: bool
    fact: str
    sealed: bool


class Act(Schema):
    """A fact of what was done: to accounts, or under a contract. `moment`: when, in Beijing."""

    id: str
    type: str
    actor: str
    source: str
    about: str
    moment: str


class OddAct(Act):
    """One worth asking about, and why."""

    why: str


class TurnedAway(Schema):
    """Who was refused in the last day, from where, how often; "" for a stranger."""

    actor: str
    address: str
    times: int


class Kept(Schema):
    """Since when something is on record; `gap`: what is missing of six months, "" for nothing."""

    what: str
    since: str | None
    gap: str


class State(Schema):
    """The chain (`published`: size of the signed head; `broken`: why it does not hold), and what to look at."""

    facts: int
    root: str
    published: int | None
    broken: str
    records: int
    segments: int
    sealed_until: str | None
    odd: list[OddAct]
    turned_away: list[TurnedAway]
    kept: list[Kept]
    acts: list[Act]


@router.get("/access/state", response=State, summary="State of the record, and what the auditor should look at")
def access_state(request: HttpRequest) -> Any:
    """Odd acts of the last 30 days, who was turned away in the last day, how far back evidence reaches."""
    del request
    return plain(standing())


@router.get("/access", response={200: Records, 422: Problem}, summary="Search the access records")
def access_records(request: HttpRequest, sought: Query[Sought]) -> Any:
    """Who looked at what, and who was turned away; for the audit administrator alone."""
    del request
    refused = beyond(sought.since, "since") or beyond(sought.until, "until")
    if refused is not None:
        return Status(422, problem(refused))
    since, until = days(sought.since, sought.until)
    texts = sought.dict(include={"actor", "role", "kind", "outcome", "contract", "words"})
    found = accesses(office()).search(Wanted(**texts, since=since, until=until), sought.limit, sought.after)
    return Records(records=[shown(*one) for one in found.records], total=found.total)


@router.get("/access/faults", response=list[dict[str, str]], summary="What is wrong with the sealed access records")
def access_faults(request: HttpRequest) -> Any:
    """Reads every sealed record again and compares it with the journal; empty when all is as the journal says."""
    del request
    return [asdict(one) for one in damage(office())]


@router.get(
    "/access/{position}",
    response={200: Proven, 404: Problem, 409: Problem},
    summary="Prove that an access record stands unchanged",
)
def access_proof(request: HttpRequest, position: Annotated[int, Field(ge=0, le=FAR)]) -> Any:
    """409: it is not sealed yet, or its file cannot be read."""
    del request
    found = proven(office(), position)
    if isinstance(found, Refused):
        return Status(404 if found.reason == "no such record" else 409, problem(found))
    return Proven(**found)

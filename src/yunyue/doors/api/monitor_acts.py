"""What programs do in monitoring: judge findings, take alerts on, keep dashboards, show and close status pages."""

from typing import Annotated, Any, Final, Literal

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import ANSWERS, answered, missing, refusal
from yunyue.doors.api.monitor import folder_of, seen_alerts, seen_findings, tenant_of
from yunyue.doors.monitor.board import Board, Boards
from yunyue.doors.monitor.ownership import prove, proven, to_publish
from yunyue.doors.monitor.status import Pages, open_page, understand_page
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import BUSINESS, STATUS_KEEPERS, Role
from yunyue.journal.facts import FindingAccepted, FindingJudged, Payload
from yunyue.kernel import Happening, Recorder
from yunyue.people.duties import may_record
from yunyue.services.monitor.alerts.register import acknowledge as taken_on
from yunyue.sla.span import milliseconds

SOURCE: Final = "/api/v1"
KEEPERS: Final = BUSINESS | {Role.TENANT_USER, Role.FOUNDER}
Reason = Annotated[str, Field(min_length=1, max_length=500)]

router = Router(tags=["monitor"])


class Judgement(Schema):
    """What somebody makes of a finding, and why."""

    state: Literal["confirmed", "false_positive", "fixed", "accepted"]
    reason: Reason


class BoardWish(Schema):
    """A dashboard: panels of type wall, days, latency, budget or note, each as docs/monitor.md has it."""

    title: str
    panels: list[dict[str, Any]]
    tenant: str = ""


class Named(Schema):
    """A target and what the public calls it."""

    order: str
    name: str


class PageWish(Schema):
    """A department's public page; a tenant user's is always of their own department."""

    title: str
    targets: list[Named]
    tenant: str = ""


class Acknowledgement(Schema):
    """Why somebody takes an alert on."""

    why: Annotated[str, Field(max_length=500)] = ""


@router.post(
    "/{contract}/monitor/findings/{finding}/judgement",
    auth=Roles(BUSINESS),
    response={204: None, **ANSWERS},
    summary="Judge a finding",
)
@answered
def judgement(request: HttpRequest, contract: str, finding: str, said: Judgement) -> Any:
    """A fact like any other; only the client accepts a finding."""
    if not any(one.id == finding for one in seen_findings(request, contract)):
        return missing("finding", finding)
    account = account_of(request)
    fact: Payload
    if said.state == "accepted":
        fact = FindingAccepted(finding=finding, reason=said.reason)
    else:
        fact = FindingJudged(finding=finding, state=said.state, reason=said.reason)
    if not may_record(account.role, type(fact)):
        return Refused(f"role {account.role} does not record {fact.type}", "state", "C37")
    happening = Happening(fact, office().clock.now())
    done = office().kernel.record(contract, [happening], Recorder(account.pseudonym, SOURCE))
    return done if isinstance(done, Refused) else None


@router.post(
    "/{contract}/monitor/alerts/{number}/acknowledgement",
    auth=Roles(BUSINESS),
    response={204: None, **ANSWERS},
    summary="Take an alert on",
)
@answered
def acknowledgement(
    request: HttpRequest, contract: str, number: Annotated[int, Field(ge=1, le=2**53)], said: Acknowledgement
) -> Any:
    """Once, by one person; it is escalated no further."""
    if not any(one.number == number for one in seen_alerts(request, contract)):
        return missing("alert", str(number))
    who = account_of(request).pseudonym
    done = taken_on(folder_of(contract), number, (who, said.why), milliseconds(office().clock.now()))
    return done if isinstance(done, Refused) else None


class Proof(Schema):
    """Where the word was published: in a record of the DNS, or in a file on the site."""

    means: Literal["dns", "http"]
    tenant: Annotated[str, Field(max_length=128)] = ""


@router.get(
    "/{contract}/monitor/names/{name}",
    auth=Roles(STATUS_KEEPERS),
    response={200: dict[str, Any], **ANSWERS},
    summary="How to prove that a name is yours",
)
@answered
def name_proof(request: HttpRequest, contract: str, name: str, tenant: str = "") -> Any:
    """`word` is to be published at `dns` or `http`; `proven` says whether it is on record already.

    A tenant user asks for their own department, whatever is said.
    """
    whose = account_of(request).tenant or tenant
    found = to_publish(office().hosting, contract, whose, name)
    if isinstance(found, Refused):
        return found
    return {**found, "proven": proven(office().hosting, contract).get(name.lower().rstrip(".")) == whose}


@router.post(
    "/{contract}/monitor/names/{name}/proof",
    auth=Roles(STATUS_KEEPERS),
    response={200: dict[str, str], **ANSWERS},
    summary="Prove that a name is yours",
)
@answered
def prove_name(request: HttpRequest, contract: str, name: str, said: Proof) -> Any:
    """The platform looks at once; what it finds becomes a fact."""
    account = account_of(request)
    claim = (account.tenant or said.tenant, name, said.means)
    done = prove(office().hosting, contract, claim, Recorder(account.pseudonym, SOURCE))
    return done if isinstance(done, Refused) else msgspec.to_builtins(done)


@router.put(
    "/{contract}/monitor/boards/{name}",
    auth=Roles(KEEPERS),
    response={200: dict[str, Any], **ANSWERS},
    summary="Keep a dashboard",
)
@answered
def keep_board(request: HttpRequest, contract: str, name: str, board: BoardWish) -> Any:
    """Checked by field, in place of one of its name."""
    try:
        made = msgspec.convert({**board.dict(), "name": name}, Board)
    except msgspec.ValidationError as broken:
        rule, _at, place = str(broken).partition(" - at `$.")
        return Refused(rule, f"board.{place.rstrip('`')}".rstrip("."), "C37")
    kept = Boards(folder_of(contract)).keep(made, tenant_of(account_of(request)))
    return kept if isinstance(kept, Refused) else msgspec.to_builtins(kept)


@router.delete(
    "/{contract}/monitor/boards/{name}",
    auth=Roles(KEEPERS),
    response={204: None, **ANSWERS},
    summary="Delete a dashboard",
)
@answered
def delete_board(request: HttpRequest, contract: str, name: str) -> Any:
    """It can be kept again."""
    gone = Boards(folder_of(contract)).drop(name, tenant_of(account_of(request)))
    return refusal(gone, 404) if isinstance(gone, Refused) else None


@router.get(
    "/{contract}/monitor/status",
    auth=Roles(STATUS_KEEPERS),
    response={200: list[dict[str, Any]], **ANSWERS},
    summary="Public status pages",
)
@answered
def status_pages(request: HttpRequest, contract: str) -> Any:
    """A tenant user sees those of their own department; each with its targets and what the public calls them."""
    return [msgspec.to_builtins(one) for one in Pages(folder_of(contract)).all(tenant_of(account_of(request)))]


@router.put(
    "/{contract}/monitor/status/{slug}",
    auth=Roles(STATUS_KEEPERS),
    response={200: dict[str, Any], **ANSWERS},
    summary="Make a status page public",
)
@answered
def show_page(request: HttpRequest, contract: str, slug: str, page: PageWish) -> Any:
    """`title`, `tenant` and `targets` (order, name): what everybody sees under /status/{slug}."""
    own = account_of(request).tenant
    made = understand_page({**page.dict(), "slug": slug, **({"tenant": own} if own else {})})
    done = made if isinstance(made, Refused) else open_page(office().hosting, contract, made)
    return done if isinstance(done, Refused) else msgspec.to_builtins(done)


@router.delete(
    "/{contract}/monitor/status/{slug}",
    auth=Roles(STATUS_KEEPERS),
    response={204: None, **ANSWERS},
    summary="Close a status page",
)
@answered
def close_page(request: HttpRequest, contract: str, slug: str) -> Any:
    """It is then as if it had never been."""
    gone = Pages(folder_of(contract)).close(slug, tenant_of(account_of(request)))
    return refusal(gone, 404) if isinstance(gone, Refused) else None

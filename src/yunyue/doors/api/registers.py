"""Registers, proposals and comments under a contract: reading, recording, deciding."""

from datetime import date
from typing import Any, Final

import msgspec
from django.http import HttpRequest
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.shapes import CommentShown, CommentWish, Decision, Intended, ProposalShown, Put
from yunyue.doors.office import office
from yunyue.doors.reach import beyond
from yunyue.doors.registers import register_of
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import (
    BUSINESS,
    CONTRACT_READERS,
    EVIDENCE_READERS,
    STAFF_READERS,
    THIRD_PARTIES,
)
from yunyue.doors.web.accounts.speaking import speaking
from yunyue.host.randomness import identifier as made_up
from yunyue.journal.envelope import canonical, understand
from yunyue.people.comments import Remark, comment, comments
from yunyue.people.policy import Person
from yunyue.people.proposals import Intent, Proposal, approve, content, find, put_forward, reject
from yunyue.people.proposals import proposed as every

SOURCE: Final = "/api/v1"
ANSWERS: Final[dict[int, Any]] = {404: Problem, 422: Problem}

router = Router()


@router.get(
    "/contracts/{contract}/registers/staff",
    auth=Roles(STAFF_READERS),
    response={200: list[dict[str, Any]], **ANSWERS},
    tags=["registers"],
    summary="The register of staff",
)
def staff(request: HttpRequest, contract: str) -> Any:
    """Everybody proposed or assigned, under pseudonyms, with what shows each of the six conditions."""
    del request
    return _register(contract, "staff", None)


@router.get(
    "/contracts/{contract}/registers/{name}",
    auth=Roles(CONTRACT_READERS),
    response={200: list[dict[str, Any]], **ANSWERS},
    tags=["registers"],
    summary="A register: rectifications, exclusions or materials",
)
def register(request: HttpRequest, contract: str, name: str, as_of: date | None = None) -> Any:
    """The rows the console's table of that name shows, as of a day (today by default)."""
    del request
    return _register(contract, name, as_of)


@router.get(
    "/contracts/{contract}/proposals",
    auth=Roles(CONTRACT_READERS),
    response={200: list[ProposalShown], **ANSWERS},
    tags=["proposals"],
    summary="Proposals, newest first",
)
def proposals(request: HttpRequest, contract: str, state: str = "") -> Any:
    """Every proposal, perhaps of one state: awaiting, approved or rejected."""
    del request
    kernel = office().kernel
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    return [_shown(one) for one in every(kernel, contract) if state in ("", one.state)]


@router.post(
    "/contracts/{contract}/proposals",
    auth=Roles(BUSINESS),
    response={201: Put, 422: Problem},
    tags=["proposals"],
    summary="Record a fact, or propose it where another must agree",
)
def record(request: HttpRequest, contract: str, wanted: Intended) -> Any:
    """What a person says, under the same duties as at the console. `waits`: another person has yet to agree."""
    said = understand(wanted.type, wanted.data)
    if isinstance(said, Refused):
        return Status(422, problem(said))
    if wanted.time.tzinfo is None:
        return Status(422, problem(Refused("a moment carries its zone", "time")))
    if refused := beyond(wanted.time, "time"):
        return Status(422, problem(refused))
    intent = Intent(said, wanted.time, wanted.id or made_up("form", office().clock.now()))
    waits = put_forward(office().kernel, contract, intent, _who(request), SOURCE)
    if isinstance(waits, Refused):
        return Status(422, problem(waits))
    return Status(201, Put(id=intent.id, waits=waits))


@router.get(
    "/contracts/{contract}/proposals/{identifier}",
    auth=Roles(CONTRACT_READERS),
    response={200: ProposalShown, **ANSWERS},
    tags=["proposals"],
    summary="A proposal and what is proposed",
)
def proposal(request: HttpRequest, contract: str, identifier: str) -> Any:
    """One proposal with the fields of the fact it asks for."""
    del request
    found = _found(contract, identifier)
    if isinstance(found, Refused):
        return Status(404, problem(found))
    said = content(office().kernel, found)
    if isinstance(said, Refused):
        return Status(422, problem(said))
    return _shown(found, msgspec.json.decode(canonical(said)))


@router.post(
    "/contracts/{contract}/proposals/{identifier}/decision",
    auth=Roles(BUSINESS),
    response={204: None, **ANSWERS},
    tags=["proposals"],
    summary="Agree to a proposal or send it back",
)
def decision(request: HttpRequest, contract: str, identifier: str, wanted: Decision) -> Any:
    """As another person whose duty it is; its maker may only take it back."""
    kernel, found = office().kernel, _found(contract, identifier)
    if isinstance(found, Refused):
        return Status(404, problem(found))
    if wanted.decision == "approve":
        refused = approve(kernel, contract, found, _who(request), SOURCE)
    else:
        refused = reject(kernel, contract, found, wanted.reason, (_who(request), SOURCE))
    return Status(204, None) if refused is None else Status(422, problem(refused))


@router.get(
    "/contracts/{contract}/comments",
    auth=Roles(EVIDENCE_READERS),
    response={200: list[CommentShown], **ANSWERS},
    tags=["comments"],
    summary="Comments of third parties, newest first",
)
def commented(request: HttpRequest, contract: str) -> Any:
    """What was said about which fact, by whom."""
    del request
    known = office().kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    found = comments(office().kernel, contract)
    return [CommentShown(id=o.id, about=o.about, by=o.by, at=o.at, text=o.text) for o in found]


@router.post(
    "/contracts/{contract}/comments",
    auth=Roles(THIRD_PARTIES),
    response={201: Put, 422: Problem},
    tags=["comments"],
    summary="Comment on a fact",
)
def add_comment(request: HttpRequest, contract: str, wanted: CommentWish) -> Any:
    """The words lie among the documents; the fact carries their digest."""
    done = comment(office().kernel, contract, Remark(wanted.about, wanted.text, wanted.id), (_who(request), SOURCE))
    return Status(422, problem(done)) if isinstance(done, Refused) else Status(201, Put(id=done, waits=False))


def _register(contract: str, name: str, as_of: date | None) -> Any:
    if refused := beyond(as_of, "as_of"):
        return Status(422, problem(refused))
    found = register_of(office().kernel, contract, name, as_of or office().clock.now().date())
    return Status(404, problem(found)) if isinstance(found, Refused) else found


def _found(contract: str, identifier: str) -> Proposal | Refused:
    known = office().kernel.known(contract)
    return known if isinstance(known, Refused) else find(office().kernel, contract, identifier)


def _who(request: HttpRequest) -> Person:
    return speaking(account_of(request))


def _shown(one: Proposal, said: dict[str, Any] | None = None) -> ProposalShown:
    return ProposalShown(
        id=one.id,
        type=one.type,
        state=one.state,
        at=one.at,
        maker=one.maker,
        made=one.made,
        decided_by=one.decided_by,
        decided=one.decided,
        data=said,
    )

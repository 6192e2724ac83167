"""Tickets: the queue, one ticket, opening one, taking a step."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.errors import Problem, problem
from yunyue.doors.api.order_shapes import Opened, Ticketed, TicketMove, TicketWish
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import SERVICE_READERS, Role
from yunyue.journal.facts import BY_TYPE
from yunyue.kernel import Recorder
from yunyue.people.duties import may_through
from yunyue.settlement.admission import Known
from yunyue.tickets import register
from yunyue.tickets.work import TAKEN, Move, Request, open_ticket, take

router = Router(tags=["tickets"])
SOURCE = "/api/v1"
ASKERS = frozenset({Role.CLIENT_MANAGER, Role.TENANT_USER})


@router.get(
    "/contracts/{contract}/tickets",
    auth=Roles(SERVICE_READERS),
    response={200: list[Ticketed], 404: Problem},
    summary="Tickets by clock",
)
def tickets(request: HttpRequest, contract: str) -> Any:
    """What runs out first comes first; a department sees its own."""
    kernel = office().kernel
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return Status(404, problem(known))
    found = register.tickets(known, kernel.calendar, kernel.clock.now())
    return [Ticketed.of(one) for one in register.seen_by(found, account_of(request).tenant)]


@router.post(
    "/contracts/{contract}/tickets",
    auth=Roles(ASKERS),
    response={201: Opened, 422: Problem},
    summary="Open a ticket",
)
def opening(request: HttpRequest, contract: str, wanted: TicketWish) -> Any:
    """Open a ticket; its clocks begin at once. A department opens its own only."""
    tenant = account_of(request).tenant or wanted.tenant
    asked_for = Request(wanted.severity, wanted.about, tenant, wanted.order)
    opened = open_ticket(office().kernel, contract, asked_for, _recorder(request))
    return Status(422, problem(opened)) if isinstance(opened, Refused) else Status(201, Opened(ticket=opened))


@router.post(
    "/contracts/{contract}/tickets/{path:ticket}/steps",
    auth=Roles(SERVICE_READERS),
    response={204: None, 403: Problem, 404: Problem, 422: Problem},
    summary="Take a step with a ticket",
)
def step(request: HttpRequest, contract: str, ticket: str, move: TicketMove) -> Any:
    """Answer, comment, hand over, pause, go on, resolve, reopen or close; each is the duty of some roles."""
    if _found(request, contract, ticket) is None:
        return Status(404, problem(_none(ticket)))
    if move.kind not in TAKEN:
        reason = f"{move.kind!r} is no step of a ticket; known: {', '.join(TAKEN)}"
        return Status(422, problem(Refused(reason, "kind")))
    role = account_of(request).role
    if not may_through(role, BY_TYPE[move.kind], "tickets"):
        return Status(403, problem(Refused(f"{move.kind} is not recorded by role {role}", move.kind)))
    refused = take(office().kernel, contract, ticket, Move(move.kind, move.text, move.to), _recorder(request))
    return Status(422, problem(refused)) if refused is not None else Status(204, None)


@router.get(
    "/contracts/{contract}/tickets/{path:ticket}",
    auth=Roles(SERVICE_READERS),
    response={200: Ticketed, 404: Problem},
    summary="A ticket",
)
def ticket(request: HttpRequest, contract: str, ticket: str) -> Any:
    """One ticket with its clocks; another department's is as if it were not."""
    found = _found(request, contract, ticket)
    return Status(404, problem(_none(ticket))) if found is None else Ticketed.of(found)


def _found(request: HttpRequest, contract: str, name: str) -> register.Ticket | None:
    kernel = office().kernel
    known = kernel.known(contract)
    if not isinstance(known, Known):
        return None
    found = register.find(known, kernel.calendar, kernel.clock.now(), name)
    return found if found is not None and register.seen_by([found], account_of(request).tenant) else None


def _none(ticket: str) -> Refused:
    return Refused(f"there is no ticket {ticket!r}", "ticket", "C18")


def _recorder(request: HttpRequest) -> Recorder:
    return Recorder(account_of(request).pseudonym, SOURCE)

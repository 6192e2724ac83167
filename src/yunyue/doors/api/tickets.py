"""Tickets: the queue, one ticket, opening one, taking a step."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from yunyue.answer import Refused
from yunyue.doors.api.access import Roles
from yunyue.doors.api.answering import answered, missing, not_theirs, recorder_of, refusal
from yunyue.doors.api.errors import Problem
from yunyue.doors.api.order_shapes import Opened, Taken, Ticketed, TicketMove, TicketTold, TicketWish
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.roles import NOTE_READERS, SERVICE_READERS, Role
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import BY_TYPE
from yunyue.orders.register import find
from yunyue.settlement.admission import Known
from yunyue.tickets import register
from yunyue.tickets.work import TAKEN, Move, Request, open_ticket, take, words_of

router = Router(tags=["tickets"])
ASKERS = frozenset({Role.CLIENT_MANAGER, Role.TENANT_USER})


@router.get(
    "/contracts/{contract}/tickets",
    auth=Roles(SERVICE_READERS),
    response={200: list[Ticketed], 404: Problem},
    summary="Tickets by clock",
)
@answered
def tickets(request: HttpRequest, contract: str) -> Any:
    """What runs out first comes first; a department sees its own."""
    kernel = office().kernel
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    found = register.tickets(known, kernel.calendar, kernel.clock.now())
    return [Ticketed.of(one) for one in register.seen_by(found, account_of(request).tenant)]


@router.post(
    "/contracts/{contract}/tickets",
    auth=Roles(ASKERS),
    response={201: Opened, 422: Problem},
    summary="Open a ticket",
)
def opening(request: HttpRequest, contract: str, wanted: TicketWish) -> Any:
    """Open a ticket; its clocks begin at once. A department opens its own only, about its own orders."""
    own = account_of(request).tenant
    if own and wanted.order and not _ordered(contract, wanted.order, own):
        return refusal(Refused(f"there is no order {wanted.order!r}", "ticket.opened.order", "C18"))
    asked_for = Request(wanted.severity, wanted.about, own or wanted.tenant, wanted.order, wanted.id)
    opened = open_ticket(office().kernel, contract, asked_for, recorder_of(request))
    return refusal(opened) if isinstance(opened, Refused) else Status(201, Opened(ticket=opened))


@router.post(
    "/contracts/{contract}/tickets/{path:ticket}/steps",
    auth=Roles(SERVICE_READERS),
    response={204: None, 403: Problem, 404: Problem, 422: Problem},
    summary="Take a step with a ticket",
)
@answered
def step(request: HttpRequest, contract: str, ticket: str, move: TicketMove) -> Any:
    """Answer, comment, hand over, pause, go on, resolve, reopen or close; each is the duty of some roles."""
    if _found(request, contract, ticket) is None:
        return missing("ticket", ticket, "C18")
    if move.kind not in TAKEN:
        return Refused(f"{move.kind!r} is no step of a ticket; known: {', '.join(TAKEN)}", "kind")
    turned_away = not_theirs(request, BY_TYPE[move.kind], "tickets")
    done = Move(move.kind, move.text, move.to)
    return turned_away or take(office().kernel, contract, ticket, done, recorder_of(request))


@router.get(
    "/contracts/{contract}/tickets/{path:ticket}",
    auth=Roles(SERVICE_READERS),
    response={200: TicketTold, 404: Problem},
    summary="A ticket",
)
@answered
def ticket(request: HttpRequest, contract: str, ticket: str) -> Any:
    """One ticket with its clocks and steps; another department's is as if it were not. A third party reads no notes."""
    found = _found(request, contract, ticket)
    if found is None:
        return missing("ticket", ticket, "C18")
    notes = account_of(request).plays(NOTE_READERS)
    steps = [_taken(one, words_of(office().kernel, one.data, notes=notes)) for one in found.steps]
    return TicketTold(**Ticketed.of(found).dict(), steps=steps)


def _taken(fact: Fact, words: str) -> Taken:
    return Taken(type=fact.type, time=fact.time, actor=fact.actor, text=words)


def _ordered(contract: str, order: str, tenant: str) -> bool:
    known = office().kernel.known(contract)
    return isinstance(known, Known) and find(known, order, tenant) is not None


def _found(request: HttpRequest, contract: str, name: str) -> register.Ticket | None:
    kernel = office().kernel
    known = kernel.known(contract)
    if not isinstance(known, Known):
        return None
    found = register.find(known, kernel.calendar, kernel.clock.now(), name)
    return found if found is not None and register.seen_by([found], account_of(request).tenant) else None

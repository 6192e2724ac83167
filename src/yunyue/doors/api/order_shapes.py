"""What the API of orders, tickets and papers takes and gives. Amounts are decimal text, moments carry a zone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from yunyue.doors.api.shapes import Own
from yunyue.orders.register import Budget, Rest, Standing
from yunyue.orders.register import Usage as Used
from yunyue.tickets.register import Clock, Ticket

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$")]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Usage(Schema):
    """What an order used by one meter; `cost` is null where the price list has no such meter."""

    meter: str
    quantity: Decimal
    cost: str | None
    until: date


class Order(Schema):
    """An order as it stands; `waiting` are the ids of changes that wait for approval."""

    order: str
    service: str
    item: str
    quantity: Decimal
    tenant: str
    deliver_by: date
    state: str
    worth: str
    spent: str
    usage: list[Usage]
    waiting: list[str]

    @classmethod
    def of(cls, one: Standing) -> "Order":
        """In the shape of the API."""
        return cls(
            order=one.id,
            service=one.placed.service,
            item=one.placed.item,
            quantity=one.now.quantity,
            tenant=one.placed.tenant,
            deliver_by=one.now.deliver_by,
            state=one.state,
            worth=str(one.worth),
            spent=str(one.spent),
            usage=[_usage(used) for used in one.usage],
            waiting=[str(getattr(fact.data, "change", "")) for fact in one.asked],
        )


class Left(Schema):
    """What is left of an item."""

    item: str
    quantity: Decimal
    ordered: Decimal
    left: Decimal
    unit_price: str


class Budgeted(Schema):
    """What is left under the contract (C02)."""

    total: str
    committed: str
    free: str
    items: list[Left]

    @classmethod
    def of(cls, one: Budget) -> "Budgeted":
        """In the shape of the API."""
        items = [_left(rest) for rest in one.rests]
        return cls(total=str(one.total), committed=str(one.committed), free=str(one.free), items=items)


class ChangeWish(Schema):
    """What an order is to be from now on; what is left out stays."""

    reason: Words
    quantity: Decimal | None = None
    deliver_by: date | None = None
    parameters: dict[str, Any] | None = None


class Changed(Schema):
    """The id of the change; it counts once another person approves it."""

    change: str


class Reason(Schema):
    """Why."""

    reason: Words


class TicketWish(Schema):
    """What is asked for. `severity`: 1 outage to 4 question; `about` names no person; `id`: the sender's, sent once."""

    severity: Annotated[int, Field(ge=1, le=4)]
    about: Words
    tenant: str = ""
    order: str = ""
    id: Own = ""


class TicketMove(Schema):
    """A step with a ticket: its type, what is written with it, to whom it is handed over."""

    kind: Annotated[str, Field(max_length=64)]
    text: Annotated[str, Field(max_length=20_000)] = ""
    to: Annotated[str, Field(max_length=128)] = ""


class Clocked(Schema):
    """A clock: seconds allowed and used, and when it is due (null while it stands still)."""

    state: str
    allowed_s: int
    used_s: int
    due: datetime | None


class Ticketed(Schema):
    """A ticket as it stands."""

    ticket: str
    severity: int
    about: str
    tenant: str | None
    order: str | None
    state: str
    holder: str
    opened: datetime
    response: Clocked
    resolution: Clocked
    escalated: list[str]
    incidents: list[str]

    @classmethod
    def of(cls, one: Ticket) -> "Ticketed":
        """In the shape of the API."""
        return cls(
            ticket=one.id,
            severity=one.said.severity,
            about=one.said.about,
            tenant=one.said.tenant,
            order=one.said.order,
            state=one.state,
            holder=one.holder,
            opened=one.opened.time,
            response=_clock(one.response),
            resolution=_clock(one.resolution),
            escalated=list(one.escalated),
            incidents=list(one.incidents),
        )


class Taken(Schema):
    """A step of a ticket: who took it, and what was written with it ("" where one does not read notes)."""

    type: str
    time: datetime
    actor: str
    text: str


class TicketTold(Ticketed):
    """A ticket with its steps, the first first."""

    steps: list[Taken]


class Opened(Schema):
    """The id of the new ticket."""

    ticket: str


class PaperKind(Schema):
    """A paper that can be made, and what it asks for; `required` cannot be left out."""

    code: str
    title_zh: str
    title_en: str
    clauses: list[str]
    needs: list[str]
    required: list[str]


Form = Literal["pdf", "docx"]


def _usage(used: Used) -> Usage:
    cost = None if used.cost is None else str(used.cost)
    return Usage(meter=used.meter, quantity=used.quantity, cost=cost, until=used.until)


def _left(rest: Rest) -> Left:
    return Left(
        item=rest.item.code,
        quantity=rest.item.quantity,
        ordered=rest.ordered,
        left=rest.left,
        unit_price=str(rest.item.unit_price),
    )


def _clock(clock: Clock) -> Clocked:
    reading = clock.reading
    return Clocked(
        state=clock.state,
        allowed_s=int(reading.allowed.total_seconds()),
        used_s=int(reading.used.total_seconds()),
        due=reading.due,
    )

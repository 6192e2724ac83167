"""The tickets of a contract as they stand: state, who works on them, their two clocks, and what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import (
    IncidentLinked,
    ResponseAgreed,
    TicketAnswered,
    TicketContinued,
    TicketEscalated,
    TicketHandedOver,
    TicketOpened,
    TicketPaused,
    TicketReopened,
    TicketResolved,
)
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.tickets import State, state_of, steps
from yunyue.sla.response import Agreement, Reading, Step, read
from yunyue.workdays import Calendar

STARTS: Final = (TicketContinued, TicketReopened)
STOPS: Final = (TicketPaused, TicketResolved)


@dataclass(frozen=True, slots=True)
class Clock:
    """One of a ticket's two clocks: whether it was met in time, runs, waits or is over its time."""

    reading: Reading
    met: bool

    @property
    def state(self) -> str:
        """In a word."""
        if self.reading.late:
            return "done_late" if self.met else "late"
        if self.met:
            return "done"
        return "running" if self.reading.running else "waiting"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with everything that happened to it, oldest first. `holder` is "" until it is handed to somebody."""

    said: TicketOpened
    opened: Fact
    steps: tuple[Fact, ...]
    state: State
    response: Clock
    resolution: Clock
    holder: str
    incidents: tuple[str, ...]
    escalated: tuple[str, ...]

    @property
    def id(self) -> str:
        """The ticket's id."""
        return self.said.ticket

    @property
    def open(self) -> bool:
        """Whether the provider still has something to do."""
        return self.state in ("opened", "answered", "paused")

    @property
    def next_due(self) -> datetime | None:
        """When the clock that runs out first runs out; None while none runs."""
        running = [one.reading.due for one in (self.response, self.resolution) if not one.met and one.reading.due]
        return min(running) if self.open and running else None


Agreements = Sequence[tuple[datetime, Agreement]]
"""Response times, each with the moment from which on it is in force, oldest first."""


def agreement(known: Known, calendar: Calendar) -> Agreement:
    """The response times in force now: those agreed last, else the defaults."""
    return _agreements(known, calendar)[-1][1]


def _agreements(known: Known, calendar: Calendar) -> Agreements:
    """The defaults, and everything agreed since: what is agreed later makes no ticket late that was opened before."""
    first = (datetime.min.replace(tzinfo=UTC), Agreement.of(None, calendar))
    facts = sorted(known.facts(ResponseAgreed), key=lambda one: one.time)
    later = [(one.time, one.data) for one in facts]
    return (
        first,
        *((since, Agreement.of(said, calendar)) for since, said in later if isinstance(said, ResponseAgreed)),
    )


def tickets(known: Known, calendar: Calendar, now: datetime) -> tuple[Ticket, ...]:
    """Every ticket: the open ones by what is due first, those that wait, then the others, newest first."""
    agreed = _agreements(known, calendar)
    found = [_ticket(known, agreed, fact, now) for fact in known.facts(TicketOpened)]
    return tuple(sorted(found, key=_urgency))


def find(known: Known, calendar: Calendar, now: datetime, name: str) -> Ticket | None:
    """The ticket of that id, if there is one."""
    opened = known.find(TicketOpened, "ticket", name)
    return None if opened is None else _ticket(known, _agreements(known, calendar), opened, now)


def seen_by(found: Iterable[Ticket], tenant: str) -> tuple[Ticket, ...]:
    """The tickets a department sees: its own; every one where `tenant` is "" (an account of no department)."""
    return tuple(one for one in found if not tenant or one.said.tenant == tenant)


def _urgency(one: Ticket) -> tuple[int, float, float]:
    due = one.next_due
    group = 0 if due is not None else 1 if one.open else 2
    return group, due.timestamp() if due else 0, -one.opened.time.timestamp()


def _ticket(known: Known, agreements: Agreements, opened: Fact, now: datetime) -> Ticket:
    said = opened.data
    agreed = next(one for since, one in reversed(agreements) if since <= opened.time)
    assert isinstance(said, TicketOpened)
    taken = steps(known, said.ticket)
    handed = [fact.data.to for fact in taken if isinstance(fact.data, TicketHandedOver)]
    linked = [one.incident for one in known.all(IncidentLinked) if (one.kind, one.to) == ("ticket", said.ticket)]
    return Ticket(
        said=said,
        opened=opened,
        steps=tuple(taken),
        state=state_of(taken),
        response=_response(agreed, opened, taken, now),
        resolution=_resolution(agreed, opened, taken, now),
        holder=handed[-1] if handed else "",
        incidents=tuple(linked),
        escalated=tuple(fact.data.to for fact in taken if isinstance(fact.data, TicketEscalated)),
    )


def _response(agreed: Agreement, opened: Fact, taken: list[Fact], now: datetime) -> Clock:
    """From the opening to the first answer."""
    assert isinstance(opened.data, TicketOpened)
    moments: list[Step] = [(opened.time, "start")]
    answered = next((one for one in taken if isinstance(one.data, TicketAnswered)), None)
    if answered is not None:
        moments.append((answered.time, "stop"))
    return Clock(read(agreed.pace(opened.data.severity, "response"), moments, now), answered is not None)


def _resolution(agreed: Agreement, opened: Fact, taken: list[Fact], now: datetime) -> Clock:
    """From the opening to the solution, without the waits for the client; it runs on where the ticket is reopened."""
    assert isinstance(opened.data, TicketOpened)
    moments: list[Step] = [(opened.time, "start")]
    for one in taken:
        if isinstance(one.data, STARTS) and moments[-1][1] == "stop":
            moments.append((one.time, "start"))
        elif isinstance(one.data, STOPS) and moments[-1][1] == "start":
            moments.append((one.time, "stop"))
    met = state_of(taken) in ("resolved", "closed")
    return Clock(read(agreed.pace(opened.data.severity, "resolution"), moments, now), met)

"""Who is told when a clock has run out: the service manager at once, the client manager after as much time again.

An escalation is a fact of the platform; the same clock escalates to the same role once, however often it is looked at.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.journal.facts import TicketEscalated
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.settlement.admission import Known
from yunyue.tickets.register import Clock, Ticket, tickets
from yunyue.workdays import Calendar

Told = Literal["service_manager", "client_manager"]
ClockName = Literal["response", "resolution"]
RECORDER: Final = Recorder("platform:tickets", "/tickets")

_log = logger(__name__)


def escalations(known: Known, calendar: Calendar, now: datetime) -> tuple[Happening, ...]:
    """What is to be recorded now, under ids that the same clock and role always give."""
    found = tickets(known, calendar, now)
    told = {(one.ticket, one.clock, one.to) for one in known.all(TicketEscalated)}
    due = (TicketEscalated(ticket=one.id, clock=clock, to=to) for one in found for clock, to in _due(one))
    return tuple(
        Happening(said, now, f"escalated-{said.ticket}-{said.clock}-{said.to}")
        for said in due
        if (said.ticket, said.clock, said.to) not in told
    )


def escalate(kernel: Kernel, contract: str) -> int | Refused:
    """Record the escalations of a contract; how many there were."""
    known = kernel.known(contract)
    if isinstance(known, Refused):
        return known
    found = escalations(known, kernel.calendar, kernel.clock.now())
    if not found:
        return 0
    done = kernel.record(contract, found, RECORDER)
    if isinstance(done, Refused):
        _log.warning("escalations were refused", contract=contract, reason=str(done))
        return done
    return done.new


def _due(one: Ticket) -> Iterator[tuple[ClockName, Told]]:
    if one.state == "closed":
        return
    yield from (("response", to) for to in _levels(one.response))
    yield from (("resolution", to) for to in _levels(one.resolution))


def _levels(clock: Clock) -> Iterator[Told]:
    if clock.met or not clock.reading.late:
        return
    yield "service_manager"
    if clock.reading.used > 2 * clock.reading.allowed:
        yield "client_manager"

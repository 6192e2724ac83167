"""What the steps of a ticket, and the lines of an incident, must fit: each step from a state that allows it."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from yunyue.answer import Refused
from yunyue.journal import facts
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import Payload
from yunyue.settlement.admission.known import Known, must_be_new, must_exist

State = Literal["opened", "answered", "paused", "resolved", "closed"]

STEPS: Final[Mapping[type[Payload], tuple[frozenset[State], State | None]]] = {
    facts.TicketAnswered: (frozenset({"opened"}), "answered"),
    facts.TicketCommented: (frozenset({"opened", "answered", "paused", "resolved"}), None),
    facts.TicketHandedOver: (frozenset({"opened", "answered", "paused"}), None),
    facts.TicketPaused: (frozenset({"answered"}), "paused"),
    facts.TicketContinued: (frozenset({"paused"}), "answered"),
    facts.TicketResolved: (frozenset({"answered"}), "resolved"),
    facts.TicketReopened: (frozenset({"resolved"}), "answered"),
    facts.TicketClosed: (frozenset({"resolved"}), "closed"),
    facts.TicketEscalated: (frozenset({"opened", "answered", "paused", "resolved"}), None),
}
"""From which states a step leads, and to which; None: the state stays."""


def steps(known: Known, ticket: str) -> list[Fact]:
    """What happened to a ticket after it was opened, in the order it happened; of one moment, as it was recorded."""
    found = [one for kind in STEPS for one in known.facts(kind) if getattr(one.data, "ticket", "") == ticket]
    return sorted(found, key=lambda one: (one.time, known.place(one.id)))


def state_of(taken: list[Fact]) -> State:
    """Where a ticket stands after these steps."""
    state: State = "opened"
    for one in taken:
        state = STEPS[type(one.data)][1] or state
    return state


def opened(known: Known, fact: Fact, said: facts.TicketOpened) -> Refused | None:
    """Under a new id; of an order that there is."""
    refused = must_be_new(known, fact, "ticket")
    if refused is None and said.order is not None:
        refused = must_exist(known, fact, facts.OrderPlaced, "order")
    return refused


def step(known: Known, fact: Fact, said: Any) -> Refused | None:
    """From a state that allows it, and not before the last step."""
    refused = must_exist(known, fact, facts.TicketOpened, "ticket")
    if refused is not None:
        return refused
    taken = steps(known, said.ticket)
    state, allowed = state_of(taken), STEPS[type(said)][0]
    if state not in allowed:
        reason = f"ticket {said.ticket} is {state}; {fact.type} follows {' or '.join(sorted(allowed))} only"
        return Refused(reason, f"{fact.type}.ticket", "C18")
    if taken and fact.time < taken[-1].time:
        return Refused(f"it lies before the {taken[-1].type} of {taken[-1].day}", f"{fact.type}.time", "C18")
    return None


def escalated(known: Known, fact: Fact, said: facts.TicketEscalated) -> Refused | None:
    """Once for each clock and level."""
    for one in known.all(facts.TicketEscalated):
        if (one.ticket, one.clock, one.to) == (said.ticket, said.clock, said.to):
            return Refused(f"ticket {said.ticket} was escalated to {said.to} already", f"{fact.type}.to", "C18")
    return step(known, fact, said)


def broke(known: Known, fact: Fact, _: facts.IncidentOpened) -> Refused | None:
    """Under an id of its own, with an order there is."""
    return must_be_new(known, fact, "incident") or must_exist(known, fact, facts.OrderPlaced, "order")


def mended(known: Known, fact: Fact, said: facts.IncidentClosed) -> Refused | None:
    """Of an incident that began before and lasts; it ends once."""
    refused = must_exist(known, fact, facts.IncidentOpened, "incident")
    if refused is None and known.find(facts.IncidentClosed, "incident", said.incident) is not None:
        refused = Refused(f"incident {said.incident!r} is closed already", f"{fact.type}.incident", "C18")
    return refused


def noted(known: Known, fact: Fact, _: facts.IncidentNoted) -> Refused | None:
    """Of an incident that began before."""
    return must_exist(known, fact, facts.IncidentOpened, "incident")


def linked(known: Known, fact: Fact, said: facts.IncidentLinked) -> Refused | None:
    """To a ticket or a fact of this contract."""
    refused = must_exist(known, fact, facts.IncidentOpened, "incident")
    if refused is not None:
        return refused
    there = known.find(facts.TicketOpened, "ticket", said.to) if said.kind == "ticket" else known.fact(said.to)
    if there is None:
        return Refused(f"there is no {said.kind} {said.to!r} under this contract", f"{fact.type}.to", "C18")
    return None

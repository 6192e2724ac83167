"""Tells open pages what the journal takes in. Nobody looks at the journal for it while nobody reads.

A fact is told by its type, its id and what it names; whoever wants more asks for the fact, which checks again.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from yunyue.doors.data.events import Event
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, Role
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import OrderPlaced

LOOK_SECONDS: Final = 1.0
FACT: Final = "fact"
NAMES: Final = ("order", "incident", "finding", "service")
"""What a page needs to know whether a fact concerns it."""


async def telling(office: Office) -> None:
    """Publish what is recorded, by whichever process, as long as somebody reads."""
    size = await asyncio.to_thread(_size, office)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        grown = await asyncio.to_thread(_size, office)
        if grown > size and office.feed.watched:
            office.feed.publish(await asyncio.to_thread(told, office, size, grown))
        size = grown


def told(office: Office, start: int, stop: int) -> list[Event]:
    """The events of the journal's facts from `start` up to `stop`."""
    facts = list(office.kernel.journal.read(start, stop))
    tenants: dict[str, Mapping[str, str]] = {
        contract: tenants_of(office.kernel.facts(contract)) for contract in {one.fact.subject for one in facts}
    }
    return [_event(one, tenants[one.fact.subject]) for one in facts]


def tenants_of(facts: Iterable[Recorded]) -> dict[str, str]:
    """The department of each order."""
    return {one.fact.data.order: one.fact.data.tenant for one in facts if isinstance(one.fact.data, OrderPlaced)}


def _event(recorded: Recorded, tenants: Mapping[str, str]) -> Event:
    fact = recorded.fact
    named = {name: value for name in NAMES if isinstance(value := getattr(fact.data, name, None), str)}
    tenant = tenants.get(named.get("order", ""), "")
    roles = CONTRACT_READERS | {Role.TENANT_USER} if tenant else CONTRACT_READERS
    body = {"type": fact.type, "id": fact.id, "time": fact.time.isoformat(), **named}
    return Event(FACT, body, frozenset(str(role) for role in roles), tenant, fact.subject)


def _size(office: Office) -> int:
    return office.kernel.journal.head().size

"""Tells open pages what the journal takes in and which targets turned. Nobody looks for it while nobody reads.

A fact is told by its type, its id and what it names; whoever wants more asks for the fact, which checks again.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from yunyue.catalog import GAP, Sample
from yunyue.doors.data.events import Event
from yunyue.doors.office import Office
from yunyue.doors.web.accounts.roles import CONTRACT_READERS, SERVICE_READERS, Role
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import OrderPlaced
from yunyue.services.monitor.schedule import AVAILABILITY

LOOK_SECONDS: Final = 1.0
FACT: Final = "fact"
TURN: Final = "turn"
NEWEST: Final = 20_000
"""Samples that are looked at each time, the newest."""
NAMES: Final = ("order", "incident", "finding", "service")
"""What a page needs to know whether a fact concerns it."""


async def telling(office: Office) -> None:
    """Publish what is recorded, by whichever process, as long as somebody reads."""
    size, turns = await asyncio.to_thread(_size, office), Turns(office)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        grown = await asyncio.to_thread(_size, office)
        if office.feed.watched:
            office.feed.publish(await asyncio.to_thread(told, office, size, grown) if grown > size else ())
            office.feed.publish(await asyncio.to_thread(turns.look))
        size = grown


class Turns:
    """Which targets went down or came back, as the newest samples say; a gap turns nothing."""

    def __init__(self, office: Office) -> None:
        """Nothing was looked at yet."""
        self._office = office
        self._position = 0
        self._ok: dict[str, bool] = {}
        self._owners: dict[str, tuple[str, str]] = {}

    def look(self) -> list[Event]:
        """The targets that turned since the last look; of one seen for the first time nothing is said."""
        self._position, samples = self._office.hosting.series.since(self._position, NEWEST)
        turned = []
        for one in samples:
            if one.indicator != AVAILABILITY or one.error == GAP:
                continue
            if self._ok.get(one.instance, one.ok) != one.ok:
                turned.append(one)
            self._ok[one.instance] = one.ok
        return [event for one in turned if (event := self._event(one)) is not None]

    def _event(self, sample: Sample) -> Event | None:
        if sample.instance not in self._owners:
            kernel = self._office.kernel
            self._owners = {
                order: (contract, tenant)
                for contract in kernel.contracts()
                for order, tenant in tenants_of(kernel.facts(contract, OrderPlaced)).items()
            }
        owner = self._owners.get(sample.instance)
        if owner is None:
            return None
        body = {"order": sample.instance, "ok": sample.ok, "error": sample.error, "ts": sample.ts}
        roles = frozenset(str(role) for role in SERVICE_READERS)
        return Event(TURN, body, roles, owner[1], owner[0])


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

"""The wall: every watched target of a contract, how it is now, and how its last days were."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import GAP, Sample
from yunyue.journal.facts import (
    IncidentClosed,
    IncidentOpened,
    OrderApproved,
    OrderCancelled,
    OrderPlaced,
    Payload,
    ServiceDelivered,
    ServiceRetired,
)
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor.content.findings import findings
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.sla.span import DAY, milliseconds
from yunyue.store.series import Day

DAYS: Final = 30
STAGES: Final[tuple[tuple[type[Payload], str], ...]] = (
    (OrderCancelled, "cancelled"),
    (ServiceRetired, "retired"),
    (ServiceDelivered, "delivered"),
    (OrderApproved, "approved"),
)
"""What says how far an order has come, the furthest first."""
BEIJING_MS: Final = 28_800_000
MINUTES: Final = 1440
OLD_AFTER: Final = 5
"""Intervals (a minute at least) after which the newest sample no longer says how a target is."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that was wrong, from its first failure to the first success (ms; `end` 0: it still is)."""

    id: str
    order: str
    severity: int
    about: str
    start: int
    end: int
    fact: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a target: `share` of its minutes that were well by M1, in 1/1000 %; None without a sample."""

    day: int
    share: int | None
    bad_minutes: int
    gaps: int

    @property
    def tone(self) -> str:
        """How the day is shown."""
        if self.share is None:
            return "none"
        return "good" if self.share >= 99_900 else "warn" if self.share >= 99_000 else "bad"


@dataclass(frozen=True, slots=True)
class Spot:
    """A target on the wall. `asked`: the order's parameters; `sample`: the newest one."""

    order: str
    tenant: str
    item: str
    fact: str
    actor: str
    stage: str
    asked: Mapping[str, Any]
    sample: Sample | None
    measured: tuple[Day, ...]
    now: datetime
    incidents: tuple[Incident, ...]
    findings: int

    @property
    def days(self) -> tuple[Cell, ...]:
        """Its last days, oldest first; drawn only for those somebody looks at."""
        return cells(self.measured, self.now)

    @property
    def name(self) -> str:
        """What it watches."""
        return str(self.asked.get("target") or self.asked.get("url") or self.asked.get("host") or self.order)

    @property
    def kind(self) -> str:
        """The kind of its probes."""
        return str(self.asked.get("kind", ""))

    @property
    def interval(self) -> int:
        """Seconds from one probe to the next."""
        said = self.asked.get("interval_s", 60)
        return said if isinstance(said, int) else 60

    @property
    def state(self) -> Literal["up", "down", "unknown"]:
        """Up, down, or unknown: a gap says nothing of the target, nor does what it was long ago."""
        if self.sample is None or self.sample.error == GAP or self.stage == "retired":
            return "unknown"
        if milliseconds(self.now) - self.sample.ts > OLD_AFTER * max(self.interval, 60) * 1000:
            return "unknown"
        return "up" if self.sample.ok else "down"

    @property
    def open(self) -> tuple[Incident, ...]:
        """What is wrong now."""
        return tuple(one for one in self.incidents if not one.end)


def wall(hosting: Hosting, contract: str, tenant: str = "") -> tuple[Spot, ...]:
    """Every target of a contract, or of one department, the newest order first."""
    facts = hosting.kernel.facts(contract, OrderPlaced, *(kind for kind, _ in STAGES))
    placed = [
        (one, one.fact.data)
        for one in reversed(facts)
        if isinstance(one.fact.data, OrderPlaced) and one.fact.data.service == ENTRY.code
    ]
    mine = [(one, said) for one, said in placed if tenant in ("", said.tenant)]
    stages = stages_of([one.fact.data for one in facts])
    newest, days = newest_of(hosting, {said.order for _, said in mine}), _days(hosting)
    troubles, seen = incidents(hosting, contract), _open_findings(hosting, contract)
    now = hosting.kernel.clock.now()
    return tuple(
        Spot(
            order=said.order,
            tenant=said.tenant,
            item=said.item,
            fact=one.fact.id,
            actor=one.fact.actor,
            stage=stages.get(said.order, "placed"),
            asked=asked(hosting, said),
            sample=newest.get(said.order),
            measured=tuple(days.get(said.order, ())),
            now=now,
            incidents=troubles.get(said.order, ()),
            findings=seen[said.order],
        )
        for one, said in mine
    )


def asked(hosting: Hosting, order: OrderPlaced) -> Mapping[str, Any]:
    """The parameters of an order."""
    document = hosting.kernel.objects.get(order.parameters) if order.parameters else Refused("none")
    return {} if isinstance(document, Refused) else msgspec.json.decode(document, type=dict[str, Any])


def incidents(hosting: Hosting, contract: str) -> dict[str, tuple[Incident, ...]]:
    """The incidents of each order, newest first."""
    facts = hosting.kernel.facts(contract, IncidentOpened, IncidentClosed)
    ends = {one.fact.data.incident: one.fact for one in reversed(facts) if isinstance(one.fact.data, IncidentClosed)}
    found: dict[str, list[Incident]] = {}
    for one in reversed(facts):
        said = one.fact.data
        if isinstance(said, IncidentOpened):
            end = ends.get(said.incident)
            span = (milliseconds(one.fact.time), milliseconds(end.time) if end else 0)
            made = Incident(said.incident, said.order, said.severity, said.about, *span, one.fact.id)
            found.setdefault(said.order, []).append(made)
    return {order: tuple(made) for order, made in found.items()}


def cells(days: Sequence[Day], now: datetime, count: int = DAYS) -> tuple[Cell, ...]:
    """The last days up to today, those without a sample too."""
    by_day = {one.day: one for one in days}
    today = (milliseconds(now) + BEIJING_MS) // DAY
    return tuple(_cell(number, by_day.get(number)) for number in range(today - count + 1, today + 1))


def _cell(number: int, day: Day | None) -> Cell:
    if day is None or not day.total:
        return Cell(number, None, 0, day.gaps if day else 0)
    return Cell(number, 100_000 - day.bad_minutes * 100_000 // MINUTES, day.bad_minutes, day.gaps)


def _days(hosting: Hosting) -> dict[str, list[Day]]:
    """Each order's last days, from summaries."""
    now = hosting.kernel.clock.now()
    end = ((milliseconds(now) + BEIJING_MS) // DAY + 1) * DAY - BEIJING_MS
    found: dict[str, list[Day]] = {}
    for one in hosting.series.daily(AVAILABILITY, end - DAYS * DAY, end):
        found.setdefault(one.instance, []).append(one)
    return found


def newest_of(hosting: Hosting, orders: set[str]) -> dict[str, Sample]:
    """The newest sample of each order; files are asked, for all at once, only where the tail does not know one."""
    found = hosting.series.newest(AVAILABILITY)
    return found if orders <= set(found) else hosting.series.newest_of_each(AVAILABILITY)


def stages_of(said: Sequence[Payload]) -> dict[str, str]:
    """The furthest each order has come."""
    found: dict[str, str] = {}
    for kind, stage in reversed(STAGES):
        found.update({getattr(one, "order", ""): stage for one in said if isinstance(one, kind)})
    return found


def _open_findings(hosting: Hosting, contract: str) -> Counter[str]:
    host = hosting.host(contract, ENTRY.code)
    if not (Path(host.folder) / "findings.sqlite").exists():
        return Counter()
    return Counter(one.order for one in findings(host) if one.open)


def since(now: datetime, hours: int) -> int:
    """The moment so many hours before (ms)."""
    return milliseconds(now - timedelta(hours=hours))

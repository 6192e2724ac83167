"""The targets a contract has watched, put together from orders, verdicts and the newest samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import GAP, Sample
from yunyue.doors.monitor.wall import STAGES, newest_of, stages_of
from yunyue.doors.office import office
from yunyue.host.clock import BEIJING
from yunyue.journal.envelope import Recorded
from yunyue.journal.facts import OrderPlaced

SERVICE: Final = "monitor"
NEWEST: Final = 400


@dataclass(frozen=True, slots=True)
class Target:
    """A watched target: its order, what was asked for, how far the order is, and what the newest sample says."""

    order: OrderPlaced
    fact: str
    actor: str
    asked: Mapping[str, Any]
    stage: str
    state: str
    last: datetime | None
    latency_ms: str
    error: str


def targets(contract: str) -> tuple[Target, ...]:
    """The targets of a contract, newest order first."""
    facts = office().kernel.facts(contract, OrderPlaced, *(kind for kind, _ in STAGES))
    placed = [one for one in facts if isinstance(one.fact.data, OrderPlaced) and one.fact.data.service == SERVICE]
    newest = newest_of(office().hosting, {str(getattr(one.fact.data, "order", "")) for one in placed})
    stages = stages_of([one.fact.data for one in facts])
    return tuple(_target(one, stages, newest) for one in reversed(placed))


def samples(order: str) -> tuple[Sample, ...]:
    """The newest samples of a target, oldest first."""
    return office().hosting.series.recent(order, NEWEST)[::-1]


def moment(milliseconds: int) -> datetime:
    """The Beijing time of a sample."""
    return datetime.fromtimestamp(milliseconds / 1000, BEIJING)


def _target(recorded: Recorded, stages: Mapping[str, str], newest: Mapping[str, Sample]) -> Target:
    order = recorded.fact.data
    assert isinstance(order, OrderPlaced)
    last = newest.get(order.order)
    return Target(
        order=order,
        fact=recorded.fact.id,
        actor=recorded.fact.actor,
        asked=_asked(order),
        stage=stages.get(order.order, "placed"),
        state=_state(last),
        last=moment(last.ts) if last else None,
        latency_ms=f"{last.latency_us / 1000:.1f}" if last and last.latency_us else "",
        error=last.error if last else "",
    )


def _asked(order: OrderPlaced) -> Mapping[str, Any]:
    document = office().kernel.objects.get(order.parameters) if order.parameters else Refused("none")
    return {} if isinstance(document, Refused) else msgspec.json.decode(document, type=dict[str, Any])


def _state(last: Sample | None) -> str:
    """A gap says nothing of the target."""
    if last is None or last.error == GAP:
        return "unknown"
    return "up" if last.ok else "down"

"""When failures become an incident: so many in a row open it, as of the first of them; one success closes it."""

from dataclasses import dataclass, replace

from yunyue.journal.facts import IncidentClosed, IncidentOpened
from yunyue.services.monitor.outcome import Outcome

OUTAGE = 1
"""The severity of an outage in the table of the SLA."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of an instance: failures in a row, when the first of them was (ms), the incident that is open."""

    order: str
    confirm: int
    failures: int = 0
    first: int = 0
    incident: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """An incident opened or closed, as of `at` (ms)."""

    payload: IncidentOpened | IncidentClosed
    at: int


def watch(state: Watch, outcome: Outcome, at: int) -> tuple[Watch, Turn | None]:
    """The state after a probe that began at `at` (ms), and what turned by it."""
    if outcome.ok:
        healthy = replace(state, failures=0, first=0, incident="")
        closed = Turn(IncidentClosed(incident=state.incident), at) if state.incident else None
        return healthy, closed
    failing = replace(state, failures=state.failures + 1, first=state.first or at)
    if failing.incident or failing.failures < failing.confirm:
        return failing, None
    incident = f"{failing.order}/{failing.first}"
    about = f"probe failed {failing.failures} times in a row: {outcome.error}"
    opened = IncidentOpened(incident=incident, order=failing.order, severity=OUTAGE, about=about)
    return replace(failing, incident=incident), Turn(opened, failing.first)

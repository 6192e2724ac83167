"""Incidents: what broke, when, what was found and done, and the tickets and facts that belong to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import IncidentClosed, IncidentLinked, IncidentNoted, IncidentOpened
from yunyue.settlement.admission import Known


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident with its timeline, oldest first, from its beginning to its end."""

    said: IncidentOpened
    opened: Fact
    closed: Fact | None
    timeline: tuple[Fact, ...]
    tickets: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def id(self) -> str:
        """The incident's id."""
        return self.said.incident

    def lasted(self, now: datetime) -> timedelta:
        """How long it lasted, or lasts by now."""
        return (now if self.closed is None else self.closed.time) - self.opened.time


def incidents(known: Known) -> tuple[Incident, ...]:
    """Every incident: those that last first, then the newest."""
    found = [_incident(known, fact) for fact in reversed(known.facts(IncidentOpened))]
    return tuple(sorted(found, key=lambda one: one.closed is not None))


def find(known: Known, name: str) -> Incident | None:
    """The incident of that id, if there is one."""
    opened = known.find(IncidentOpened, "incident", name)
    return None if opened is None else _incident(known, opened)


def _incident(known: Known, opened: Fact) -> Incident:
    said = opened.data
    assert isinstance(said, IncidentOpened)
    closed = known.find(IncidentClosed, "incident", said.incident)
    kinds = (IncidentNoted, IncidentLinked)
    more = [one for kind in kinds for one in known.facts(kind) if getattr(one.data, "incident", "") == said.incident]
    linked = [one.data for one in more if isinstance(one.data, IncidentLinked)]
    steps = [opened, *more, *([closed] if closed else [])]
    return Incident(
        said=said,
        opened=opened,
        closed=closed,
        timeline=tuple(sorted(steps, key=lambda one: (one.time, known.place(one.id)))),
        tickets=tuple(one.to for one in linked if one.kind == "ticket"),
        facts=tuple(one.to for one in linked if one.kind == "fact"),
    )

"""Which stretches of time do not count against the provider, and which requests for that are ignored, and why.

A stretch is excluded only when one person asked for it and another person agreed. Force majeure must besides be on
record as an event, and excludes no more than the time of that event.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yunyue.journal.corrections import withdrawn
from yunyue.journal.envelope import Fact, Recorded
from yunyue.journal.facts import (
    ExclusionApproved,
    ExclusionRequested,
    FactCorrected,
    MajeureBegan,
    MajeureEnded,
    Payload,
)
from yunyue.sla.span import Span, clip, milliseconds, union

FOREVER = 2**53 - 1
KINDS: tuple[type[Payload], ...] = (ExclusionRequested, ExclusionApproved, MajeureBegan, MajeureEnded, FactCorrected)
"""What exclusions are made of, and what takes it back: all that has to be looked at among very many measurements."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A stretch that does not count, and the facts that say so."""

    exclusion: str
    spans: tuple[Span, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A request that has no effect, and why not."""

    exclusion: str
    fact: str
    reason: str


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What is excluded for one objective, and what was asked for in vain."""

    counted: tuple[Excluded, ...] = ()
    ignored: tuple[Ignored, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """All excluded time, without overlaps."""
        return union(span for one in self.counted for span in one.spans)


@dataclass(frozen=True, slots=True)
class _Event:
    span: Span
    facts: tuple[str, ...]


def standing(facts: Sequence[Recorded]) -> tuple[Fact, ...]:
    """The facts that no correction withdraws, as recorded; a correction that was itself corrected withdraws none."""
    gone = withdrawn([one.fact for one in facts])
    return tuple(one.fact for one in facts if one.fact.id not in gone)


def exclusions(objective: str, facts: Sequence[Fact]) -> Exclusions:
    """The exclusions of an objective among standing facts. Of two requests under one name the first one counts."""
    approvals = [one for one in facts if isinstance(one.data, ExclusionApproved)]
    majeure = _majeure(facts)
    counted: list[Excluded] = []
    ignored: list[Ignored] = []
    for name, request in _requests(objective, facts).items():
        match _decide(request, [one for one in approvals if _names(one, name)], majeure):
            case Excluded() as excluded:
                counted.append(excluded)
            case str() as reason:
                ignored.append(Ignored(name, request.id, reason))
    return Exclusions(tuple(counted), tuple(ignored))


def _requests(objective: str, facts: Sequence[Fact]) -> dict[str, Fact]:
    requests: dict[str, Fact] = {}
    for fact in facts:
        if isinstance(fact.data, ExclusionRequested) and fact.data.objective == objective:
            requests.setdefault(fact.data.exclusion, fact)
    return requests


def _names(approval: Fact, exclusion: str) -> bool:
    return isinstance(approval.data, ExclusionApproved) and approval.data.exclusion == exclusion


def _decide(request: Fact, approvals: Sequence[Fact], majeure: Sequence[_Event]) -> Excluded | str:
    """The exclusion, or the reason why the request has no effect."""
    data = request.data
    if not isinstance(data, ExclusionRequested):
        raise TypeError(f"{request.id} is {request.type}, not a request")
    if not approvals:
        return "nobody approved it"
    second = next((one for one in approvals if one.actor != request.actor), None)
    if second is None:
        return f"{request.actor} asked for it and approved it; another person must"
    span = Span(milliseconds(data.start), milliseconds(data.end))
    if data.ground != "majeure":
        return Excluded(data.exclusion, (span,), (request.id, second.id))
    events = [one for one in majeure if clip((one.span,), span)]
    if not events:
        return "no event of force majeure is on record for that time"
    spans = clip((one.span for one in events), span)
    return Excluded(
        data.exclusion, union(spans), (request.id, second.id, *(id_ for one in events for id_ in one.facts))
    )


def _majeure(facts: Sequence[Fact]) -> tuple[_Event, ...]:
    """The events of force majeure; one that has not ended lasts."""
    ends = {one.data.event: one for one in reversed(facts) if isinstance(one.data, MajeureEnded)}
    events = []
    for fact in facts:
        if not isinstance(fact.data, MajeureBegan):
            continue
        end = ends.get(fact.data.event)
        start = milliseconds(fact.time)
        stop = max(start, milliseconds(end.time)) if end else FOREVER
        events.append(_Event(Span(start, stop), (fact.id, end.id) if end else (fact.id,)))
    return tuple(events)

"""What the sealed samples of a service say for the contract's objectives: windows, each with its files' digests.

A window never crosses a midnight in Beijing, so that a fact has to name the files of one day only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Count, Entry, Host, Observed, Result
from yunyue.catalog import Window as Asked
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import Payload, SampleWindow
from yunyue.sla.evidence import BUCKET, Evidence, Grain, Tally
from yunyue.sla.methods import Window, cut
from yunyue.sla.span import DAY, MINUTE, Span, milliseconds

MOST_SEGMENTS: Final = 500
"""A fact holds at most 65,535 bytes; so many digests leave room for the rest."""

BEIJING_MS: Final = 8 * 60 * MINUTE
_EPOCH: Final = datetime(1970, 1, 1, 8, tzinfo=BEIJING)


def attempts(observed: Observed) -> Evidence:
    """The attempts as they were."""
    return Evidence(
        tuple(_tally(one, MINUTE) for one in observed.minutes if one.total),
        tuple(_tally(one, BUCKET) for one in observed.buckets if one.total),
        tuple(Span(start, end) for start, end in observed.outages),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator that is read from the samples of another one, and how."""

    sampled: str
    evidence: Callable[[Observed], Evidence] = attempts


NONE: Final[Mapping[str, Reading]] = MappingProxyType({})


def indicate(entry: Entry, order: str, asked: Asked, host: Host, readings: Mapping[str, Reading] = NONE) -> Result:
    """sample.window facts of each objective the service measures. Nothing observed: no facts.

    Refused: a window not on whole minutes; samples not sealed yet, since a fact rests on digests; too many files.
    """
    span = Span(milliseconds(asked.start), milliseconds(asked.end))
    if span.start % MINUTE or span.end % MINUTE:
        return Refused("a window begins and ends on a whole minute", "window", "C18")
    known = {one.code for one in entry.indicators}
    facts: list[Payload] = []
    for objective in host.objectives(entry.code):
        if objective.indicator not in known:
            continue
        reading = readings.get(objective.indicator, Reading(objective.indicator))
        observed = host.series.windows(order, reading.sampled, span.start, span.end)
        if observed.unsealed:
            reason = f"{observed.unsealed} samples of {order} are not sealed yet; seal them first"
            return Refused(reason, "window", "C18")
        found = _windows(order, objective, span, (observed, reading.evidence(observed)))
        if isinstance(found, Refused):
            return found
        facts.extend(found)
    return tuple(facts)


def _windows(
    order: str, objective: Objective, span: Span, seen: tuple[Observed, Evidence]
) -> list[SampleWindow] | Refused:
    observed, evidence = seen
    if not evidence.minutes and not evidence.outages:
        return []
    windows = cut(objective.method, span, evidence, range(_midnight(span.start), span.end, DAY))
    facts = [_fact(order, objective.id, one, observed) for one in windows]
    if any(len(one.segments) > MOST_SEGMENTS for one in facts):
        return Refused(f"the window rests on over {MOST_SEGMENTS} files; ask for shorter ones", "window", "C18")
    return facts


def _tally(count: Count, grain: Grain) -> Tally:
    return Tally(count.start, count.total, count.good, grain)


def _fact(order: str, objective: str, window: Window, observed: Observed) -> SampleWindow:
    span = window.span
    return SampleWindow(
        order=order,
        objective=objective,
        start=_moment(span.start),
        end=_moment(span.end),
        total=window.total,
        good=window.good,
        bad_minutes=window.bad_minutes,
        segments=tuple(one.digest for one in observed.segments if one.first < span.end and one.last >= span.start),
    )


def _midnight(ms: int) -> int:
    """The Beijing midnight before or at the moment."""
    return ms - (ms + BEIJING_MS) % DAY


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)

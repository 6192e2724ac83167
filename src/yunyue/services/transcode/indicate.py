"""What the sealed samples say for the contract's objectives: windows of a day at most, each with its files' digests."""

from datetime import datetime, timedelta
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Count, Host, Observed, Result
from yunyue.catalog import Window as Asked
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import Payload, SampleWindow
from yunyue.services.transcode.entry import ENTRY
from yunyue.sla.evidence import BUCKET, Evidence, Tally
from yunyue.sla.methods import Window, cut
from yunyue.sla.span import DAY, MINUTE, Span, milliseconds

BEIJING_OFFSET: Final = 8 * 60 * MINUTE
EPOCH: Final = datetime(1970, 1, 1, 8, tzinfo=BEIJING)


def indicate(order: str, asked: Asked, host: Host) -> Result:
    """sample.window facts of each objective. Refused: a window not on whole minutes, samples not sealed yet."""
    span = Span(milliseconds(asked.start), milliseconds(asked.end))
    if span.start % MINUTE or span.end % MINUTE:
        return Refused("a window begins and ends on a whole minute", "window", "C18")
    known = {one.code for one in ENTRY.indicators}
    facts: list[Payload] = []
    for objective in host.objectives(ENTRY.code):
        found = _windows(order, objective, span, host) if objective.indicator in known else ()
        if isinstance(found, Refused):
            return found
        facts.extend(found)
    return tuple(facts)


def _windows(order: str, objective: Objective, span: Span, host: Host) -> tuple[SampleWindow, ...] | Refused:
    observed = host.series.windows(order, objective.indicator, span.start, span.end)
    if observed.unsealed:
        return Refused(f"{observed.unsealed} samples of {order} are not sealed yet; seal them first", "window", "C18")
    if not observed.minutes:
        return ()
    evidence = Evidence(
        tuple(_tally(one) for one in observed.minutes if one.total),
        tuple(Tally(one.start, one.total, one.good, BUCKET) for one in observed.buckets if one.total),
        tuple(Span(start, end) for start, end in observed.outages),
    )
    midnight = span.start - (span.start + BEIJING_OFFSET) % DAY
    windows = cut(objective.method, span, evidence, range(midnight, span.end, DAY))
    return tuple(_fact(order, objective.id, one, observed) for one in windows)


def _tally(count: Count) -> Tally:
    return Tally(count.start, count.total, count.good, MINUTE)


def _fact(order: str, objective: str, window: Window, observed: Observed) -> SampleWindow:
    span = window.span
    return SampleWindow(
        order=order,
        objective=objective,
        start=EPOCH + timedelta(milliseconds=span.start),
        end=EPOCH + timedelta(milliseconds=span.end),
        total=window.total,
        good=window.good,
        bad_minutes=window.bad_minutes,
        segments=tuple(one.digest for one in observed.segments if one.first < span.end and one.last >= span.start),
    )

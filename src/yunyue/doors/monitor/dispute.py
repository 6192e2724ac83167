"""A dispute: the minutes in question from every probe point, beside what was excluded, by whom asked and approved."""

from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Count, Observed
from yunyue.contract.terms import Method, Objective
from yunyue.journal.facts import ExclusionApproved, ExclusionRequested, SampleWindow, SegmentSealed
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.kernel import INSTALLATION
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.sla.evidence import BUCKET, Evidence, Tally
from yunyue.sla.exclusions import KINDS, exclusions, standing
from yunyue.sla.methods import bad_stretches
from yunyue.sla.span import DAY, MINUTE, Span, clip, milliseconds

LONGEST: Final = DAY
VERDICT: Final = ""
"""The name of the column that counts: the verdict over all probe points."""


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute (ms) in which somebody saw a failure or nothing: what each column saw, and whether it counts as bad."""

    start: int
    seen: tuple[Count | None, ...]
    bad: bool
    excluded: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A stretch asked to be left out: who asked and why, who approved; `ignored` says why it has no effect."""

    id: str
    span: Span
    ground: str
    reason: str
    asked_by: str
    asked_fact: str
    approved_by: str
    approved_fact: str
    ignored: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """A stretch of an order looked at. `columns`: the verdict and each probe point; `windows`: facts that state it.

    `segments`: the sealed files with its samples, each with the fact that sealed it; `unsealed`: samples in none yet.
    """

    order: str
    objective: Objective
    method: Method
    span: Span
    columns: tuple[str, ...]
    minutes: tuple[Minute, ...]
    bad: tuple[Span, ...]
    exclusions: tuple[Exclusion, ...]
    windows: tuple[str, ...]
    segments: tuple[tuple[str, str], ...]
    unsealed: int


def dispute(
    hosting: Hosting, where: tuple[str, str], objective: Objective, span: Span, method: Method | None = None
) -> Dispute | Refused:
    """What was seen of an order, `where` names contract and order. Refused: nothing or more than a day is asked for."""
    if not 0 < span.length <= LONGEST or span.start % MINUTE or span.end % MINUTE:
        return Refused("whole minutes of one day at most can be looked at together", "start", "C18")
    contract, order = where
    points = _points(hosting, contract, order, span)
    observed = [hosting.series.windows(order, _indicator(one), span.start, span.end) for one in points]
    chosen = method or objective.method
    bad = clip(bad_stretches(chosen, _evidence(observed[0])), span)
    asked = _asked(hosting, contract, objective, span)
    stated = [
        one.fact.id
        for one in hosting.kernel.facts(contract, SampleWindow)
        if isinstance(said := one.fact.data, SampleWindow)
        and (said.order, said.objective) == (order, objective.id)
        and clip((Span(milliseconds(said.start), milliseconds(said.end)),), span)
    ]
    seals = {
        said.digest: one.fact.id
        for one in hosting.kernel.facts(INSTALLATION)
        if isinstance(said := one.fact.data, SegmentSealed)
    }
    segments = tuple((one.digest, seals.get(one.digest, "")) for one in observed[0].segments)
    rows = _minutes(observed, bad, asked)
    return Dispute(
        order, objective, chosen, span, points, rows, bad, asked, tuple(stated), segments, observed[0].unsealed
    )


def _points(hosting: Hosting, contract: str, order: str, span: Span) -> tuple[str, ...]:
    """The verdict's column and those of the probe points that said something."""
    del contract
    return (VERDICT, *hosting.series.points(order, AVAILABILITY, span.start, span.end))


def _indicator(point: str) -> str:
    return f"{AVAILABILITY}@{point}" if point else AVAILABILITY


def _minutes(observed: list[Observed], bad: tuple[Span, ...], asked: tuple[Exclusion, ...]) -> tuple[Minute, ...]:
    by_start = [{one.start: one for one in column.minutes} for column in observed]
    every = sorted({start for column in by_start for start in column})
    found = []
    for start in every:
        seen = tuple(column.get(start) for column in by_start)
        inside = any(one.start < start + MINUTE and one.end > start for one in bad)
        if inside or any(one is not None and (one.good < one.total or one.gaps) for one in seen):
            away = next((one.id for one in asked if not one.ignored and _in(start, one.span)), "")
            found.append(Minute(start, seen, inside, away))
    return tuple(found)


def _in(start: int, span: Span) -> bool:
    return span.start <= start and start + MINUTE <= span.end


def _evidence(observed: Observed) -> Evidence:
    return Evidence(
        tuple(Tally(one.start, one.total, one.good) for one in observed.minutes if one.total),
        tuple(Tally(one.start, one.total, one.good, BUCKET) for one in observed.buckets if one.total),
        tuple(Span(*one) for one in observed.outages),
    )


def _asked(hosting: Hosting, contract: str, objective: Objective, span: Span) -> tuple[Exclusion, ...]:
    """Every exclusion asked for that touches the stretch, those without effect too."""
    facts = standing(hosting.kernel.facts(contract, *KINDS))
    judged = exclusions(objective.id, facts)
    ignored = {one.exclusion: one.reason for one in judged.ignored}
    found = []
    for fact in facts:
        said = fact.data
        if not isinstance(said, ExclusionRequested) or said.objective != objective.id:
            continue
        asked = Span(milliseconds(said.start), milliseconds(said.end))
        if not clip((asked,), span):
            continue
        approval = next(
            (
                one
                for one in facts
                if isinstance(one.data, ExclusionApproved)
                and one.data.exclusion == said.exclusion
                and one.actor != fact.actor
            ),
            None,
        )
        who = (approval.actor, approval.id) if approval else ("", "")
        why = ignored.get(said.exclusion, "")
        found.append(Exclusion(said.exclusion, asked, said.ground, said.reason, fact.actor, fact.id, *who, why))
    return tuple(found)

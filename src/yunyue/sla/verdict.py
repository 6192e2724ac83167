"""The verdict on an objective for one service month: met or missed, still running, or without evidence.

Several orders of one service are judged together: their counted minutes and their bad minutes (by M6: their
attempts) are added up, so the figure is that of an average minute of service. An order counts from its delivery to
its retirement; one whose delivery is not on record counts for the whole service month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from yunyue.answer import Refused
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import Fact, Recorded
from yunyue.journal.facts import SampleWindow, ServiceDelivered, ServiceRetired, VerdictReached
from yunyue.sla.exclusions import Exclusions, exclusions, standing
from yunyue.sla.methods import NOTHING, Measured, Window, measure, meets, shown
from yunyue.sla.months import ServiceMonth
from yunyue.sla.span import MINUTE, Span, clip, milliseconds

MOST_NAMED = 400
"""A fact holds at most 65,535 bytes; so many ids of the longest kind fit into it."""


@dataclass(frozen=True, slots=True)
class Running:
    """The month is not over; what has been measured so far is shown and decides nothing."""

    objective: Objective
    month: ServiceMonth
    measured: Measured


@dataclass(frozen=True, slots=True)
class NoEvidence:
    """The month is over, and nothing was measured that counts: neither met nor missed, and never 100 %."""

    objective: Objective
    month: ServiceMonth
    exclusions: Exclusions


@dataclass(frozen=True, slots=True)
class Judged:
    """The month is over and measured. `rests_on`: the ids of the facts the figure comes from."""

    objective: Objective
    month: ServiceMonth
    measured: Measured
    share: Fraction
    exclusions: Exclusions
    rests_on: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether the target was reached, compared exactly."""
        return meets(self.share, self.objective.target)

    def payload(self) -> VerdictReached:
        """The fact to record."""
        return VerdictReached(
            service=self.objective.service,
            objective=self.objective.id,
            month=self.month.name,
            method=self.objective.method,
            measured=shown(self.share),
            target=self.objective.target,
            met=self.met,
            counted_minutes=self.measured.counted_minutes,
            excluded_minutes=self.measured.excluded_minutes,
            rests_on=self.rests_on,
        )


Verdict = Judged | Running | NoEvidence


@dataclass(frozen=True, slots=True)
class _Piece:
    """A window with the fact that states it."""

    fact: str
    window: Window


def judge(objective: Objective, month: ServiceMonth, facts: Sequence[Recorded], as_of: int) -> Verdict | Refused:
    """The verdict as it stands at `as_of` (ms). Facts of other objectives, other orders and other months are no matter.

    Refused: windows that overlap (the same time would count twice), that reach over the edge of the month, or that
    contradict themselves; such a window is corrected by a fact.corrected.
    """
    valid = standing(facts)
    excluded = exclusions(objective.id, valid)
    by_order = _pieces(objective.id, month.span, valid)
    if isinstance(by_order, Refused):
        return by_order
    measured, steps = NOTHING, _steps(valid)
    for order, pieces in by_order.items():
        life = _life(steps.get(order, ()), month.span)
        measured += measure(objective.method, life, [one.window for one in pieces], excluded.spans)
    if as_of < month.span.end:
        return Running(objective, month, measured)
    share = measured.share
    if share is None:
        return NoEvidence(objective, month, excluded)
    named = _named([one for pieces in by_order.values() for one in pieces], excluded, month.span)
    return named if isinstance(named, Refused) else Judged(objective, month, measured, share, excluded, named)


def _pieces(objective: str, bound: Span, facts: Sequence[Fact]) -> dict[str, list[_Piece]] | Refused:
    """The windows of each order in the month, in order of time."""
    found: dict[str, list[_Piece]] = {}
    for fact in facts:
        if not isinstance(fact.data, SampleWindow) or fact.data.objective != objective:
            continue
        piece = _piece(fact.id, fact.data)
        if isinstance(piece, Refused):
            return piece
        if not clip((piece.window.span,), bound):
            continue
        if not piece.window.span.within(bound):
            return Refused(f"window {fact.id} reaches over the edge of the month", "sample.window.start", "C18")
        found.setdefault(fact.data.order, []).append(piece)
    for pieces in found.values():
        pieces.sort(key=lambda one: one.window.span)
        if overlap := _overlap(pieces):
            return overlap
    return found


def _piece(identifier: str, data: SampleWindow) -> _Piece | Refused:
    """The window a fact states, if it can be true."""
    start, end = milliseconds(data.start), milliseconds(data.end)
    if end < start:
        return Refused(f"window {identifier} ends before it starts", "sample.window.end", "C18")
    span = Span(start, end)
    if data.good > data.total:
        return Refused(f"window {identifier} has {data.good} good of {data.total}", "sample.window.good", "C18")
    if data.bad_minutes > span.minutes:
        rule = f"window {identifier} has {data.bad_minutes} bad minutes in {span.minutes}"
        return Refused(rule, "sample.window.bad_minutes", "C18")
    return _Piece(identifier, Window(span, data.total, data.good, data.bad_minutes))


def _overlap(pieces: Sequence[_Piece]) -> Refused | None:
    for one, following in pairwise(pieces):
        if following.window.span.start < one.window.span.end:
            rule = f"windows {one.fact} and {following.fact} overlap: the same time would count twice"
            return Refused(rule, "sample.window.start", "C18")
    return None


def _steps(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    """When each order was delivered and retired: looked for once, however many orders and windows there are."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if isinstance(fact.data, ServiceDelivered | ServiceRetired):
            found.setdefault(fact.data.order, []).append(fact)
    return found


def _life(steps: Sequence[Fact], bound: Span) -> Span:
    """From delivery to retirement inside the month, the minutes of both counted whole."""
    start, end = bound.start, bound.end
    for fact in steps:
        if isinstance(fact.data, ServiceDelivered):
            start = max(start, milliseconds(fact.time) // MINUTE * MINUTE)
        else:
            end = min(end, -(-milliseconds(fact.time) // MINUTE) * MINUTE)
    return Span(min(start, bound.end), max(end, min(start, bound.end)))


def _named(pieces: Sequence[_Piece], excluded: Exclusions, bound: Span) -> tuple[str, ...] | Refused:
    """The facts the figure rests on: all of them, or, when they are too many for one fact, those that lowered it."""
    by = [id_ for one in excluded.counted if clip(one.spans, bound) for id_ in one.facts]
    every = [one.fact for one in pieces] + by
    if len(every) > MOST_NAMED:
        every = [one.fact for one in pieces if one.window.bad_minutes or one.window.good < one.window.total] + by
    if len(every) > MOST_NAMED:
        return Refused(f"the verdict rests on {len(every)} facts; a fact names {MOST_NAMED}", "rests_on", "C18")
    return tuple(every)

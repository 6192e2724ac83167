"""Stretches of days whose ends remember where they come from: union, difference, clipping, length.

A span (start, end] leaves its first day out and counts its last, as the contract counts days late: due on the 24th
and done on the 25th is one day.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from yunyue.settlement.compute import as_day, days_after, earliest, latest, plus
from yunyue.settlement.working import Given, Working


@dataclass(frozen=True, slots=True)
class Span:
    """The days after `start` up to and including `end`; both are working trees of days."""

    start: Working
    end: Working

    @property
    def days(self) -> int:
        """How many days; none if it ends before it starts."""
        return max(0, (as_day(self.end) - as_day(self.start)).days)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days, each once, as spans that do not touch."""
    ordered = sorted((span for span in spans if span.days), key=lambda span: as_day(span.start))
    joined: list[Span] = []
    for span in ordered:
        if joined and as_day(span.start) <= as_day(joined[-1].end):
            if as_day(span.end) > as_day(joined[-1].end):
                joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The days of `spans` that are in none of `others`."""
    left = union(spans)
    for other in union(others):
        left = [piece for span in left for piece in _cut(span, other) if piece.days]
    return left


def clipped(span: Span, start: Working, end: Working) -> Span:
    """The part of a span that lies in (start, end]."""
    return Span(latest(start, span.start), earliest(end, span.end))


def length(spans: Iterable[Span]) -> Working:
    """How many days they have together, as a tree; they are taken not to overlap."""
    counted = [days_after(span.start, span.end) for span in spans]
    return plus(*counted) if counted else Given("zero", 0)


def _cut(span: Span, other: Span) -> tuple[Span, ...]:
    if as_day(other.end) <= as_day(span.start) or as_day(other.start) >= as_day(span.end):
        return (span,)
    before = Span(span.start, other.start) if as_day(other.start) > as_day(span.start) else Span(span.start, span.start)
    after = Span(other.end, span.end) if as_day(other.end) < as_day(span.end) else Span(span.end, span.end)
    return before, after

"""The six ways to measure an SLA (M1 to M6): which stretches of time were bad, and what share of the month was good.

From evidence to a figure there are two steps, because facts lie between them. `cut` turns evidence into windows, bad
stretches and the rest, and windows become facts (sample.window). `measure` turns windows into the figure, so that
anybody who holds the facts can measure again without the raw samples.

Exclusions come in at the second step. An exclusion takes away the minutes it covers and nothing else: whether a bad
run is long enough to count is decided before, on the run as it happened. Time that is excluded leaves both sides of
the quotient. Minutes that only partly lie in an exclusion stay with the side the client is on: they count.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from yunyue.contract.terms import Method
from yunyue.sla.evidence import Evidence, Tally
from yunyue.sla.span import MINUTE, Span, clip, length, union, without

MICRO = 10**6


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch with its attempts, its good attempts and its bad minutes by one method; what a fact states."""

    span: Span
    total: int
    good: int
    bad_minutes: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out: minutes, and the quotient `good` / `total` that is the figure.

    By M1 to M5 both are minutes (counted ones less bad ones, and counted ones), by M6 attempts. Nothing counted: 0 / 0.
    """

    bad_minutes: int
    counted_minutes: int
    excluded_minutes: int
    good: int
    total: int

    def __add__(self, other: "Measured") -> "Measured":
        """Two orders of one service together."""
        return Measured(
            self.bad_minutes + other.bad_minutes,
            self.counted_minutes + other.counted_minutes,
            self.excluded_minutes + other.excluded_minutes,
            self.good + other.good,
            self.total + other.total,
        )

    @property
    def share(self) -> Fraction | None:
        """The exact share of what was good, from 0 to 1; None when nothing was counted."""
        return Fraction(self.good, self.total) if self.total else None


NOTHING = Measured(0, 0, 0, 0, 0)


def meets(share: Fraction, target: Decimal) -> bool:
    """Whether the share reaches the target (a percentage); compared exactly, before anything is cut off for show."""
    return share * 100 >= Fraction(target)


def shown(share: Fraction) -> Decimal:
    """The share as a percentage with six decimals, cut off and not rounded.

    Rounding could lift a miss to its target. Cutting cannot, and no target or rung has more than six decimals, so
    the figure shown lies on the same side of each of them as the exact one.
    """
    return Decimal(share.numerator * 100 * MICRO // share.denominator).scaleb(-6, Context(prec=40, rounding=ROUND_DOWN))


def bad_stretches(method: Method, evidence: Evidence) -> tuple[Span, ...]:
    """The stretches that are bad by the method, in order, none touching the next.

    M6 has no bad minutes; it gives the minutes in which something failed, so that an exclusion can name them.
    """
    match method:
        case "M1":
            return tuple(one for one in union(evidence.outages) if one.length >= MINUTE)
        case "M2":
            return _runs(evidence.buckets, lambda bucket: bucket.failed * 2_000 > bucket.total, 10 * MINUTE)
        case "M3":
            return _runs(evidence.minutes, lambda minute: minute.failed >= 5, MINUTE)
        case "M4":
            return _runs(evidence.minutes, lambda minute: minute.total > 0 and minute.good == 0, MINUTE)
        case "M5":
            return _runs(evidence.minutes, lambda minute: minute.failed * 10 > minute.total, 5 * MINUTE)
        case "M6":
            return _runs(evidence.minutes, lambda minute: minute.failed > 0, MINUTE)
        case _:
            assert_never(method)


def _runs(tallies: Iterable[Tally], bad: Callable[[Tally], bool], shortest: int) -> tuple[Span, ...]:
    """Unbroken runs of bad tallies that last long enough. A minute without attempts is not bad: it ends a run."""
    return tuple(run for run in union(one.span for one in tallies if bad(one)) if run.length >= shortest)


def cut(method: Method, span: Span, evidence: Evidence, at: Iterable[int] = ()) -> tuple[Window, ...]:
    """The stretch asked for as windows that follow one another: every bad stretch by itself, and what lies between.

    Windows also end at the moments `at` (ms), such as midnights. Attempts fall to the window their minute starts in;
    the span's edges and these moments should lie on whole minutes. Nothing was attempted: windows with nothing in them.
    """
    bad = clip(bad_stretches(method, evidence), span)
    edges = {span.start, span.end, *(one.start for one in bad), *(one.end for one in bad)}
    edges.update(one for one in at if span.start < one < span.end)
    judged = () if method == "M6" else bad
    pieces = (Span(start, end) for start, end in pairwise(sorted(edges)))
    return tuple(_window(piece, piece.minutes if _in(piece, judged) else 0, evidence.minutes) for piece in pieces)


def _in(piece: Span, stretches: Sequence[Span]) -> bool:
    """Whether the piece lies in one of the stretches, which are in order and do not touch."""
    index = bisect_right(stretches, piece.start, key=lambda one: one.start)
    return index > 0 and piece.within(stretches[index - 1])


def _window(piece: Span, bad_minutes: int, minutes: Sequence[Tally]) -> Window:
    first = bisect_left(minutes, piece.start, key=_start)
    inside = minutes[first : bisect_left(minutes, piece.end, lo=first, key=_start)]
    return Window(piece, sum(one.total for one in inside), sum(one.good for one in inside), bad_minutes)


def _start(tally: Tally) -> int:
    return tally.start


def measure(method: Method, life: Span, windows: Sequence[Window], excluded: Sequence[Span]) -> Measured:
    """The figure of one order in one service month. `life` is the part of the month in which it was in service.

    `windows` do not overlap. Of an excluded stretch whole minutes are taken away, a begun one is not. Where no attempt
    is left that counts, nothing is counted: silence is no evidence of service.
    """
    away = clip(union(excluded), life)
    out = length(away) // MINUTE
    inside = [one for one in windows if clip((one.span,), life) and without(one.span, away)]
    total = sum(one.total for one in inside)
    counted = life.length // MINUTE - out
    if not total or not counted:
        return Measured(0, 0, out, 0, 0)
    if method == "M6":
        return Measured(0, counted, out, sum(one.good for one in inside), total)
    bad = min(sum(_remaining(window, life, away) for window in inside), counted)
    return Measured(bad, counted, out, counted - bad, counted)


def _remaining(window: Window, life: Span, away: Sequence[Span]) -> int:
    """The bad minutes an exclusion leaves of a window: at most as many as there is time left in it, rounded up."""
    left = sum(without(piece, away) for piece in clip((window.span,), life))
    return min(window.bad_minutes, Span(0, left).minutes)

"""One target: how its minutes and its latency went, and what its probe points said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yunyue.catalog import GAP, Sample
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor.schedule import AVAILABILITY

HOUR: Final = 3_600_000
STEPS: Final = (60_000, 300_000, 900_000, HOUR, 6 * HOUR, 24 * HOUR)
"""Milliseconds of a step; the shortest that gives at most so many."""
MOST_STEPS: Final = 300


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch that starts at `start` (ms): attempts, good ones, gaps, and percentiles of good latency (µs)."""

    start: int
    total: int
    good: int
    gaps: int
    p50: int
    p95: int
    p99: int

    @property
    def tone(self) -> str:
        """How the stretch is shown."""
        if not self.total:
            return "gap" if self.gaps else "none"
        return "good" if self.good == self.total else "bad" if not self.good else "warn"


@dataclass(frozen=True, slots=True)
class Course:
    """How a target went in a stretch of time: the step's length (ms), each step, and how often what went wrong."""

    step: int
    steps: tuple[Step, ...]
    errors: tuple[tuple[str, int], ...]


def course(hosting: Hosting, order: str, bounds: tuple[int, int], point: str = "") -> Course:
    """An order's course from `bounds[0]` up to `bounds[1]` (ms), by the verdict or as one probe point saw it."""
    start, end = bounds
    indicator = f"{AVAILABILITY}@{point}" if point else AVAILABILITY
    return summed(hosting.series.between(order, indicator, start, end), bounds)


def summed(samples: Sequence[Sample], bounds: tuple[int, int]) -> Course:
    """The same of samples in order."""
    start, end = bounds
    step = next((one for one in STEPS if end - start <= one * MOST_STEPS), STEPS[-1])
    first = start - start % step
    groups: dict[int, list[Sample]] = {at: [] for at in range(first, end, step)}
    errors: dict[str, int] = {}
    for one in samples:
        groups[one.ts - one.ts % step].append(one)
        if one.error:
            errors[one.error] = errors.get(one.error, 0) + 1
    often = sorted(errors.items(), key=lambda pair: (-pair[1], pair[0]))
    return Course(step, tuple(_step(at, group) for at, group in groups.items()), tuple(often))


def _step(at: int, group: Sequence[Sample]) -> Step:
    good = sorted(one.latency_us for one in group if one.ok)
    gaps = sum(one.error == GAP for one in group)
    return Step(at, len(group) - gaps, len(good), gaps, *(percentile(good, one) for one in (50, 95, 99)))


def percentile(ordered: Sequence[int], share: int) -> int:
    """The smallest value that so many per cent do not exceed (nearest rank); 0 of none."""
    return ordered[max(-(-len(ordered) * share // 100), 1) - 1] if ordered else 0

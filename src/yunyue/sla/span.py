"""A stretch of time, from its first millisecond up to, not including, its end; and the arithmetic of stretches.

Times are whole milliseconds since 1970-01-01T00:00:00Z, as in the series, so that nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

MINUTE: Final = 60_000
DAY: Final = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """start ≤ t < end, in milliseconds. Raises ValueError when it would end before it starts."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a stretch that starts at {self.start} ms cannot end at {self.end} ms")

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start

    @property
    def minutes(self) -> int:
        """Minutes, a begun one counted whole."""
        return -(-self.length // MINUTE)

    def within(self, other: Span) -> bool:
        """Whether all of it lies in the other."""
        return other.start <= self.start and self.end <= other.end


def milliseconds(moment: datetime) -> int:
    """The moment as the series writes it; what is below a millisecond is cut off. Raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time without overlaps, in order; stretches that touch become one, empty ones vanish."""
    joined: list[Span] = []
    for span in sorted(one for one in spans if one.length):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def clip(spans: Iterable[Span], bound: Span) -> tuple[Span, ...]:
    """The parts of the stretches inside `bound`; the empty ones are left out."""
    cut = ((max(one.start, bound.start), min(one.end, bound.end)) for one in spans)
    return tuple(Span(start, end) for start, end in cut if start < end)


def length(spans: Iterable[Span]) -> int:
    """Milliseconds in all, time that is named twice counted once."""
    return sum(one.length for one in union(spans))


def without(span: Span, taken: Sequence[Span]) -> int:
    """Milliseconds of the stretch that lie in none of those taken away."""
    return span.length - length(clip(taken, span))

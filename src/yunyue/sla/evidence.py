"""What was observed of one indicator in a stretch of time, before any method judges it."""

from dataclasses import dataclass
from typing import Literal

from yunyue.sla.span import Span

Grain = Literal[60_000, 300_000]
"""Milliseconds of a tally: a minute or five."""

BUCKET: Grain = 300_000


@dataclass(frozen=True, slots=True, order=True)
class Tally:
    """Attempts and good ones among them in one minute, or in one five-minute bucket, that starts at `start` (ms).

    Raises ValueError for a count below zero, for more good attempts than attempts, for a start off the grid.
    """

    start: int
    total: int
    good: int
    grain: Grain = 60_000

    def __post_init__(self) -> None:
        if not 0 <= self.good <= self.total:
            raise ValueError(f"{self.good} good of {self.total} attempts is no tally")
        if self.start % self.grain:
            raise ValueError(f"{self.start} ms does not begin a stretch of {self.grain} ms")

    @property
    def failed(self) -> int:
        """Attempts that were not good."""
        return self.total - self.good

    @property
    def span(self) -> Span:
        """The minute or bucket it counts."""
        return Span(self.start, self.start + self.grain)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Tallies by minute and by five-minute bucket (in order, none without attempts), and outages as they lasted.

    An outage runs from the first failed attempt to the next good one; it may reach beyond the stretch asked for.
    """

    minutes: tuple[Tally, ...] = ()
    buckets: tuple[Tally, ...] = ()
    outages: tuple[Span, ...] = ()

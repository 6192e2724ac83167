"""What rules look at: an instance's attempts by minute, as running sums, and its newest attempts one by one."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable

from yunyue.catalog import GAP, Count, Sample

MINUTE = 60_000
NEWEST = 100
LONGEST = 4_320
"""Minutes that are kept; three days."""


class History:
    """The attempts of one instance. Gaps are no attempts. `begun`: the minute since which one is expected."""

    def __init__(self, begun: int | None = None) -> None:
        self.begun = begun
        self._newest: deque[Sample] = deque(maxlen=NEWEST)
        self._minutes: list[int] = []
        self._totals: list[int] = []
        self._goods: list[int] = []

    def add(self, sample: Sample) -> None:
        """Take in an attempt. One that began earlier than the newest may come later, since it took longer."""
        if sample.error == GAP:
            return
        self._newest.append(sample)
        self._count(sample.ts // MINUTE, 1, int(sample.ok))

    def fill(self, minutes: Iterable[Count]) -> None:
        """Take in counts by minute from the series, after a start."""
        for one in minutes:
            self._count(one.start // MINUTE, one.total, one.good)

    @property
    def newest(self) -> tuple[Sample, ...]:
        """The newest attempts, oldest first, as they are now; samples may come in while they are judged."""
        return tuple(self._newest)

    @property
    def last(self) -> int | None:
        """The newest attempt's minute (since 1970); None without any."""
        return self._minutes[-1] if self._minutes else None

    def over(self, minutes: int, now: int) -> tuple[int, int]:
        """Attempts, and good ones, in the last `minutes` before `now` (ms), the minute under way included."""
        first = bisect_left(self._minutes, now // MINUTE - minutes + 1)
        before = (self._totals[first - 1], self._goods[first - 1]) if first else (0, 0)
        return (self._totals[-1] - before[0], self._goods[-1] - before[1]) if self._minutes else (0, 0)

    def _count(self, minute: int, total: int, good: int) -> None:
        place = bisect_left(self._minutes, minute)
        if place == len(self._minutes) or self._minutes[place] != minute:
            self._minutes.insert(place, minute)
            self._totals.insert(place, self._totals[place - 1] if place else 0)
            self._goods.insert(place, self._goods[place - 1] if place else 0)
        for index in range(place, len(self._minutes)):
            self._totals[index] += total
            self._goods[index] += good
        if len(self._minutes) > 2 * LONGEST:
            self._forget()

    def _forget(self) -> None:
        """Drop what no rule looks at any more; the sums begin anew."""
        del self._minutes[:-LONGEST]
        self._totals = _after(self._totals)
        self._goods = _after(self._goods)


def _after(sums: list[int]) -> list[int]:
    base = sums[-LONGEST - 1]
    return [one - base for one in sums[-LONGEST:]]

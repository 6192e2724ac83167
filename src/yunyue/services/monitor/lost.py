"""What found no room while the series was away: not the samples, but how many of whom in which minute.

From these counts come gaps when the series is back, so that a month with lost probes is not taken for a watched one.
Minutes that follow one another with the same count are one run, so a day away costs a few numbers and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from yunyue.catalog import GAP, Sample

MINUTE = 60_000


@dataclass(slots=True)
class Run:
    """The minutes from `first` to `last` (counted since 1970), in each of which `count` samples were lost."""

    first: int
    last: int
    count: int


class Lost:
    """Lost samples by instance and indicator. `total`: how many were ever lost."""

    def __init__(self) -> None:
        self._runs: dict[tuple[str, str], list[Run]] = {}
        self.total = 0

    def __bool__(self) -> bool:
        return bool(self._runs)

    def add(self, sample: Sample) -> None:
        """One more was lost. A sample's time never lies before an earlier one's minute by more than a clock's step."""
        self.total += 1
        minute = sample.ts // MINUTE
        runs = self._runs.setdefault((sample.instance, sample.indicator), [])
        newest = runs[-1] if runs else None
        if newest is None or minute != newest.last:
            runs.append(Run(minute, minute, 1))
        elif newest.first == newest.last:
            newest.count += 1
        else:
            newest.last -= 1
            runs.append(Run(minute, minute, newest.count + 1))
        _join(runs)

    def take(self, most: int) -> Iterator[Sample]:
        """Gaps for at most `most` of what was lost, the oldest of each instance first; they are then forgotten here."""
        while most > 0 and self._runs:
            key = next(iter(self._runs))
            run = self._runs[key][0]
            part = min(run.count, most)
            yield from _gaps(key, run.first * MINUTE + run.count - part, part)
            most -= part
            self._shorten(key, run, part)

    def _shorten(self, key: tuple[str, str], run: Run, part: int) -> None:
        """The first minute of the run is told, or a part of it."""
        runs = self._runs[key]
        first = run.first
        run.first += 1
        if run.first > run.last:
            del runs[0]
        if part < run.count:
            runs.insert(0, Run(first, first, run.count - part))
        if not runs:
            del self._runs[key]


def _join(runs: list[Run]) -> None:
    """The last but one run and the one before become one when nothing tells them apart; the last may still grow."""
    if len(runs) < 3:
        return
    before, closed = runs[-3], runs[-2]
    if before.last + 1 == closed.first and before.count == closed.count:
        before.last = closed.last
        del runs[-2]


def _gaps(key: tuple[str, str], start: int, count: int) -> Iterator[Sample]:
    instance, indicator = key
    for offset in range(count):
        yield Sample(instance, indicator, start + offset, False, GAP, 0)

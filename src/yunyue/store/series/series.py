"""A series on disk: append, seal, ask, check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from obstore.store import ObjectStore

from yunyue.answer import Refused
from yunyue.catalog.sample import Observed, Sample
from yunyue.journal.facts import SegmentSealed
from yunyue.store.series.check import Fault, check, compare
from yunyue.store.series.duck import Duck
from yunyue.store.series.kept import Summaries
from yunyue.store.series.merged import Latency, latencies
from yunyue.store.series.pruning import expired, prune
from yunyue.store.series.question import Engine, Row
from yunyue.store.series.seal import Sealer
from yunyue.store.series.shelf import Shelf
from yunyue.store.series.tail import Limits, Tail
from yunyue.store.series.windows import (
    Day,
    Remembered,
    Source,
    between,
    daily,
    latest,
    newest,
    newest_of_each,
    observe,
    points,
)
from yunyue.store.tail import milliseconds


@dataclass(frozen=True, slots=True)
class Means:
    """What a series works with besides its folder: an engine, a bucket past one machine, how many files stay here.

    `prefix` goes before the files' names in the bucket.
    """

    engine: Engine = field(default_factory=Duck)
    bucket: ObjectStore | None = None
    prefix: str = ""
    cached: int = 256


class Series:
    """All samples of one kind under a folder. Any thread may call it; several processes may open the same folder."""

    def __init__(self, folder: Path, name: str, limits: Limits, means: Means) -> None:
        self._name = name
        self._means = means
        self._tail = Tail(folder / "tail.sqlite")
        self._shelf = Shelf(folder, means.bucket, means.prefix)
        self._sealer = Sealer(folder, self._tail, limits, shelf=self._shelf)
        self._source = Source(self._shelf, self._tail, means.engine)
        self._summaries = Summaries(folder, self._source)
        self._newest: dict[str, Remembered] = {}

    @classmethod
    def open(
        cls, folder: Path, name: str = "samples", limits: Limits | None = None, means: Means | None = None
    ) -> Self:
        """The series in the folder, which is made when it is not there. `name` stands in its facts."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder, name, limits or Limits(), means or Means())

    def close(self) -> None:
        """Give the files back."""
        self._means.engine.close()
        self._tail.close()

    def append(self, samples: Sequence[Sample], producer: str, epoch: int, seq: int) -> int | Refused:
        """See `SampleSink.append`: durable when this returns."""
        return self._tail.append(samples, producer, epoch, seq)

    def seal(self, now: datetime, *, force: bool = False) -> tuple[SegmentSealed, ...]:
        """Seal what is due, with `force` everything; the facts to record, one for each new file."""
        done = self._sealer.seal(milliseconds(now), force=force)
        self._shelf.lighten(self._tail.segments(), self._means.cached)
        return tuple(one.fact(self._name) for one in done)

    def sealed(self) -> tuple[SegmentSealed, ...]:
        """The facts of every sealed file, in order: after a crash the kernel records what it had not."""
        return tuple(one.fact(self._name) for one in self._tail.segments())

    def windows(self, instance: str, indicator: str, start: int, end: int) -> Observed:
        """See `SampleSink.windows`."""
        return observe(self._source, instance, indicator, (start, end))

    def daily(self, indicator: str, start: int, end: int) -> tuple[Day, ...]:
        """Every instance's days: what `windows` gives, cut at midnights and measured by M1, for all at once.

        From summaries where whole days are asked for, which `daily_exactly` verifies.
        """
        return self._summaries.daily(indicator, start, end)

    def daily_exactly(self, indicator: str, start: int, end: int) -> tuple[Day, ...]:
        """The same from the samples, by the published SQL."""
        return daily(self._source, indicator, (start, end))

    def history(self, indicator: str, start: int, end: int) -> Mapping[str, tuple[Latency, ...]]:
        """How fast each instance was on each day between two midnights, also on days whose samples were pruned."""
        return latencies(self._summaries.lines(indicator, start, end))

    def recent(self, instance: str, limit: int) -> tuple[Sample, ...]:
        """See `SampleSink.recent`."""
        return newest(self._source, instance, limit)

    def newest(self, indicator: str) -> dict[str, Sample]:
        """The newest sample of each instance that was heard since the last sealing; of others ask `newest_of_each`."""
        return {row[1]: _sample(row) for row in self._tail.newest(indicator)}

    def newest_of_each(self, indicator: str) -> dict[str, Sample]:
        """The newest sample of every instance, also of those whose samples lie in the newest files, read at once.

        Files are read once after each sealing, not for every page.
        """
        sealed = newest_of_each(self._source, indicator, self._newest.get(indicator, ("", {})))
        self._newest[indicator] = sealed
        return sealed[1] | self.newest(indicator)

    def between(self, instance: str, indicator: str, start: int, end: int) -> tuple[Sample, ...]:
        """Every sample of an instance from `start` up to `end` (ms), in order."""
        return between(self._source, instance, indicator, (start, end))

    def points(self, instance: str, indicator: str, start: int, end: int) -> tuple[str, ...]:
        """The probe points, in order, that have samples of their own of an instance from `start` up to `end` (ms)."""
        return points(self._source, instance, indicator, (start, end))

    def since(self, position: int, limit: int) -> tuple[int, tuple[Sample, ...]]:
        """The newest samples in the tail, at most so many, from a position on; and where to ask from next."""
        rows = self._tail.since(position, limit)
        return (rows[-1][0] + 1 if rows else self._tail.end()), tuple(_sample(row) for row in rows)

    def latest(self, indicator: str) -> dict[str, int]:
        """See `SampleSink.latest`."""
        return latest(self._source, indicator)

    def unsummarised(self) -> tuple[str, ...]:
        """The sealed files nobody summarised yet, by name: each is a piece of work of its own."""
        return tuple(one.name for one in self._summaries.missing())

    def summarise(self, segment: str) -> int:
        """Summarise a sealed file; the lines it gave, 0 for a file that is gone. Again: the same."""
        found = next((one for one in self._tail.segments() if one.name == segment), None)
        return self._summaries.make(found) if found else 0

    def expired(self, before: datetime) -> tuple[SegmentSealed, ...]:
        """The facts of the files that `prune` would take away."""
        return tuple(one.fact(self._name) for one in expired(self._tail, milliseconds(before)))

    def prune(self, before: datetime) -> tuple[SegmentSealed, ...]:
        """Take away the oldest files whose samples are all older; days and digests stay. Which went."""
        gone = prune(self._shelf, self._tail, self._summaries, milliseconds(before))
        return tuple(one.fact(self._name) for one in gone)

    def pruned(self) -> tuple[SegmentSealed, ...]:
        """The facts of every file that was ever taken away."""
        return tuple(one.fact(self._name) for one in self._tail.pruned())

    def check(self) -> tuple[Fault, ...]:
        """Read every sealed byte again; what is damaged, missing or out of order."""
        return check(self._shelf, self._tail)

    def verify(self, facts: Iterable[SegmentSealed]) -> tuple[Fault, ...]:
        """Where the sealed files are not those that the facts of this series name."""
        mine = [one for one in facts if one.series == self._name]
        return compare(self._tail.segments(), self._tail.pruned(), mine)


def _sample(row: Row) -> Sample:
    return Sample(row[1], row[2], row[3], bool(row[4]), row[5], row[6])

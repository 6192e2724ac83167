"""A series on disk: append, seal, ask, check."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from yunyue.answer import Refused
from yunyue.catalog.sample import Observed, Sample
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import SegmentSealed
from yunyue.store.series.check import Fault, check, compare
from yunyue.store.series.seal import Sealer
from yunyue.store.series.tail import Limits, Segment, Tail
from yunyue.store.series.windows import Day, daily, latest, newest, observe

_EPOCH = datetime(1970, 1, 1, 8, tzinfo=BEIJING)


class Series:
    """All samples of one kind under a folder. Any thread may call it; several processes may open the same folder."""

    def __init__(self, folder: Path, name: str, limits: Limits) -> None:
        self._folder = folder
        self._name = name
        self._tail = Tail(folder / "tail.sqlite")
        self._sealer = Sealer(folder, self._tail, limits)

    @classmethod
    def open(cls, folder: Path, name: str = "samples", limits: Limits | None = None) -> Self:
        """The series in the folder, which is made when it is not there. `name` stands in its facts."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder, name, limits or Limits())

    def close(self) -> None:
        """Give the files back."""
        self._tail.close()

    def append(self, samples: Sequence[Sample], producer: str, epoch: int, seq: int) -> int | Refused:
        """See `SampleSink.append`: durable when this returns."""
        return self._tail.append(samples, producer, epoch, seq)

    def seal(self, now: datetime, *, force: bool = False) -> tuple[SegmentSealed, ...]:
        """Seal what is due, with `force` everything; the facts to record, one for each new file."""
        milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
        return tuple(self._fact(one) for one in self._sealer.seal(milliseconds, force=force))

    def sealed(self) -> tuple[SegmentSealed, ...]:
        """The facts of every file ever sealed, in order: after a crash the kernel records what it had not."""
        return tuple(self._fact(one) for one in self._tail.segments())

    def windows(self, instance: str, indicator: str, start: int, end: int) -> Observed:
        """See `SampleSink.windows`."""
        return observe(self._folder, self._tail, instance, indicator, (start, end))

    def daily(self, indicator: str, start: int, end: int) -> tuple[Day, ...]:
        """Every instance's days: what `windows` gives, cut at midnights and measured by M1, for all at once."""
        return daily(self._folder, self._tail, indicator, (start, end))

    def recent(self, instance: str, limit: int) -> tuple[Sample, ...]:
        """See `SampleSink.recent`."""
        return newest(self._folder, self._tail, instance, limit)

    def latest(self, indicator: str) -> dict[str, int]:
        """See `SampleSink.latest`."""
        return latest(self._folder, self._tail, indicator)

    def check(self) -> tuple[Fault, ...]:
        """Read every sealed byte again; what is damaged, missing or out of order."""
        return check(self._folder, self._tail)

    def verify(self, facts: Iterable[SegmentSealed]) -> tuple[Fault, ...]:
        """Where the sealed files are not those that the facts of this series name."""
        mine = [one for one in facts if one.series == self._name]
        return compare(self._tail.segments(), mine)

    def _fact(self, segment: Segment) -> SegmentSealed:
        return SegmentSealed(
            series=self._name,
            segment=segment.name,
            first=segment.first,
            rows=segment.rows,
            start=_EPOCH + timedelta(milliseconds=segment.start),
            end=_EPOCH + timedelta(milliseconds=segment.stop),
            digest=segment.digest,
        )

"""What services leave in the series, attempt by attempt, and what the series says of it for a stretch of time."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from yunyue.answer import Refused


class Sample(NamedTuple):
    """One attempt, as the series keeps it.

    `instance`: the order's id. `indicator`: what it is a sample of. `ts`: milliseconds since 1970 UTC. `error`: empty
    when `ok`; "gap" for an attempt that was due and not made, which is neither a success nor a failure.
    `latency_us`: microseconds, 0 when unknown.
    """

    instance: str
    indicator: str
    ts: int
    ok: bool
    error: str
    latency_us: int


GAP = "gap"
"""The error of a sample that says: due, not made."""


class Count(NamedTuple):
    """Attempts in one stretch that starts at `start` (ms): all of them, good ones, and those due but not made."""

    start: int
    total: int
    good: int
    gaps: int


class SealedIn(NamedTuple):
    """A sealed file of the series: its digest and the times (ms) of its first and its last sample."""

    digest: str
    first: int
    last: int


class Observed(NamedTuple):
    """What the series says of one instance's indicator between two moments.

    Minutes and five-minute buckets without attempts are left out; gaps are no attempts. An outage (start, end, in ms)
    runs from the first failed attempt to the next good one and may reach beyond the moments asked for. `segments` are
    the sealed files with samples of that time, `unsealed` how many of the rows are in none of them yet.
    """

    minutes: tuple[Count, ...]
    buckets: tuple[Count, ...]
    outages: tuple[tuple[int, int], ...]
    segments: tuple[SealedIn, ...]
    unsealed: int


class SampleSink(Protocol):
    """The series as services see it: samples go in, windows come out."""

    def append(self, samples: Sequence[Sample], producer: str, epoch: int, seq: int) -> int | Refused:
        """Take samples in durably; `seq` numbers the first of them within the producer's epoch, from 0.

        Samples at or below the producer's high-water mark are known and not stored again. How many were new.
        Refused: an epoch older than the producer's last, a number left out, a full disk.
        """
        ...

    def windows(self, instance: str, indicator: str, start: int, end: int) -> Observed:
        """What was observed from `start` up to `end` (ms)."""
        ...

    def recent(self, instance: str, limit: int) -> tuple[Sample, ...]:
        """The newest samples of an instance, newest first."""
        ...

    def latest(self, indicator: str) -> Mapping[str, int]:
        """The time (ms) of the newest sample of each instance, gaps included."""
        ...

"""Asking the series: an engine reads the sealed files and the tail as one table and runs the one SQL definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

from yunyue.catalog.sample import Count, Observed, Sample, SealedIn
from yunyue.store.series.question import Engine, Question, Row, Values
from yunyue.store.series.shelf import Shelf
from yunyue.store.series.tail import Segment, Tail, manifest

MARGIN_MS = 86_400_000
"""An outage that crosses an edge of the window is followed for a day beyond it; a longer one is bad there anyway."""

MINUTE_MS = 60_000

FILES_OF_RECENT = 8
"""The newest samples are looked for in the tail, then in so many of the newest files."""

_LATEST = "SELECT instance, max(ts) FROM samples WHERE indicator = $indicator GROUP BY instance"

_SQL = (files("yunyue.store.series") / "windows.sql").read_text("utf-8")
_DAILY = (files("yunyue.store.series") / "daily.sql").read_text("utf-8")
_RECENT = """
SELECT instance, indicator, ts, ok, error, latency_us
FROM samples
WHERE instance = $instance ORDER BY ts DESC, position DESC LIMIT $limit
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the samples lie, and who reads them."""

    shelf: Shelf
    tail: Tail
    engine: Engine

    def ask(self, segments: Sequence[Segment], rows: Sequence[Row], question: Question) -> list[Row]:
        """The engine's answer over these files and rows."""
        return self.engine.ask(self.shelf.paths(segments), rows, question)


def observe(source: Source, instance: str, indicator: str, bounds: tuple[int, int]) -> Observed:
    """See `SampleSink.windows`. `bounds`: from and up to, in ms."""
    start, end = bounds
    since, until = start - MARGIN_MS, end + MARGIN_MS
    with source.tail.transaction("DEFERRED") as db:
        segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
        rows = db.execute(
            "SELECT * FROM tail WHERE instance = ? AND indicator = ? AND ts >= ? AND ts < ?",
            (instance, indicator, since, until),
        ).fetchall()
    asked: Values = {
        "instance": instance,
        "indicator": indicator,
        "start": start,
        "end": end,
        "since": since,
        "until": until,
    }
    found = source.ask(segments, rows, Question(_SQL, asked))
    return Observed(
        minutes=_counts(found, "minute"),
        buckets=_counts(found, "bucket"),
        outages=tuple((line[1], line[2]) for line in found if line[0] == "outage"),
        segments=_sealed(segments, start, end),
        unsealed=sum(start <= row[3] < end for row in rows),
    )


def newest(source: Source, instance: str, limit: int) -> tuple[Sample, ...]:
    """See `SampleSink.recent`."""
    with source.tail.transaction("DEFERRED") as db:
        segments = manifest(db)[-FILES_OF_RECENT:]
        query = "SELECT * FROM tail WHERE instance = ? ORDER BY ts DESC, position DESC LIMIT ?"
        rows = db.execute(query, (instance, limit)).fetchall()
    older = () if len(rows) == limit else segments
    found = source.ask(older, rows, Question(_RECENT, {"instance": instance, "limit": limit}))
    return tuple(Sample(*line) for line in found)


_NEWEST_OF_EACH = """
SELECT instance, indicator, ts, ok, error, latency_us FROM (
  SELECT instance, indicator, ts, ok, error, latency_us,
    row_number() OVER (PARTITION BY instance ORDER BY ts DESC, position DESC) AS place
  FROM samples WHERE indicator = $indicator
) ranked WHERE place = 1 ORDER BY instance
"""


Remembered = tuple[str, dict[str, Sample]]
"""The newest file, and the newest sample of each instance up to it."""


def newest_of_each(source: Source, indicator: str, before: Remembered) -> Remembered:
    """The newest sample of each instance in the newest files; as `before` where no file was sealed meanwhile."""
    with source.tail.transaction("DEFERRED") as db:
        segments = manifest(db)[-FILES_OF_RECENT:]
    newest = segments[-1].name if segments else ""
    if newest == before[0]:
        return before
    found = source.ask(segments, (), Question(_NEWEST_OF_EACH, {"indicator": indicator}))
    return newest, {line[0]: Sample(*line) for line in found}


def latest(source: Source, indicator: str) -> dict[str, int]:
    """See `SampleSink.latest`. Reads two columns of every file there is; meant for a start, not for every minute."""
    with source.tail.transaction("DEFERRED") as db:
        segments = manifest(db)
        rows = db.execute("SELECT * FROM tail WHERE indicator = ?", (indicator,)).fetchall()
    return dict(source.ask(segments, rows, Question(_LATEST, {"indicator": indicator})))


_BETWEEN = """
SELECT instance, indicator, ts, ok, error, latency_us
FROM samples
WHERE instance = $instance AND indicator = $indicator AND ts >= $since AND ts < $until ORDER BY ts, position
"""


def between(source: Source, instance: str, indicator: str, bounds: tuple[int, int]) -> tuple[Sample, ...]:
    """Every sample of an instance's indicator from `bounds[0]` up to `bounds[1]` (ms), in order."""
    since, until = bounds
    with source.tail.transaction("DEFERRED") as db:
        segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
        query = "SELECT * FROM tail WHERE instance = ? AND indicator = ? AND ts >= ? AND ts < ?"
        rows = db.execute(query, (instance, indicator, since, until)).fetchall()
    asked: Values = {"instance": instance, "indicator": indicator, "since": since, "until": until}
    return tuple(Sample(*line) for line in source.ask(segments, rows, Question(_BETWEEN, asked)))


_POINTS = """
SELECT DISTINCT indicator
FROM samples
WHERE instance = $instance AND ts >= $since AND ts < $until
"""


def points(source: Source, instance: str, indicator: str, bounds: tuple[int, int]) -> tuple[str, ...]:
    """The probe points that have samples of their own: those of the indicator `indicator@point`."""
    since, until = bounds
    with source.tail.transaction("DEFERRED") as db:
        segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
        query = "SELECT * FROM tail WHERE instance = ? AND ts >= ? AND ts < ?"
        rows = db.execute(query, (instance, since, until)).fetchall()
    found = source.ask(segments, rows, Question(_POINTS, {"instance": instance, "since": since, "until": until}))
    prefix = f"{indicator}@"
    return tuple(sorted(row[0].removeprefix(prefix) for row in found if row[0].startswith(prefix)))


class Day(NamedTuple):
    """One instance's day: a count of days since 1970 in Beijing, attempts, good ones, gaps, minutes down by M1.

    An outage is followed for a day beyond the window; see `observe`. A day with an outage and no sample is left out.
    """

    instance: str
    day: int
    total: int
    good: int
    gaps: int
    bad_minutes: int


def daily(source: Source, indicator: str, bounds: tuple[int, int]) -> tuple[Day, ...]:
    """Every instance's days from `bounds[0]` up to `bounds[1]` (ms), in order."""
    start, end = bounds
    since, until = start - MARGIN_MS, end + MARGIN_MS
    with source.tail.transaction("DEFERRED") as db:
        segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
        query = "SELECT * FROM tail WHERE indicator = ? AND ts >= ? AND ts < ?"
        rows = db.execute(query, (indicator, since, until)).fetchall()
    asked: Values = {"indicator": indicator, "start": start, "end": end, "since": since, "until": until}
    lines = source.ask(segments, rows, Question(_DAILY, asked))
    return tuple(
        Day(instance, day, total, good, gaps, down // MINUTE_MS) for instance, day, total, good, gaps, down in lines
    )


def _counts(found: Sequence[Row], kind: str) -> tuple[Count, ...]:
    return tuple(Count(line[1], line[3], line[4], line[5]) for line in found if line[0] == kind)


def _sealed(segments: Sequence[Segment], start: int, end: int) -> tuple[SealedIn, ...]:
    return tuple(SealedIn(one.digest, one.start, one.stop) for one in segments if one.start < end and one.stop >= start)

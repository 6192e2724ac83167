"""Asking the series: DuckDB reads the sealed files and the tail as one table and runs the one SQL definition."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from yunyue.catalog.sample import Count, Observed, Sample, SealedIn
from yunyue.store.series import parquet
from yunyue.store.series.tail import Segment, Tail, manifest

MARGIN_MS = 86_400_000
"""An outage that crosses an edge of the window is followed for a day beyond it; a longer one is bad there anyway."""

FILES_OF_RECENT = 8
"""The newest samples are looked for in the tail, then in so many of the newest files."""

_LATEST = "SELECT instance, max(ts) FROM samples WHERE indicator = $indicator GROUP BY instance"

_SQL = (files("yunyue.store.series") / "windows.sql").read_text("utf-8")
_DAILY = (files("yunyue.store.series") / "daily.sql").read_text("utf-8")
_RECENT = """
SELECT instance, indicator, ts, ok, error, latency_us FROM samples
WHERE instance = $instance ORDER BY ts DESC, position DESC LIMIT $limit
"""


def observe(folder: Path, tail: Tail, instance: str, indicator: str, bounds: tuple[int, int]) -> Observed:
    """See `SampleSink.windows`. `bounds`: from and up to, in ms."""
    start, end = bounds
    since, until = start - MARGIN_MS, end + MARGIN_MS
    with tail.transaction("DEFERRED") as db:
        segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
        rows = db.execute(
            "SELECT * FROM tail WHERE instance = ? AND indicator = ? AND ts >= ? AND ts < ?",
            (instance, indicator, since, until),
        ).fetchall()
    asked = {"instance": instance, "indicator": indicator, "start": start, "end": end, "since": since, "until": until}
    found = _run(_paths(folder, segments), rows, (_SQL, asked))
    return Observed(
        minutes=_counts(found, "minute"),
        buckets=_counts(found, "bucket"),
        outages=tuple((line[1], line[2]) for line in found if line[0] == "outage"),
        segments=_sealed(segments, start, end),
        unsealed=sum(start <= row[3] < end for row in rows),
    )


def newest(folder: Path, tail: Tail, instance: str, limit: int) -> tuple[Sample, ...]:
    """See `SampleSink.recent`."""
    with tail.transaction("DEFERRED") as db:
        segments = manifest(db)[-FILES_OF_RECENT:]
        query = "SELECT * FROM tail WHERE instance = ? ORDER BY ts DESC, position DESC LIMIT ?"
        rows = db.execute(query, (instance, limit)).fetchall()
    paths = [] if len(rows) == limit else _paths(folder, segments)
    found = _run(paths, rows, (_RECENT, {"instance": instance, "limit": limit}))
    return tuple(Sample(*line) for line in found)


def latest(folder: Path, tail: Tail, indicator: str) -> dict[str, int]:
    """See `SampleSink.latest`. Reads two columns of every file there is; meant for a start, not for every minute."""
    with tail.transaction("DEFERRED") as db:
        segments = manifest(db)
        rows = db.execute("SELECT * FROM tail WHERE indicator = ?", (indicator,)).fetchall()
    return dict(_run(_paths(folder, segments), rows, (_LATEST, {"indicator": indicator})))


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


def daily(folder: Path, tail: Tail, indicator: str, bounds: tuple[int, int]) -> tuple[Day, ...]:
    """Every instance's days from `bounds[0]` up to `bounds[1]` (ms), in order."""
    start, end = bounds
    since, until = start - MARGIN_MS, end + MARGIN_MS
    with tail.transaction("DEFERRED") as db:
        segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
        query = "SELECT * FROM tail WHERE indicator = ? AND ts >= ? AND ts < ?"
        rows = db.execute(query, (indicator, since, until)).fetchall()
    asked = {"indicator": indicator, "start": start, "end": end, "since": since, "until": until}
    return tuple(Day(*line) for line in _run(_paths(folder, segments), rows, (_DAILY, asked)))


def _paths(folder: Path, segments: Sequence[Segment]) -> list[Path]:
    return [folder / f"{one.name}.parquet" for one in segments]


def _run(
    paths: Sequence[Path], rows: Sequence[tuple[Any, ...]], question: tuple[str, dict[str, Any]]
) -> list[tuple[Any, ...]]:
    """The answer of DuckDB, which sees files and tail as the one table `samples`."""
    sql, asked = question
    with duckdb.connect(config={"threads": "1"}) as connection:
        samples = connection.from_arrow(parquet.table(rows))
        if paths:
            samples = samples.union(connection.read_parquet([str(path) for path in paths]))
        samples.create_view("samples")
        return connection.execute(sql, asked).fetchall()


def _counts(found: Sequence[tuple[Any, ...]], kind: str) -> tuple[Count, ...]:
    return tuple(Count(line[1], line[3], line[4], line[5]) for line in found if line[0] == kind)


def _sealed(segments: Sequence[Segment], start: int, end: int) -> tuple[SealedIn, ...]:
    return tuple(SealedIn(one.digest, one.start, one.stop) for one in segments if one.start < end and one.stop >= start)

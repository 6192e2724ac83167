"""The summaries of a series: read where they are kept, made where they are missing, and what they say of days."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped] # it ships no types
import pyarrow.dataset as ds  # type: ignore[import-untyped] # it ships no types

from yunyue.store.series import merged, parquet, summary
from yunyue.store.series.errors import SeriesDamaged
from yunyue.store.series.tail import Segment, manifest
from yunyue.store.series.windows import MARGIN_MS, Day, Source, daily

GROUP: Final = 32
"""So many files, in order, are squeezed into one summary: a day and a half where an hour is sealed at a time."""

LOADED: Final = 512
"""Summaries of so many files are held in memory, some 5 kB each."""


class Summaries:
    """What the series knows of days without reading samples."""

    def __init__(self, folder: Path, source: Source) -> None:
        self._folder = folder
        self._source = source
        self._loaded: dict[str, pa.Table] = {}

    def missing(self) -> tuple[Segment, ...]:
        """The sealed files that nobody summarised yet."""
        return tuple(one for one in self._source.tail.segments() if not self._path(one).is_file())

    def make(self, segment: Segment) -> int:
        """Summarise a sealed file, whoever does it; how many lines it gave. Doing it again gives the same."""
        (path,) = self._source.shelf.paths((segment,))
        return int(summary.make(path).num_rows)

    def daily(self, indicator: str, start: int, end: int) -> tuple[Day, ...]:
        """See `windows.daily`, which is asked where no summary can say it: when a day is not asked for as a whole."""
        if not merged.whole_days(start, end):
            return daily(self._source, indicator, (start, end))
        return merged.days(self.lines(indicator, start - MARGIN_MS, end + MARGIN_MS), start, end)

    def lines(self, indicator: str, since: int, until: int) -> pa.Table:
        """The lines of the days between two midnights, of consecutive stretches: overlapping ones are made anew."""
        with self._source.tail.transaction("DEFERRED") as db:
            segments = [one for one in manifest(db) if one.start < until and one.stop >= since]
            query = "SELECT * FROM tail WHERE indicator = ? AND ts >= ? AND ts < ?"
            rows = db.execute(query, (indicator, since, until)).fetchall()
        tail = parquet.table(rows)
        parts = [self._archived(), *self._parts(segments), summary.summarise(tail)]
        first, end = merged.local_day(since), merged.local_day(until)
        found = _chosen(pa.concat_tables(parts), indicator, first, end)
        mixed = merged.mixed(found)
        if not mixed:
            return found
        days = (pc.field("local_day") >= first) & (pc.field("local_day") < end)
        return self._anew(found, mixed, (days & (pc.field("indicator") == indicator), segments, tail))

    def archive(self, pruned: Sequence[Segment]) -> str:
        """Keep the days of files that are about to go, a line for each instance's day; the name they are kept under."""
        paths = [str(path) for path in self._source.shelf.paths(pruned)]
        samples = ds.dataset(paths, schema=parquet.SCHEMA, format="parquet")
        first, last = min(one.start for one in pruned), max(one.stop for one in pruned)
        days = range(merged.local_day(first), merged.local_day(last) + 1)
        parts = [summary.summarise(samples.to_table(filter=pc.field("local_day") == day)) for day in days]
        name = f"pruned-{pruned[0].first}-{sum(one.rows for one in pruned)}"
        summary.keep(pa.concat_tables(parts).combine_chunks(), self._folder / f"{name}{summary.ENDING}")
        return name

    def forget(self, segments: Iterable[Segment]) -> None:
        """Remove the summaries of files that are gone."""
        for one in segments:
            self._path(one).unlink(missing_ok=True)
            for path in self._folder.glob("group-*"):
                first, rows = (int(part) for part in path.stem.split("-")[1:3])
                if first <= one.first < first + rows:
                    path.unlink()

    def _anew(
        self, found: pa.Table, mixed: set[str], asked: tuple[pc.Expression, Sequence[Segment], pa.Table]
    ) -> pa.Table:
        """The lines, those of some instances from their samples; where samples are pruned their lines stay."""
        wanted, segments, tail = asked
        names = pc.field("instance").isin(sorted(mixed))
        paths = [str(path) for path in self._source.shelf.paths(segments)]
        rows = [tail.filter(names & wanted)]
        if paths:
            sealed = ds.dataset(paths, schema=parquet.SCHEMA, format="parquet")
            rows.append(sealed.to_table(filter=names & wanted).cast(parquet.SCHEMA))
        archived = self._archived().filter(names & wanted)
        return pa.concat_tables([found.filter(~names), archived, summary.summarise(pa.concat_tables(rows))])

    def _parts(self, segments: Sequence[Segment]) -> list[pa.Table]:
        """The lines of files, those of whole groups squeezed into few."""
        pruned = self._source.tail.pruned()
        every, gone = (*pruned, *self._source.tail.segments()), len(pruned)
        wanted = {one.first for one in segments}
        parts = []
        for start in range(0, len(every), GROUP):
            group = every[start : start + GROUP]
            chosen = [one for one in group if one.first in wanted]
            if chosen and len(group) == GROUP and start >= gone:
                parts.append(self._squeezed(group))
            else:
                parts += [self._of(one) for one in chosen]
        return parts

    def _squeezed(self, group: Sequence[Segment]) -> pa.Table:
        """A group's lines, made once and kept; the group's digests are in its name, so nothing old is taken for it."""
        digest = hashlib.sha256("".join(one.digest for one in group).encode()).hexdigest()[:16]
        name = f"group-{group[0].first}-{sum(one.rows for one in group)}-{digest}"
        found = self._loaded.get(name)
        if found is None:
            path = self._folder / f"{name}{summary.ENDING}"
            found = summary.read(path)
            if found is None:
                found = merged.squeezed(pa.concat_tables(self._of(one) for one in group)).combine_chunks()
                summary.keep(found, path)
            self._remember(name, found)
        return found

    def _of(self, segment: Segment) -> pa.Table:
        found = self._loaded.get(segment.digest)
        if found is None:
            kept = summary.read(self._path(segment))
            found = kept if kept is not None else summary.make(self._source.shelf.paths((segment,))[0])
            self._remember(segment.digest, found)
        return found

    def _archived(self) -> pa.Table:
        """Raises SeriesDamaged when the days of what was pruned are gone, for nothing else knows them."""
        parts = [summary.SCHEMA.empty_table()]
        for name in self._source.tail.archives():
            kept = self._loaded.get(name)
            if kept is None:
                kept = summary.read(self._folder / f"{name}{summary.ENDING}")
                if kept is None:
                    raise SeriesDamaged(f"{name}{summary.ENDING} is missing or no summary; bring it back from a backup")
                self._remember(name, kept)
            parts.append(kept)
        return pa.concat_tables(parts)

    def _remember(self, name: str, lines: pa.Table) -> None:
        if len(self._loaded) >= LOADED:
            self._loaded.clear()
        self._loaded[name] = lines

    def _path(self, segment: Segment) -> Path:
        return self._source.shelf.local(segment).with_suffix(summary.ENDING)


def _chosen(lines: pa.Table, indicator: str, first: int, end: int) -> pa.Table:
    """The lines of an indicator from one day up to another; by a mask, since a plan costs a new process 5 ms."""
    days = lines["local_day"].to_numpy()
    named = pc.call_function("equal", [lines["indicator"], indicator]).to_numpy()
    return lines.filter(pa.array((days >= first) & (days < end) & named))

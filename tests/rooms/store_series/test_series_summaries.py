"""Summaries say what the samples say, to the minute; where they cannot, the samples are asked."""

from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from series_cast import MINUTE, T0, each_minute, later, sample

from yunyue.catalog import GAP, Sample
from yunyue.store.series import Fault, Latency, Limits, Series, kept, parquet, summary
from yunyue.store.series.merged import days, mixed, squeezed

HOUR = 60 * MINUTE
DAY = 24 * HOUR
MIDNIGHT = T0 - 12 * HOUR
BOUNDS = (MIDNIGHT, MIDNIGHT + 3 * DAY)
ATTEMPT = st.tuples(
    st.sampled_from(["o1", "o2"]), st.integers(-1440, 5 * 1440), st.sampled_from(["", "", "reset", GAP])
)


def at(minute: int, error: str = "", instance: str = "o1") -> Sample:
    return sample(MIDNIGHT + minute * MINUTE, error, instance)


def filled(folder: Path, batches: list[list[Sample]]) -> Series:
    """A series with a sealed file for each batch but the last, which stays in the tail."""
    series = Series.open(folder, limits=Limits(rows=100_000))
    number = 0
    for index, batch in enumerate(batches):
        series.append(batch, "probe", 1, number)
        number += len(batch)
        if index < len(batches) - 1:
            series.seal(later(0), force=True)
    return series


@settings(max_examples=40, deadline=None)
@given(attempts=st.lists(ATTEMPT, max_size=80), cuts=st.lists(st.integers(0, 80), max_size=4), ordered=st.booleans())
def test_they_give_the_days_the_exact_sql_gives(
    attempts: list[tuple[str, int, str]], cuts: list[int], ordered: bool
) -> None:
    """In order, as probes come, and mixed up, as a probe point hands over what it kept while it was cut off."""
    samples = [at(minute, error, instance) for instance, minute, error in attempts]
    if ordered:
        samples.sort(key=lambda one: one.ts)
    edges = [0, *sorted(min(one, len(samples)) for one in cuts), len(samples)]
    batches = [samples[start:stop] for start, stop in pairwise(edges)]
    with TemporaryDirectory() as folder, closing(filled(Path(folder), batches)) as series:
        assert series.daily("availability", *BOUNDS) == series.daily_exactly("availability", *BOUNDS)


@settings(max_examples=40, deadline=None)
@given(attempts=st.lists(ATTEMPT, min_size=1, max_size=80), cuts=st.lists(st.integers(0, 80), max_size=4))
def test_squeezed_lines_say_what_one_line_over_all_samples_says(
    attempts: list[tuple[str, int, str]], cuts: list[int]
) -> None:
    """The merge of stretches is the summary of their samples: that makes it a monoid."""
    samples = sorted({(minute, instance): error for instance, minute, error in attempts}.items())
    rows = [(n, i, "availability", MIDNIGHT + m * MINUTE, not e, e, 5) for n, ((m, i), e) in enumerate(samples)]
    edges = [0, *sorted(min(one, len(rows)) for one in cuts), len(rows)]
    parts = [summary.summarise(parquet.table(rows[start:stop])) for start, stop in pairwise(edges)]
    order = [("instance", "ascending"), ("local_day", "ascending")]
    assert squeezed(pa.concat_tables(parts)).sort_by(order) == summary.summarise(parquet.table(rows)).sort_by(order)


def test_groups_of_files_give_the_same_days_and_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "GROUP", 3)
    down = [at(minute, "reset" if 1430 <= minute < 2885 else "") for minute in range(1420, 2900, 5)]
    series = filled(tmp_path, [*(down[n * 20 : n * 20 + 20] for n in range(8)), down[160:]])
    for _ in range(2):
        assert series.daily("availability", *BOUNDS) == series.daily_exactly("availability", *BOUNDS)
        assert len(list(tmp_path.glob("group-*.summary"))) == 2
    series.prune(later(24 * 60))
    assert series.daily("availability", *BOUNDS)
    assert len(list(tmp_path.glob("group-*.summary"))) < 3


def test_an_outage_over_files_and_midnights_is_one_outage(tmp_path: Path) -> None:
    down = [at(minute, "reset" if 1430 <= minute < 2885 else "") for minute in range(1420, 2900, 5)]
    series = filled(tmp_path, [down[:2], down[2:100], down[100:200], down[200:], []])
    found = {
        one.day - series.daily("availability", *BOUNDS)[0].day: one for one in series.daily("availability", *BOUNDS)
    }
    assert [found[day].bad_minutes for day in range(3)] == [10, 1440, 5]
    assert series.daily("availability", *BOUNDS) == series.daily_exactly("availability", *BOUNDS)


def test_a_failure_of_less_than_a_minute_is_no_outage_even_when_a_file_ends_in_it(tmp_path: Path) -> None:
    samples = [sample(MIDNIGHT + second * 1000, "x" if 30 <= second < 89 else "") for second in range(200)]
    for split in (35, 60, 89):
        series = filled(tmp_path / str(split), [samples[:split], samples[split:], []])
        assert [one.bad_minutes for one in series.daily("availability", *BOUNDS)] == [0]
    longer = [sample(MIDNIGHT + second * 1000, "x" if 30 <= second < 90 else "") for second in range(200)]
    series = filled(tmp_path / "longer", [longer[:60], longer[60:], []])
    assert [one.bad_minutes for one in series.daily("availability", *BOUNDS)] == [1]


def test_part_of_a_day_is_asked_of_the_samples(tmp_path: Path) -> None:
    series = filled(tmp_path, [[at(0), at(1, "reset"), at(5)], []])
    bounds = (MIDNIGHT + 2 * MINUTE, MIDNIGHT + 4 * MINUTE)
    assert series.daily("availability", *bounds) == series.daily_exactly("availability", *bounds) == ()
    bounds = (MIDNIGHT + MINUTE, MIDNIGHT + 4 * MINUTE)
    assert [one.bad_minutes for one in series.daily("availability", *bounds)] == [3]


def test_stretches_that_overlap_are_named(tmp_path: Path) -> None:
    series = filled(tmp_path, [[at(0), at(10), at(0, "", "o2")], [at(5), at(11, "", "o2")], []])
    parts = [summary.of(path) for path in sorted(tmp_path.glob("seg-*.parquet"))]
    assert mixed(pa.concat_tables(parts)) == {"o1"}
    assert len(series.daily("availability", *BOUNDS)) == 2


def test_a_summary_is_made_by_whoever_asks_and_read_by_the_next(tmp_path: Path) -> None:
    series = filled(tmp_path, [each_minute(["", "reset", ""]), each_minute([""], T0 + DAY), []])
    assert series.unsummarised() == ("seg-0-3", "seg-3-1")
    assert (series.summarise("seg-0-3"), series.summarise("seg-0-3"), series.summarise("seg-9-9")) == (1, 1, 0)
    assert series.unsummarised() == ("seg-3-1",)
    series.daily("availability", *BOUNDS)
    assert series.unsummarised() == ()
    assert series.check() == ()


def test_a_summary_that_says_something_else_than_its_samples_is_found(tmp_path: Path) -> None:
    series = filled(tmp_path, [each_minute(["", "reset", ""]), []])
    wrong = summary.of(tmp_path / "seg-0-3.parquet").to_pylist()
    wrong[0]["good"] = 3
    summary.keep(pa.Table.from_pylist(wrong, schema=summary.SCHEMA), tmp_path / "seg-0-3.summary")
    assert series.check() == (Fault("seg-0-3", "its summary says something else than its samples"),)


@pytest.mark.parametrize("content", [b"", b"not arrow at all", b"ARROW1\0\0"])
def test_a_torn_summary_is_made_again(tmp_path: Path, content: bytes) -> None:
    series = filled(tmp_path, [each_minute(["", "reset", ""]), []])
    (tmp_path / "seg-0-3.summary").write_bytes(content)
    assert [(one.total, one.good) for one in series.daily("availability", *BOUNDS)] == [(3, 2)]
    assert summary.read(tmp_path / "seg-0-3.summary") is not None


def test_how_fast_each_day_was_is_known_without_samples(tmp_path: Path) -> None:
    fast = [Sample("o1", "availability", MIDNIGHT + n * MINUTE, True, "", 1_000 * n) for n in (1, 2, 6)]
    failed = Sample("o1", "availability", MIDNIGHT + 9 * MINUTE, False, "reset", 90_000)
    series = filled(tmp_path, [[*fast, failed], [at(1440, "reset")], []])
    day = (MIDNIGHT + 8 * HOUR) // DAY
    assert series.history("availability", *BOUNDS) == {
        "o1": (Latency(day, 4, 3, 3_000, 6_000), Latency(day + 1, 1, 0, 0, 0))
    }


def test_a_line_says_how_the_day_began_and_ended(tmp_path: Path) -> None:
    errors = ["reset", "", "reset", "reset", "", "status", "status"]
    filled(tmp_path, [[at(minute, error) for minute, error in enumerate(errors)], []])
    (line,) = summary.of(tmp_path / "seg-0-7.parquet").to_pylist()
    assert (line["first"], line["first_ok"], line["last"]) == (MIDNIGHT, False, MIDNIGHT + 6 * MINUTE)
    assert (line["up"], line["down"]) == (MIDNIGHT + MINUTE, MIDNIGHT + 5 * MINUTE)
    assert (line["bad_minutes"], line["outages"], line["longest_ms"]) == (2, 1, 2 * MINUTE)


def test_no_lines_are_no_days() -> None:
    nothing = summary.summarise(parquet.table(()))
    assert nothing.num_rows == 0
    assert days(nothing, *BOUNDS) == ()
    assert mixed(nothing) == set()

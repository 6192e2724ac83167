"""Pruning: only whole files from the beginning go, days and digests stay, and no crash counts a day twice."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from obstore.store import LocalStore
from series_cast import MINUTE, NOON, T0, each_minute, later, sample

from yunyue.store.series import Fault, Limits, Means, Series, SeriesDamaged
from yunyue.store.series.kept import Summaries

HOUR = 60 * MINUTE
DAY = 24 * HOUR
MIDNIGHT = T0 - 12 * HOUR
BOUNDS = (MIDNIGHT, MIDNIGHT + 5 * DAY)


def filled(folder: Path, means: Means | None = None) -> Series:
    """Four days with an outage over each midnight, a file for each six hours."""
    series = Series.open(folder, limits=Limits(rows=100_000), means=means)
    for quarter in range(16):
        start = MIDNIGHT + quarter * 6 * HOUR
        errors = ["reset" if minute < 20 or minute >= 350 else "" for minute in range(360)]
        series.append(each_minute(errors, start), "probe", 1, quarter * 360)
        series.seal(later(0), force=True)
    return series


@pytest.fixture
def series(tmp_path: Path) -> Series:
    return filled(tmp_path)


def test_only_files_wholly_before_the_moment_go(series: Series, tmp_path: Path) -> None:
    assert [one.first for one in series.expired(NOON)] == [0, 360]
    assert [one.first for one in series.prune(NOON)] == [0, 360]
    assert not (tmp_path / "seg-0-360.parquet").exists()
    assert (tmp_path / "seg-720-360.parquet").exists()
    assert series.prune(NOON) == ()


def test_days_stay_as_they_were(series: Series) -> None:
    before = series.daily("availability", *BOUNDS)
    assert before == series.daily_exactly("availability", *BOUNDS)
    for hours in (12, 40, 70, 200):
        series.prune(NOON + timedelta(hours=hours))
        assert series.daily("availability", *BOUNDS) == before
    assert series.sealed() == ()
    assert len(series.pruned()) == 16


def test_positions_go_on_and_the_next_file_follows(series: Series) -> None:
    series.prune(NOON + timedelta(days=30))
    series.append([sample(MIDNIGHT + 5 * DAY)], "probe", 1, 16 * 360)
    (fact,) = series.seal(later(0), force=True)
    assert (fact.first, series.check()) == (16 * 360, ())


def test_what_was_pruned_is_no_fault_but_what_is_merely_gone_is(series: Series, tmp_path: Path) -> None:
    facts = series.sealed()
    series.prune(NOON)
    assert (series.check(), series.verify(facts)) == ((), ())
    (tmp_path / "seg-720-360.parquet").unlink()
    assert series.check() == (Fault("seg-720-360", "the file is missing"),)


def test_a_fact_that_names_another_digest_of_a_pruned_file_is_still_found(series: Series) -> None:
    facts = list(series.sealed())
    series.prune(NOON)
    forged = [msgspec.structs.replace(one, digest="sha256:" + "0" * 64) for one in facts[:1]]
    (fault,) = series.verify([*forged, *facts[1:]])
    assert fault.segment == "seg-0-360"


def test_a_crash_after_the_days_were_kept_counts_nothing_twice(series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    before = series.daily("availability", *BOUNDS)
    real = Summaries.archive

    def crash(self: Summaries, pruned: object) -> str:
        real(self, pruned)  # type: ignore[arg-type]  # passed on as it came
        raise InterruptedError

    monkeypatch.setattr(Summaries, "archive", crash)
    with pytest.raises(InterruptedError):
        series.prune(NOON)
    monkeypatch.undo()
    assert series.daily("availability", *BOUNDS) == before
    series.prune(NOON + timedelta(days=1))
    assert series.daily("availability", *BOUNDS) == before


def test_files_a_crash_left_behind_go_the_next_time(series: Series, tmp_path: Path) -> None:
    content = (tmp_path / "seg-0-360.parquet").read_bytes()
    series.prune(NOON)
    (tmp_path / "seg-0-360.parquet").write_bytes(content)
    with sqlite3.connect(tmp_path / "tail.sqlite") as db:
        db.execute("UPDATE pruned SET gone = 0")
    db.close()
    series.prune(NOON)
    assert not (tmp_path / "seg-0-360.parquet").exists()


def test_the_bucket_is_pruned_too(tmp_path: Path) -> None:
    bucket = LocalStore(prefix=tmp_path / "bucket", mkdir=True)
    series = filled(tmp_path / "here", Means(bucket=bucket))
    before = series.daily("availability", *BOUNDS)
    series.prune(NOON)
    assert len(list((tmp_path / "bucket").iterdir())) == 14
    assert series.daily("availability", *BOUNDS) == before


def test_days_of_pruned_files_that_are_gone_are_said_to_be_and_not_left_out(series: Series, tmp_path: Path) -> None:
    series.prune(NOON)
    (kept,) = tmp_path.glob("pruned-*.summary")
    kept.unlink()
    again = Series.open(tmp_path)
    with pytest.raises(SeriesDamaged, match="bring it back from a backup"):
        again.daily("availability", *BOUNDS)
    again.close()


def test_late_samples_of_pruned_days_are_counted_beside_what_was_kept(series: Series) -> None:
    days = series.daily("availability", *BOUNDS)
    series.prune(NOON + timedelta(days=2))
    series.append([sample(MIDNIGHT + 30_000)], "late", 1, 0)
    assert series.daily("availability", *BOUNDS)[0].total == days[0].total + 1

"""Sealing: when it is due, what the fact says, and that no crash loses or doubles a row."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped] # it ships no types
import pytest
from samples import small_disk
from series_cast import MINUTE, T0, later, sample

from yunyue.store.series import Limits, Series, SeriesDamaged
from yunyue.store.series.parquet import digest
from yunyue.store.series.seal import Sealer, Step
from yunyue.store.series.tail import Tail

SMALL = Limits(rows=512, age_ms=10 * MINUTE, multiple=256)


def filled(folder: Path, rows: int) -> Series:
    series = Series.open(folder, "probes", SMALL)
    series.append([sample(T0 + number * 10) for number in range(rows)], "probe", 1, 0)
    return series


def stored(folder: Path) -> list[int]:
    """The time of every row there is: of the files the manifest names, and of the tail."""
    with closing(sqlite3.connect(folder / "tail.sqlite")) as db:
        times = [row[0] for row in db.execute("SELECT ts FROM tail")]
        names = [f"seg-{first}-{rows}.parquet" for first, rows in db.execute("SELECT first, rows FROM segments")]
    for name in names:
        times += pq.read_table(folder / name)["ts"].to_pylist()
    return sorted(times)


class TestWhenItIsDue:
    def test_a_young_short_tail_is_left_alone(self, tmp_path: Path) -> None:
        assert filled(tmp_path, 511).seal(later(1)) == ()

    def test_a_full_segment_is_sealed_at_once_and_the_rest_stays(self, tmp_path: Path) -> None:
        series = filled(tmp_path, 600)
        assert [(one.first, one.rows) for one in series.seal(later(1))] == [(0, 512)]
        assert len(stored(tmp_path)) == 600

    def test_an_old_tail_is_sealed_in_multiples_of_256(self, tmp_path: Path) -> None:
        assert [one.rows for one in filled(tmp_path, 511).seal(later(11))] == [256]

    def test_by_force_everything_is_sealed(self, tmp_path: Path) -> None:
        series = filled(tmp_path, 600)
        assert [(one.first, one.rows) for one in series.seal(later(0), force=True)] == [(0, 512), (512, 88)]
        assert series.seal(later(0), force=True) == ()

    def test_positions_go_on_after_everything_was_sealed(self, tmp_path: Path) -> None:
        series = filled(tmp_path, 10)
        series.seal(later(0), force=True)
        series.append([sample(T0)], "probe", 1, 10)
        assert [(one.first, one.rows) for one in series.seal(later(0), force=True)] == [(10, 1)]


class TestTheFact:
    def test_it_binds_the_bytes_of_the_file(self, tmp_path: Path) -> None:
        fact = filled(tmp_path, 600).seal(later(1))[0]
        assert fact.digest == digest(tmp_path / "seg-0-512.parquet")
        assert (fact.series, fact.segment, fact.start) == ("probes", "seg-0-512", later(0))
        assert (fact.end - fact.start).total_seconds() == 5.11

    def test_facts_can_be_asked_for_again(self, tmp_path: Path) -> None:
        series = filled(tmp_path, 600)
        facts = series.seal(later(1), force=True)
        assert Series.open(tmp_path, "probes").sealed() == facts

    def test_the_file_is_sorted_by_instance_and_time_and_compressed(self, tmp_path: Path) -> None:
        series = Series.open(tmp_path)
        series.append([sample(T0 + 5, instance="b"), sample(T0 + 9), sample(T0 + 1)], "probe", 1, 0)
        series.seal(later(0), force=True)
        rows = pq.read_table(tmp_path / "seg-0-3.parquet").to_pylist()
        assert [(row["instance"], row["ts"] - T0) for row in rows] == [("b", 5), ("o1", 1), ("o1", 9)]
        assert [row["position"] for row in rows] == [0, 2, 1]
        assert pq.ParquetFile(tmp_path / "seg-0-3.parquet").metadata.row_group(0).column(3).compression == "ZSTD"

    def test_the_day_is_the_day_in_beijing(self, tmp_path: Path) -> None:
        midnight = 19_900 * 86_400_000 - 28_800_000
        series = Series.open(tmp_path)
        series.append([sample(midnight - 1), sample(midnight)], "probe", 1, 0)
        series.seal(later(0), force=True)
        assert pq.read_table(tmp_path / "seg-0-2.parquet")["local_day"].to_pylist() == [19_899, 19_900]


class Crash(Exception):
    """The power goes off here."""


@pytest.mark.parametrize("step", ["written", "renamed", "folder synced", "published", "entered"])
@pytest.mark.parametrize("more", [0, 300])
def test_an_abort_after_any_step_loses_nothing_and_doubles_nothing(tmp_path: Path, step: Step, more: int) -> None:
    filled(tmp_path, 600).close()
    tail = Tail(tmp_path / "tail.sqlite")

    def crash(done: Step) -> None:
        if done == step:
            raise Crash

    with pytest.raises(Crash):
        Sealer(tmp_path, tail, SMALL, crash).seal(T0, force=True)
    tail.close()
    series = Series.open(tmp_path, "probes", SMALL)
    assert len(stored(tmp_path)) == 600
    series.append([sample(T0 + (600 + number) * 10) for number in range(more)], "probe", 1, 600)
    series.seal(later(1), force=True)
    assert stored(tmp_path) == [T0 + number * 10 for number in range(600 + more)]
    assert series.check() == ()
    assert {path.suffix for path in tmp_path.glob("seg-*")} == {".parquet"}


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from yunyue.catalog import Sample
from yunyue.store.series import Limits, Series
series = Series.open(Path(sys.argv[1]), "probes", Limits(rows=512))
seq = int(sys.argv[2])
while True:
    batch = [Sample("o1", "availability", seq + n, True, "", 0) for n in range(100)]
    assert series.append(batch, "probe", 1, seq) == 100
    seq += 100
    print(seq, flush=True)
    series.seal(datetime(2024, 6, 3, tzinfo=UTC))
"""


def test_kill_9_while_appending_and_sealing_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    known = 0
    for batches in (7, 12, 31):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), str(known)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        lines = [int(child.stdout.readline()) for _ in range(batches)]
        os.kill(child.pid, signal.SIGKILL)
        lines += [int(line) for line in child.stdout.read().split()]
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        series = Series.open(tmp_path, "probes", Limits(rows=512))
        rows = stored(tmp_path)
        assert rows == list(range(len(rows)))
        assert 0 <= len(rows) - lines[-1] <= 100
        known = len(rows)
        series.close()
    series = Series.open(tmp_path, "probes", Limits(rows=512))
    series.seal(later(0), force=True)
    assert stored(tmp_path) == list(range(known))
    assert series.check() == ()
    series.close()


def test_while_another_process_seals_this_one_does_nothing(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys\nf = open(sys.argv[1], 'ab')\nfcntl.flock(f, fcntl.LOCK_EX)\nprint(1, flush=True)\n"
            "sys.stdin.read()",
            str(tmp_path / "seal.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        holder.stdout.readline()
        series = filled(tmp_path, 600)
        assert series.seal(later(0), force=True) == ()
        holder.stdin.close()
    assert len(series.seal(later(0), force=True)) == 2


def test_a_lost_manifest_does_not_cost_the_sealed_files(tmp_path: Path) -> None:
    series = filled(tmp_path, 600)
    series.seal(later(0), force=True)
    series.close()
    for path in tmp_path.glob("tail.sqlite*"):
        path.unlink()
    emptied = filled(tmp_path, 20)
    with pytest.raises(SeriesDamaged, match=r"seg-0-512\.parquet is in no manifest"):
        emptied.seal(later(0), force=True)
    assert len(list(tmp_path.glob("seg-*.parquet"))) == 2


def test_a_disk_that_does_not_confirm_stops_the_sealing_and_keeps_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = filled(tmp_path, 600)

    def fails(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(SeriesDamaged, match="Input/output error"):
            series.seal(later(0), force=True)
    assert series.sealed() == ()
    assert len(stored(tmp_path)) == 600


def test_a_full_disk_refuses_samples_and_sealing_and_a_freed_one_takes_both(tmp_path: Path) -> None:
    with small_disk(tmp_path, "2m") as disk:
        filler = disk / "filler"
        filler.write_bytes(b"x" * 500_000)
        series = Series.open(disk, "probes", SMALL)
        taken = 0
        while series.append([sample(T0 + taken + n) for n in range(100)], "probe", 1, taken) == 100:
            taken += 100
        with pytest.raises(SeriesDamaged, match=r"No space left|disk is full"):
            series.seal(later(0), force=True)
        assert stored(disk) == [T0 + n for n in range(taken)]
        filler.unlink()
        series.seal(later(0), force=True)
        assert stored(disk) == [T0 + n for n in range(taken)]
        assert series.append([sample(T0)], "probe", 1, taken) == 1
        assert series.check() == ()
        series.close()

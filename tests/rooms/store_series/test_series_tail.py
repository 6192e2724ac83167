"""Appending: durable once acknowledged, stored once however often it is sent, refused cleanly."""

import sqlite3
from pathlib import Path

import pytest
from series_cast import MINUTE, T0, each_minute, sample

from yunyue.answer import Refused
from yunyue.catalog import Sample
from yunyue.store.series import Series
from yunyue.store.series.tail import Tail


def test_samples_are_there_for_a_second_reader_as_soon_as_append_returns(tmp_path: Path) -> None:
    writer = Series.open(tmp_path)
    assert writer.append(each_minute(["", "refused"]), "probe", 1, 0) == 2
    reader = Series.open(tmp_path)
    assert [one.error for one in reader.recent("o1", 10)] == ["refused", ""]


def test_the_database_waits_for_the_disk_at_every_commit(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "tail.sqlite")
    with tail.transaction() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_batch_that_is_sent_again_is_not_stored_again(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    batch = each_minute(["", ""])
    series.append(batch, "probe", 1, 0)
    assert series.append(batch, "probe", 1, 0) == 0
    assert len(series.recent("o1", 10)) == 2


def test_of_a_batch_that_overlaps_only_the_new_part_is_stored(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    batch = each_minute(["", "", "reset"])
    series.append(batch[:2], "probe", 1, 0)
    assert series.append(batch, "probe", 1, 0) == 1
    assert len(series.recent("o1", 10)) == 3


def test_a_number_left_out_is_refused(tmp_path: Path) -> None:
    refused = Series.open(tmp_path).append(each_minute([""]), "probe", 1, 5)
    assert refused == Refused("probe left out numbers 0 to 4", "seq")


def test_a_new_epoch_begins_at_zero_and_ends_the_old_one(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    series.append(each_minute(["", ""]), "probe", 1, 0)
    assert series.append(each_minute([""], T0 + 9 * MINUTE), "probe", 2, 0) == 1
    assert series.append(each_minute([""]), "probe", 1, 2) == Refused("probe is at epoch 2; epoch 1 is over", "epoch")


def test_producers_count_by_themselves(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    series.append(each_minute([""]), "one", 1, 0)
    assert series.append(each_minute([""]), "other", 1, 0) == 1


def test_a_full_disk_refuses_the_whole_batch_and_a_freed_one_takes_it(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "tail.sqlite")
    many = [sample(T0 + number) for number in range(20_000)]
    with tail.transaction("DEFERRED") as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    tail._db.execute(f"PRAGMA max_page_count = {pages + 8}")
    assert tail.append(many, "probe", 1, 0) == Refused("the disk is full; nothing of this batch was stored", "samples")
    assert tail._db.execute("SELECT count(*) FROM tail").fetchone() == (0,)
    tail._db.execute("PRAGMA max_page_count = 1000000")
    assert tail.append(many, "probe", 1, 0) == 20_000


def test_what_is_no_sample_is_stored_neither_in_part_nor_as_a_whole(tmp_path: Path) -> None:
    series = Series.open(tmp_path)
    broken = [sample(T0), Sample("o1", "availability", "noon", True, "", 0)]  # type: ignore[arg-type] # the point
    with pytest.raises(sqlite3.IntegrityError, match="TEXT value in INTEGER column"):
        series.append(broken, "probe", 1, 0)
    assert series.recent("o1", 10) == ()
    assert series.append([sample(T0)], "probe", 1, 0) == 1

"""Sealed files past one machine: in a real object store, whole, created once, fetched and checked before use."""

from pathlib import Path

import pytest
from obstore.store import LocalStore, ObjectStore
from seaweed import Seaweed
from series_cast import MINUTE, T0, each_minute, later

from yunyue.catalog import Sample
from yunyue.store.series import Fault, Limits, Means, Series, SeriesDamaged
from yunyue.store.series.seal import Sealer, Step
from yunyue.store.series.shelf import Shelf
from yunyue.store.series.tail import Tail

SMALL = Limits(rows=512)
ROWS = 1_100


@pytest.fixture(params=["folder", "s3"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """A shared folder and a real S3 server give the same promises."""
    if request.param == "folder":
        return LocalStore(prefix=tmp_path / "bucket", mkdir=True)
    server: Seaweed = request.getfixturevalue("seaweed")
    return server.store(server.bucket())


def minutes(first: int = 0) -> list[Sample]:
    return each_minute([""] * ROWS, T0 + first * MINUTE)


def opened(folder: Path, bucket: ObjectStore, cached: int = 256) -> Series:
    return Series.open(folder, limits=SMALL, means=Means(bucket=bucket, prefix="a/series", cached=cached))


def sealed(folder: Path, bucket: ObjectStore, cached: int = 256) -> Series:
    series = opened(folder, bucket, cached)
    assert series.append(minutes(), "probe", 1, 0) == ROWS
    assert len(series.seal(later(0), force=True)) == 3
    return series


def names(bucket: ObjectStore) -> list[str]:
    return sorted(one["path"] for page in bucket.list() for one in page)


def count(series: Series) -> int:
    seen = series.windows("o1", "availability", T0, T0 + 2_000 * MINUTE)
    return sum(one.total for one in seen.minutes)


def test_every_sealed_file_lies_in_the_bucket_under_its_digest(tmp_path: Path, bucket: ObjectStore) -> None:
    series = sealed(tmp_path / "here", bucket)
    digests = [one.digest.removeprefix("sha256:")[:16] for one in series.sealed()]
    assert names(bucket) == sorted(
        f"a/series/{one.segment}.{digest}.parquet" for one, digest in zip(series.sealed(), digests, strict=True)
    )
    assert series.check() == ()


def test_what_the_folder_lost_is_fetched_and_answers_the_same(tmp_path: Path, bucket: ObjectStore) -> None:
    series = sealed(tmp_path / "here", bucket)
    before = series.windows("o1", "availability", T0, T0 + 2_000 * MINUTE)
    for path in (tmp_path / "here").glob("seg-*"):
        path.unlink()
    assert series.windows("o1", "availability", T0, T0 + 2_000 * MINUTE) == before
    assert len(list((tmp_path / "here").glob("seg-*.parquet"))) == 3
    assert series.check() == ()


def test_the_folder_keeps_only_the_newest_files(tmp_path: Path, bucket: ObjectStore) -> None:
    series = sealed(tmp_path / "here", bucket, cached=1)
    assert [path.name for path in (tmp_path / "here").glob("seg-*.parquet")] == ["seg-1024-76.parquet"]
    assert count(series) == ROWS


def test_without_a_bucket_the_folder_keeps_every_file(tmp_path: Path) -> None:
    series = Series.open(tmp_path, limits=SMALL, means=Means(cached=0))
    series.append(minutes(), "probe", 1, 0)
    series.seal(later(0), force=True)
    assert len(list(tmp_path.glob("seg-*.parquet"))) == 3


def test_a_file_changed_in_the_bucket_is_found_and_never_used(tmp_path: Path, bucket: ObjectStore) -> None:
    series = sealed(tmp_path / "here", bucket)
    changed = names(bucket)[0]
    content = bytearray(bucket.get(changed).bytes())
    content[100] ^= 1
    bucket.put(changed, bytes(content))
    name = Path(changed).name.split(".")[0]
    (fault,) = series.check()
    assert (fault.segment, fault.reason[:15]) == (name, "its bytes give ")
    (tmp_path / "here" / f"{name}.parquet").unlink()
    with pytest.raises(SeriesDamaged, match="not what was sealed"):
        count(series)


def test_a_file_gone_from_the_bucket_is_found(tmp_path: Path, bucket: ObjectStore) -> None:
    series = sealed(tmp_path / "here", bucket)
    bucket.delete(names(bucket)[0])
    (fault,) = series.check()
    assert isinstance(fault, Fault)
    assert "cannot be had from the bucket" in fault.reason


@pytest.mark.parametrize("step", ["folder synced", "published"])
def test_sealing_that_was_cut_short_is_done_again_and_what_it_left_is_taken_as_it_is(
    tmp_path: Path, bucket: ObjectStore, step: Step
) -> None:
    series = opened(tmp_path / "here", bucket)
    series.append(minutes(), "probe", 1, 0)
    series.close()
    tail = Tail(tmp_path / "here" / "tail.sqlite")

    def crash(done: Step) -> None:
        if done == step:
            raise InterruptedError

    shelf = Shelf(tmp_path / "here", bucket, "a/series")
    with pytest.raises((InterruptedError, SeriesDamaged)):
        Sealer(tmp_path / "here", tail, SMALL, crash, shelf).seal(T0, force=True)
    tail.close()
    again = opened(tmp_path / "here", bucket)
    assert len(again.seal(later(0), force=True)) == 3
    assert (len(names(bucket)), again.check(), count(again)) == (3, (), ROWS)


def test_a_stranger_in_the_files_place_is_not_overwritten(tmp_path: Path, bucket: ObjectStore) -> None:
    elsewhere = LocalStore(prefix=tmp_path / "elsewhere", mkdir=True)
    sealed(tmp_path / "first", elsewhere)
    for one in names(elsewhere):
        bucket.put(one, b"somebody else's")
    series = opened(tmp_path / "here", bucket)
    series.append(minutes(), "probe", 1, 0)
    with pytest.raises(SeriesDamaged, match="with other bytes"):
        series.seal(later(0), force=True)
    assert bytes(bucket.get(names(bucket)[0]).bytes()) == b"somebody else's"
    assert (series.sealed(), count(series)) == ((), ROWS)


def test_a_store_that_refuses_loses_nothing(tmp_path: Path, seaweed: Seaweed) -> None:
    right = seaweed.bucket()
    wrong = opened(tmp_path / "here", seaweed.store(right, secret="wrong"))
    wrong.append(minutes(), "probe", 1, 0)
    with pytest.raises(SeriesDamaged, match="could not be put into the bucket"):
        wrong.seal(later(0), force=True)
    assert count(wrong) == ROWS
    wrong.close()
    series = opened(tmp_path / "here", seaweed.store(right))
    assert len(series.seal(later(0), force=True)) == 3
    assert (count(series), series.check()) == (ROWS, ())


def test_two_machines_read_the_same_files(tmp_path: Path, bucket: ObjectStore) -> None:
    """The manifest travels in a backup; the files need not."""
    series = sealed(tmp_path / "here", bucket)
    days = series.daily_exactly("availability", T0, T0 + 1440 * MINUTE)
    series.close()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "tail.sqlite").write_bytes((tmp_path / "here" / "tail.sqlite").read_bytes())
    other = opened(tmp_path / "there", bucket)
    assert other.daily_exactly("availability", T0, T0 + 1440 * MINUTE) == days
    assert other.check() == ()

"""Files are there whole or not at all."""

import errno
import os
from pathlib import Path

import pytest
from samples import small_disk

from yunyue.store.files import explain, make_folder, only_one, write_durably


def test_a_file_is_put_in_place_with_the_folders_above_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_durably(path, b"content")
    assert path.read_bytes() == b"content"
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", b"old and longer")
    write_durably(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_secret_file_is_for_its_owner_only(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", b"x", 0o600)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_what_a_killed_run_left_behind_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".file.fresh").write_bytes(b"half")
    write_durably(tmp_path / "file", b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_link_in_the_place_of_the_fresh_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / ".file.fresh").symlink_to(tmp_path / "victim")
    write_durably(tmp_path / "file", b"new")
    assert (tmp_path / "victim").read_bytes() == b"untouched"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert os.environ.get("CI") != "true", "CI must be able to mount a small disk"
        pytest.skip("mounting a small disk needs root")
    with small_disk(tmp_path, "64k") as disk:
        write_durably(disk / "file", b"old")
        with pytest.raises(OSError, match="No space") as caught:
            write_durably(disk / "file", b"n" * 200_000)
        assert explain(caught.value, "it was not kept").reason.startswith("the disk is full, it was not kept")
        assert [each.name for each in disk.iterdir()] == ["file"]
        assert (disk / "file").read_bytes() == b"old"


def test_another_error_is_told_as_it_is(tmp_path: Path) -> None:
    answer = explain(PermissionError(errno.EACCES, "Permission denied", "/x"), "it was not kept")
    assert str(answer) == "/x: it was not kept: Permission denied"


def test_only_one_works_in_a_folder_at_a_time(tmp_path: Path) -> None:
    with only_one(tmp_path) as first:
        with only_one(tmp_path) as second:
            assert (first, second) == (True, False)
        with only_one(tmp_path) as third:
            assert third is False
    with only_one(tmp_path) as later:
        assert later is True


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    make_folder(tmp_path)
    assert tmp_path.is_dir()

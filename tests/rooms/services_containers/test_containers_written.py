"""How much a container wrote, counted no further than needed; and what the platform writes for it, nowhere else."""

import os
from pathlib import Path

import pytest

from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.evicting import BLOCK, written
from yunyue.services.containers.podman.images import lent
from yunyue.services.containers.podman.mounts import Owner, write_files
from yunyue.services.containers.podman.volumes import Volumes
from yunyue.services.containers.project.project import Project

ME = Owner(os.getuid(), os.getgid())


def test_every_file_and_folder_counts_for_a_block_at_least(tmp_path: Path) -> None:
    assert written(tmp_path, 1 << 30) == 0
    inner = tmp_path / "deep" / "deeper"
    inner.mkdir(parents=True)
    for number in range(10):
        (inner / str(number)).write_text("x")
    assert written(tmp_path, 1 << 30) >= 12 * BLOCK
    (tmp_path / "big").write_bytes(b"x" * 3_000_000)
    assert 3_000_000 <= written(tmp_path, 1 << 30) < 3_200_000


def test_links_lead_nowhere_and_what_is_not_there_takes_no_room(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/usr")
    (tmp_path / "round").symlink_to(tmp_path)
    assert written(tmp_path, 1 << 30) == 2 * BLOCK
    assert written(tmp_path / "nowhere", 1) == 0


def test_no_more_is_counted_once_there_is_too_much(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"folder{number}").mkdir()
        (tmp_path / f"folder{number}" / "file").write_text("x")
    assert written(tmp_path, BLOCK) == 5 * BLOCK


def test_files_of_a_volume_are_written_below_it(tmp_path: Path) -> None:
    write_files(tmp_path / "volume", {"a": (b"1", 0o640), "deep/b": (b"2", 0o600)}, ME)
    assert (tmp_path / "volume" / "deep" / "b").read_bytes() == b"2"
    assert (tmp_path / "volume" / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["../beside", "/etc/beside", "a/../../beside", "..", ""])
def test_nothing_is_written_or_removed_elsewhere_whatever_a_name_says(tmp_path: Path, name: str) -> None:
    """Should a name ever get this far: the platform writes as root."""
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "kept").touch()
    with pytest.raises(ValueError, match="not a name below"):
        write_files(tmp_path / "volume", {name: (b"x", 0o644)}, ME)
    with pytest.raises(ValueError, match="not a name below"):
        write_files(tmp_path / "volume" / "..", {"a": (b"x", 0o644)}, ME)
    assert [path.name for path in tmp_path.rglob("*")] == ["beside", "kept"]


@pytest.mark.parametrize(("project", "claim"), [("a", "../b/data"), ("../b", "data"), ("a/b", "data"), ("a", "..")])
def test_no_name_leads_to_a_neighbours_volume(tmp_path: Path, project: str, claim: str) -> None:
    with pytest.raises(ValueError, match="not the name of a folder"):
        Volumes(tmp_path).attach(project, claim, 1 << 20, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("order", "folder"),
    [("o1", "o1"), ("demo:7", "demo:7"), ("a/../../etc", "a%2F..%2F..%2Fetc"), ("2026/1.2_3", "2026%2F1.2_3")],
)
def test_an_orders_folders_have_no_slashes(order: str, folder: str) -> None:
    assert Project(order, "c1", "bureau", "web", 1, ProjectOrder(), 0).folder == folder


@pytest.mark.parametrize(
    "reference",
    [
        "registry.local:5000/others/app:v1",
        "others/app:v1",
        "app:v1",
        "app",
        "3f5a",
        "sha256:3f5a",
        "web/app:v1",
        "localhost:5000/others/app",
        "registry.local:5000/web2/app",
    ],
)
def test_an_image_that_is_here_for_others_is_lent_by_no_name(reference: str) -> None:
    """Podman finds an image by the end of its name and by the beginning of its id, whoever pushed it."""
    assert not lent("web", reference)


@pytest.mark.parametrize(
    "reference",
    ["localhost/web:1", "localhost/base/debian:12", "127.0.0.1:5000/web/app@sha256:00", "registry.cn/base/busybox:1"],
)
def test_its_own_the_base_and_the_operators_images_are_lent(reference: str) -> None:
    assert lent("web", reference)

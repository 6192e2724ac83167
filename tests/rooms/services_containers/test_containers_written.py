"""How much a container wrote: blocks and small files alike, and no more counting than is needed."""

from pathlib import Path

from yunyue.services.containers.podman.evicting import BLOCK, written


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

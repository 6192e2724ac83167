"""Where each tile lies: one path for each tile, and no other text is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.tiles import Tile, parse_path

tiles = st.builds(Tile, st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(0, 1234, 17), "tile/0/x001/234.p/17"),
        (Tile(1, 1234067), "tile/1/x001/x234/067"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
    ],
)
def test_a_tile_lies_where_the_specification_says(tile: Tile, path: str) -> None:
    assert tile.path() == path
    assert parse_path(path) == (tile, False)


@pytest.mark.parametrize(
    ("n", "width", "path"), [(0, 256, "tile/entries/000"), (1234, 17, "tile/entries/x001/234.p/17")]
)
def test_an_entry_bundle_lies_beside_its_tile(n: int, width: int, path: str) -> None:
    assert Tile(0, n, width).entries_path() == path
    assert parse_path(path) == (Tile(0, n, width), True)


@given(tiles)
def test_every_tile_is_found_again_by_its_path(tile: Tile) -> None:
    assert parse_path(tile.path()) == (tile, False)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/017",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/../0/000",
        "tile/٠/000",
        "checkpoint",
    ],
)
def test_no_other_spelling_is_a_path(path: str) -> None:
    assert isinstance(parse_path(path), Refused)


@pytest.mark.parametrize(("level", "n", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_impossible_tiles_are_not_made(level: int, n: int, width: int) -> None:
    with pytest.raises(BrokenTree, match="no such tile"):
        Tile(level, n, width)


def test_only_level_zero_has_entries() -> None:
    with pytest.raises(BrokenTree, match="only tiles of level 0"):
        Tile(1, 0).entries_path()

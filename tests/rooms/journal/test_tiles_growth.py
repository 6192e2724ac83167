"""How tiles grow with the log, and that proofs read from tiles are those computed from all records."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import consistency_proof, inclusion_proof, multiproof, nodes_over, subtree_root
from yunyue.journal.tiles import Tile, grown_tiles, nodes_in_tiles, tiles_of_growth
from yunyue.journal.tree import leaf_hash, root_of

LARGEST = 70_000
LEAVES = [leaf_hash(str(index).encode()) for index in range(LARGEST)]


class Shelf:
    """Tiles in memory, as a store would keep them on disk; counts what is read."""

    def __init__(self) -> None:
        self.tiles: dict[Tile, bytes] = {}
        self.reads: list[Tile] = []

    def read(self, level: int, n: int, width: int) -> bytes:
        self.reads.append(Tile(level, n, width))
        return self.tiles[Tile(level, n, width)]

    def grow(self, old: int, new: int) -> dict[Tile, bytes]:
        made = dict(grown_tiles(old, LEAVES[old:new], self.read))
        self.tiles |= made
        return made


@pytest.fixture(scope="module")
def full() -> Shelf:
    shelf = Shelf()
    shelf.grow(0, LARGEST)
    return shelf


def test_seventy_thousand_records_take_the_tiles_of_the_specifications_example() -> None:
    made = list(tiles_of_growth(0, LARGEST))
    assert made[:273] == [Tile(0, n) for n in range(273)]
    assert made[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]


def test_a_full_first_tile_opens_the_next_level() -> None:
    assert list(tiles_of_growth(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


def test_a_partial_tile_that_grows_is_written_under_its_new_width() -> None:
    assert list(tiles_of_growth(10, 12)) == [Tile(0, 0, 12)]
    assert list(tiles_of_growth(250, 260)) == [Tile(0, 0), Tile(0, 1, 4), Tile(1, 0, 1)]


def test_no_growth_writes_nothing() -> None:
    assert list(tiles_of_growth(300, 300)) == []
    assert list(tiles_of_growth(0, 0)) == []


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_a_log_cannot_shrink(old: int, new: int) -> None:
    with pytest.raises(BrokenTree, match="cannot grow"):
        list(tiles_of_growth(old, new))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 1500), min_size=1, max_size=8))
def test_growing_in_steps_ends_in_the_tiles_of_growing_at_once(steps: list[int]) -> None:
    shelf, size = Shelf(), 0
    for step in steps:
        assert list(shelf.grow(size, size + step)) == list(tiles_of_growth(size, size + step))
        size += step
    at_once = dict(grown_tiles(0, LEAVES[:size], shelf.read))
    assert {tile: shelf.tiles[tile] for tile in at_once} == at_once


def test_growth_reads_at_most_the_partial_tile_of_each_level(full: Shelf) -> None:
    full.reads.clear()
    made = dict(grown_tiles(LARGEST, LEAVES[:300], full.read))
    assert full.reads == [Tile(0, 273, 112), Tile(1, 1, 17)]
    assert list(made) == list(tiles_of_growth(LARGEST, LARGEST + 300))


def test_every_tile_holds_the_roots_it_stands_for(full: Shelf) -> None:
    for level, n, at in ((0, 100, 7), (1, 0, 255), (1, 1, 16), (2, 0, 0)):
        span = 256**level
        first = (n * 256 + at) * span
        packed = next(packed for tile, packed in full.tiles.items() if (tile.level, tile.n) == (level, n))
        assert packed[at * 32 : at * 32 + 32] == root_of(LEAVES[first : first + span])


def test_the_root_read_from_tiles_is_the_root_of_all_records(full: Shelf) -> None:
    assert subtree_root(0, LARGEST, nodes_in_tiles(LARGEST, full.read)) == root_of(LEAVES)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_proofs_from_tiles_are_those_from_all_records(full: Shelf, draw: st.DataObject) -> None:
    index, old = draw.draw(st.integers(0, LARGEST - 1)), draw.draw(st.integers(1, LARGEST))
    some = draw.draw(st.sets(st.integers(0, LARGEST - 1), min_size=1, max_size=5))
    tiled, whole = nodes_in_tiles(LARGEST, full.read), WHOLE
    assert inclusion_proof(index, LARGEST, tiled) == inclusion_proof(index, LARGEST, whole)
    assert consistency_proof(old, LARGEST, tiled) == consistency_proof(old, LARGEST, whole)
    assert multiproof(some, LARGEST, tiled) == multiproof(some, LARGEST, whole)


WHOLE = nodes_over(LEAVES)


def test_a_node_beyond_the_log_is_not_answered(full: Shelf) -> None:
    node_of = nodes_in_tiles(LARGEST, full.read)
    for level, index in ((0, LARGEST), (1, LARGEST // 2), (17, 0), (0, -1)):
        with pytest.raises(BrokenTree, match="not complete"):
            node_of(level, index)


@pytest.mark.parametrize("length", [0, 31, 112 * 32 - 1, 113 * 32])
def test_a_tile_of_a_wrong_length_is_not_used(length: int) -> None:
    node_of = nodes_in_tiles(LARGEST, lambda level, n, width: bytes(length))
    with pytest.raises(BrokenTree, match=r"tile/0/273\.p/112: .* where 3584 are needed"):
        node_of(0, LARGEST - 1)


def test_a_damaged_partial_tile_stops_growth() -> None:
    with pytest.raises(BrokenTree, match=r"tile/0/000\.p/3"):
        list(grown_tiles(3, LEAVES[3:5], lambda level, n, width: b"short"))

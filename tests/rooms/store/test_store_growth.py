"""Growing the tree in batches gives the same tree as growing it at once, and keeps the right hashes."""

from hashlib import sha256
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from yunyue.journal.proofs import nodes_over
from yunyue.journal.tree import Frontier
from yunyue.store.growth import Growth, KeptNode, grow

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(1_600)]
cuts = st.lists(st.integers(0, len(LEAVES)), max_size=8).map(lambda found: sorted({0, *found}))


@given(cuts)
def test_batches_give_the_frontier_of_all_leaves_at_once(cut: list[int]) -> None:
    frontier = Frontier()
    for start, stop in pairwise(cut):
        frontier = grow(frontier, LEAVES[start:stop]).frontier
    assert frontier == Frontier().extend(LEAVES[: cut[-1]])


@given(cuts)
def test_every_complete_block_of_256_is_kept_once_and_in_order(cut: list[int]) -> None:
    frontier, nodes = Frontier(), list[KeptNode]()
    for start, stop in pairwise(cut):
        growth = grow(frontier, LEAVES[start:stop])
        frontier = growth.frontier
        nodes.extend(growth.nodes)
    node_of = nodes_over(LEAVES)
    assert nodes == [(8, index, node_of(8, index)) for index in range(cut[-1] // 256)]


def test_no_leaf_changes_nothing() -> None:
    assert grow(Frontier(), ()) == Growth(Frontier(), ())


def test_a_block_of_65536_is_kept_with_the_blocks_it_is_made_of() -> None:
    leaves = [sha256(number.to_bytes(4, "big")).digest() for number in range(65_536 + 300)]
    first = grow(Frontier(), leaves[:65_535])
    second = grow(first.frontier, leaves[65_535:])
    node_of = nodes_over(leaves)
    assert second.nodes == ((8, 255, node_of(8, 255)), (8, 256, node_of(8, 256)), (16, 0, node_of(16, 0)))
    assert second.frontier == Frontier().extend(leaves)

"""One proof for many records: as few hashes as possible, and not one more or less is accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import ProofFailed, inclusion_proof, multiproof, nodes_over, root_from_multiproof
from yunyue.journal.tree import EMPTY_ROOT, leaf_hash, root_of

LEAVES = [leaf_hash(str(index).encode()) for index in range(100)]
NODE_OF = nodes_over(LEAVES)

choices = st.integers(1, len(LEAVES)).flatmap(
    lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1), min_size=1))
)


def chosen(indexes: set[int]) -> dict[int, bytes]:
    return {index: LEAVES[index] for index in indexes}


def flipped(packed: bytes, bit: int) -> bytes:
    return (int.from_bytes(packed, "big") ^ 1 << bit).to_bytes(len(packed), "big")


@given(choices)
def test_any_set_of_records_gives_the_root_back(choice: tuple[int, set[int]]) -> None:
    size, indexes = choice
    hashes = multiproof(indexes, size, NODE_OF)
    assert root_from_multiproof(size, chosen(indexes), hashes) == root_of(LEAVES[:size])


def test_every_set_of_records_of_every_tree_up_to_nine_gives_the_root_back() -> None:
    for size in range(1, 10):
        for mask in range(1 << size):
            indexes = {index for index in range(size) if mask >> index & 1}
            hashes = multiproof(indexes, size, NODE_OF)
            assert root_from_multiproof(size, chosen(indexes), hashes) == root_of(LEAVES[:size])


@given(
    choices.flatmap(lambda choice: st.tuples(st.just(choice), st.sampled_from(sorted(choice[1])))), st.integers(0, 255)
)
def test_a_changed_leaf_gives_another_root(picked: tuple[tuple[int, set[int]], int], bit: int) -> None:
    (size, indexes), index = picked
    leaves = chosen(indexes) | {index: flipped(LEAVES[index], bit)}
    assert root_from_multiproof(size, leaves, multiproof(indexes, size, NODE_OF)) != root_of(LEAVES[:size])


@given(choices, st.integers(0, 255), st.data())
def test_a_changed_hash_gives_another_root(choice: tuple[int, set[int]], bit: int, draw: st.DataObject) -> None:
    size, indexes = choice
    hashes = multiproof(indexes, size, NODE_OF)
    if hashes:
        at = draw.draw(st.integers(0, len(hashes) - 1))
        hashes[at] = flipped(hashes[at], bit)
        assert root_from_multiproof(size, chosen(indexes), hashes) != root_of(LEAVES[:size])


@given(choices, st.integers(0, 6))
def test_a_changed_index_gives_another_root(choice: tuple[int, set[int]], bit: int) -> None:
    size, indexes = choice
    hashes = multiproof(indexes, size, NODE_OF)
    moved = min(indexes) ^ 1 << bit
    leaves = chosen(indexes - {min(indexes)}) | {moved: LEAVES[min(indexes)]}
    assert root_from_multiproof(size, leaves, hashes) != root_of(LEAVES[:size])


@given(choices)
def test_a_surplus_hash_is_refused(choice: tuple[int, set[int]]) -> None:
    size, indexes = choice
    hashes = multiproof(indexes, size, NODE_OF)
    outcome = root_from_multiproof(size, chosen(indexes), [*hashes, LEAVES[0]])
    assert outcome == ProofFailed(f"the proof has {len(hashes) + 1} hashes where {len(hashes)} are needed")


@given(choices.filter(lambda choice: len(choice[1]) < choice[0]))
def test_a_missing_hash_is_refused(choice: tuple[int, set[int]]) -> None:
    size, indexes = choice
    hashes = multiproof(indexes, size, NODE_OF)
    outcome = root_from_multiproof(size, chosen(indexes), hashes[1:])
    assert outcome == ProofFailed(f"the proof has {len(hashes) - 1} hashes where {len(hashes)} are needed")


def test_all_records_need_no_hash() -> None:
    assert multiproof(range(77), 77, NODE_OF) == []


@pytest.mark.parametrize("index", [0, 41, 76])
def test_one_record_needs_the_hashes_of_its_inclusion_proof(index: int) -> None:
    assert sorted(multiproof([index], 77, NODE_OF)) == sorted(inclusion_proof(index, 77, NODE_OF))


def test_neighbours_share_their_hashes() -> None:
    apart = sum(len(inclusion_proof(index, 64, NODE_OF)) for index in range(8))
    assert (apart, len(multiproof(range(8), 64, NODE_OF))) == (48, 3)


def test_hashes_stand_from_left_to_right() -> None:
    """Of eight records the fourth is asked for: 0-1, then 2, then 4-7 are the subtrees without it."""
    assert multiproof([3], 8, NODE_OF) == [NODE_OF(1, 0), NODE_OF(0, 2), NODE_OF(2, 1)]


def test_asking_twice_for_a_record_is_asking_once() -> None:
    assert multiproof([5, 5, 2], 20, NODE_OF) == multiproof([2, 5], 20, NODE_OF)


def test_no_record_needs_the_root_itself() -> None:
    assert multiproof([], 20, NODE_OF) == [root_of(LEAVES[:20])]


def test_an_empty_tree_has_its_root_without_any_hash() -> None:
    assert multiproof([], 0, NODE_OF) == []
    assert root_from_multiproof(0, {}, []) == EMPTY_ROOT
    assert root_from_multiproof(0, {}, [EMPTY_ROOT]) == ProofFailed("the proof has 1 hashes where 0 are needed")


@pytest.mark.parametrize("indexes", [[-1], [20], [0, 20], [-1, 3]])
def test_an_index_outside_the_tree_is_refused(indexes: list[int]) -> None:
    with pytest.raises(BrokenTree, match="outside a tree of 20"):
        multiproof(indexes, 20, NODE_OF)
    outcome = root_from_multiproof(20, dict.fromkeys(indexes, LEAVES[0]), [])
    assert outcome == ProofFailed("an index is outside a tree of 20 leaves")


def test_a_negative_size_is_refused() -> None:
    assert root_from_multiproof(-1, {}, []) == ProofFailed("an index is outside a tree of -1 leaves")


def test_hashes_of_a_wrong_length_are_refused() -> None:
    hashes = multiproof([3], 8, NODE_OF)
    failed = ProofFailed("a hash has 31 bytes where 32 are needed")
    assert root_from_multiproof(8, {3: bytes(31)}, hashes) == failed
    assert root_from_multiproof(8, {3: LEAVES[3]}, [*hashes[:2], bytes(31)]) == failed

"""The tree: its hashes are RFC 9162's, however the records came in, and its stored edge cannot lie."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # ships no types

from yunyue.journal.errors import BrokenTree
from yunyue.journal.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of, split_point

# The eight records and nine roots that Certificate Transparency implementations share as reference.
CT_RECORDS = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

leaf_lists = st.lists(st.binary(min_size=32, max_size=32), max_size=80)


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(str(index).encode()) for index in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size: int) -> None:
    assert root_of([leaf_hash(record) for record in CT_RECORDS[:size]]).hex() == CT_ROOTS[size]


def test_the_roots_are_those_of_an_independent_implementation() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    ours = Frontier()
    for index in range(300):
        theirs.append_entry(str(index).encode())
        ours = ours.append(leaf_hash(str(index).encode()))
        assert ours.root() == theirs.get_root()


def test_a_tree_without_records_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def test_a_tree_of_one_record_has_its_leaf_hash_as_root() -> None:
    assert root_of([leaf_hash(b"one")]) == leaf_hash(b"one")


def test_a_record_made_of_two_hashes_is_not_mistaken_for_their_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(left + right) != node_hash(left, right)


@given(leaf_lists, st.integers(0, 80))
def test_adding_in_two_parts_gives_the_frontier_of_adding_all(leaves: list[bytes], cut: int) -> None:
    assert Frontier().extend(leaves[:cut]).extend(leaves[cut:]) == Frontier().extend(leaves)


@given(leaf_lists)
def test_adding_one_by_one_gives_the_frontier_of_adding_all(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    assert frontier == Frontier().extend(leaves)


def test_adding_leaves_the_old_frontier_as_it_was() -> None:
    old = Frontier().extend(leaves_of(5))
    root = old.root()
    assert old.append(leaf_hash(b"more")).root() != root
    assert (old.size, old.root()) == (5, root)


def test_adding_nothing_changes_nothing() -> None:
    frontier = Frontier().extend(leaves_of(6))
    assert frontier.extend([]) == frontier


@given(leaf_lists)
def test_a_frontier_comes_back_from_its_bytes(leaves: list[bytes]) -> None:
    frontier = Frontier().extend(leaves)
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


def test_a_frontier_of_a_million_records_takes_few_bytes() -> None:
    leaf = leaf_hash(b"same")
    assert len(Frontier().extend([leaf] * 1_000_000).to_bytes()) == 8 + 32 * (1_000_000).bit_count()


@pytest.mark.parametrize("cut", [0, 1, 7, 9, 39, 41, 71])
def test_a_frontier_cut_short_is_refused(cut: int) -> None:
    stored = Frontier().extend(leaves_of(3)).to_bytes()
    assert len(stored) == 72
    with pytest.raises(BrokenTree, match="frontier"):
        Frontier.from_bytes(stored[:cut])


def test_a_frontier_with_a_surplus_hash_is_refused() -> None:
    stored = Frontier().extend(leaves_of(3)).to_bytes()
    with pytest.raises(BrokenTree, match="needs 2 hashes"):
        Frontier.from_bytes(stored + bytes(32))


def test_a_frontier_whose_size_does_not_fit_its_peaks_is_refused() -> None:
    stored = Frontier().extend(leaves_of(3)).to_bytes()
    with pytest.raises(BrokenTree, match="size 7 needs 3"):
        Frontier.from_bytes((7).to_bytes(8, "big") + stored[8:])


def test_a_peak_of_wrong_length_is_refused() -> None:
    with pytest.raises(BrokenTree, match="32 bytes"):
        Frontier(1, (bytes(31),))


@pytest.mark.parametrize("size", [-1, 1 << 63])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(BrokenTree, match="outside"):
        Frontier(size, ())


@given(leaf_lists.filter(bool), st.data())
def test_any_changed_bit_of_any_leaf_changes_the_root(leaves: list[bytes], draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(leaves) - 1))
    bit = draw.draw(st.integers(0, 255))
    changed = (int.from_bytes(leaves[at], "big") ^ 1 << bit).to_bytes(32, "big")
    assert root_of([*leaves[:at], changed, *leaves[at + 1 :]]) != root_of(leaves)


def test_trees_are_cut_at_the_largest_power_of_two_below_their_size() -> None:
    powers = [1 << exponent for exponent in range(12)]
    for size in range(2, 2048):
        assert split_point(size) == max(power for power in powers if power < size)

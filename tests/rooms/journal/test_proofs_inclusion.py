"""Proofs that a record stands in the journal: every true one holds, every changed one fails and says why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # ships no types

from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import ProofFailed, Proven, inclusion_proof, nodes_over, verify_inclusion
from yunyue.journal.tree import leaf_hash, root_of

LEAVES = [leaf_hash(str(index).encode()) for index in range(130)]
ROOTS = [root_of(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
NODE_OF = nodes_over(LEAVES)

CT_RECORDS = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_PATHS = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip

positions = st.integers(1, len(LEAVES)).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


def flipped(packed: bytes, bit: int) -> bytes:
    return (int.from_bytes(packed, "big") ^ 1 << bit).to_bytes(len(packed), "big")


@pytest.mark.parametrize(("index", "size", "path"), CT_PATHS)
def test_the_published_proofs_come_out(index: int, size: int, path: list[str]) -> None:
    leaves = [leaf_hash(record) for record in CT_RECORDS[:size]]
    proof = inclusion_proof(index, size, nodes_over(leaves))
    assert [each.hex() for each in proof] == path
    assert verify_inclusion(leaves[index], index, size, proof, root_of(leaves)) == Proven()


def test_every_record_of_every_tree_up_to_seventy_is_proven() -> None:
    for size in range(1, 71):
        for index in range(size):
            proof = inclusion_proof(index, size, NODE_OF)
            assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size]) == Proven()


def test_the_proofs_are_those_of_an_independent_implementation() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    for index in range(70):
        theirs.append_entry(str(index).encode())
    for size in range(1, 71):
        for index in range(size):
            path = theirs.prove_inclusion(index + 1, size).path
            assert [LEAVES[index], *inclusion_proof(index, size, NODE_OF)] == list(path)


@given(positions, st.integers(0, 255))
def test_a_changed_leaf_fails(position: tuple[int, int], bit: int) -> None:
    index, size = position
    proof = inclusion_proof(index, size, NODE_OF)
    outcome = verify_inclusion(flipped(LEAVES[index], bit), index, size, proof, ROOTS[size])
    assert outcome == ProofFailed("the leaf and the proof give another root")


@given(positions, st.integers(0, 255))
def test_a_changed_root_fails(position: tuple[int, int], bit: int) -> None:
    index, size = position
    proof = inclusion_proof(index, size, NODE_OF)
    assert not verify_inclusion(LEAVES[index], index, size, proof, flipped(ROOTS[size], bit))


@given(positions.filter(lambda position: position[1] > 1), st.integers(0, 255), st.data())
def test_a_changed_hash_in_the_proof_fails(position: tuple[int, int], bit: int, draw: st.DataObject) -> None:
    index, size = position
    proof = inclusion_proof(index, size, NODE_OF)
    at = draw.draw(st.integers(0, len(proof) - 1))
    proof[at] = flipped(proof[at], bit)
    assert not verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@given(positions, st.integers(0, 8))
def test_a_changed_bit_of_the_index_fails(position: tuple[int, int], bit: int) -> None:
    index, size = position
    proof = inclusion_proof(index, size, NODE_OF)
    assert not verify_inclusion(LEAVES[index], index ^ 1 << bit, size, proof, ROOTS[size])


@settings(max_examples=50)
@given(positions)
def test_a_proof_for_one_record_proves_no_other(position: tuple[int, int]) -> None:
    index, size = position
    proof = inclusion_proof(index, size, NODE_OF)
    others = [other for other in range(size) if verify_inclusion(LEAVES[other], other, size, proof, ROOTS[size])]
    assert others == [index]


@given(positions.filter(lambda position: position[1] > 1))
def test_a_missing_hash_fails(position: tuple[int, int]) -> None:
    index, size = position
    proof = inclusion_proof(index, size, NODE_OF)
    outcome = verify_inclusion(LEAVES[index], index, size, proof[:-1], ROOTS[size])
    assert isinstance(outcome, ProofFailed)
    assert "fewer than the path" in outcome.reason


@given(positions)
def test_a_surplus_hash_fails(position: tuple[int, int]) -> None:
    index, size = position
    proof = [*inclusion_proof(index, size, NODE_OF), LEAVES[0]]
    outcome = verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
    assert isinstance(outcome, ProofFailed)
    assert "more than the path" in outcome.reason


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_an_index_outside_the_tree_fails(index: int) -> None:
    proof = inclusion_proof(7, 8, NODE_OF)
    assert verify_inclusion(LEAVES[7], index, 8, proof, ROOTS[8]) == ProofFailed(
        f"index {index} is outside a tree of 8 leaves"
    )


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_hashes_of_a_wrong_length_fail_wherever_they_stand(length: int) -> None:
    proof, wrong = inclusion_proof(3, 8, NODE_OF), bytes(length)
    failed = ProofFailed(f"a hash has {length} bytes where 32 are needed")
    assert verify_inclusion(wrong, 3, 8, proof, ROOTS[8]) == failed
    assert verify_inclusion(LEAVES[3], 3, 8, proof, wrong) == failed
    assert verify_inclusion(LEAVES[3], 3, 8, [*proof[:2], wrong], ROOTS[8]) == failed


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_no_proof_is_made_for_a_record_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(BrokenTree, match="outside a tree"):
        inclusion_proof(index, size, NODE_OF)


def test_no_proof_is_made_from_a_tree_that_lacks_the_records() -> None:
    with pytest.raises(BrokenTree, match="not complete"):
        inclusion_proof(0, 9, nodes_over(LEAVES[:8]))


def test_a_failed_proof_is_false_and_a_proven_one_true() -> None:
    assert Proven()
    assert not ProofFailed("why")
    assert str(ProofFailed("why")) == "why"

"""Proofs that a later journal begins with an earlier one: a rewritten or shortened past never passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # ships no types

from yunyue.journal.errors import BrokenTree
from yunyue.journal.proofs import ProofFailed, Proven, consistency_proof, nodes_over, verify_consistency
from yunyue.journal.tree import EMPTY_ROOT, leaf_hash, root_of

LARGEST = 70
LEAVES = [leaf_hash(str(index).encode()) for index in range(LARGEST)]
ROOTS = [root_of(LEAVES[:size]) for size in range(LARGEST + 1)]
NODE_OF = nodes_over(LEAVES)

CT_RECORDS = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_PROOFS = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip

growths = st.integers(2, LARGEST).flatmap(lambda new: st.tuples(st.integers(1, new - 1), st.just(new)))


def flipped(packed: bytes, bit: int) -> bytes:
    return (int.from_bytes(packed, "big") ^ 1 << bit).to_bytes(len(packed), "big")


@pytest.mark.parametrize(("old", "new", "path"), CT_PROOFS)
def test_the_published_proofs_come_out(old: int, new: int, path: list[str]) -> None:
    leaves = [leaf_hash(record) for record in CT_RECORDS[:new]]
    proof = consistency_proof(old, new, nodes_over(leaves))
    assert [each.hex() for each in proof] == path
    assert verify_consistency(old, root_of(leaves[:old]), new, root_of(leaves), proof) == Proven()


def test_every_growth_up_to_seventy_is_proven() -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, NODE_OF)
            assert verify_consistency(old, ROOTS[old], new, ROOTS[new], proof) == Proven()


def subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1, written as the RFC writes it, over slices."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    if old <= cut:
        return [*subproof(old, leaves[:cut], whole), root_of(leaves[cut:])]
    return [*subproof(old - cut, leaves[cut:], False), root_of(leaves[:cut])]


def test_the_proofs_are_those_of_the_definition_in_the_rfc() -> None:
    for new in range(1, 41):
        for old in range(1, new + 1):
            assert consistency_proof(old, new, NODE_OF) == subproof(old, LEAVES[:new], True)


def test_an_independent_implementation_proves_growth_between_the_same_roots() -> None:
    """pymerkle cuts the path finer than the RFC, so its proofs are not byte for byte ours; its roots are."""
    theirs = InmemoryTree(algorithm="sha256")
    for index in range(LARGEST):
        theirs.append_entry(str(index).encode())
    for new in range(2, LARGEST + 1):
        for old in range(1, new):
            theirs.prove_consistency(old, new).verify(ROOTS[old], ROOTS[new], old, new)


def test_no_proof_of_one_growth_passes_for_another_past() -> None:
    for new in range(2, 34):
        for old in range(1, new):
            rewritten = root_of([leaf_hash(b"rewritten"), *LEAVES[1:old]])
            proof = consistency_proof(old, new, NODE_OF)
            assert not verify_consistency(old, rewritten, new, ROOTS[new], proof)


@given(growths, st.integers(0, 255))
def test_a_changed_old_root_fails(growth: tuple[int, int], bit: int) -> None:
    old, new = growth
    assert not verify_consistency(old, flipped(ROOTS[old], bit), new, ROOTS[new], consistency_proof(old, new, NODE_OF))


@given(growths, st.integers(0, 255))
def test_a_changed_new_root_fails(growth: tuple[int, int], bit: int) -> None:
    old, new = growth
    assert not verify_consistency(old, ROOTS[old], new, flipped(ROOTS[new], bit), consistency_proof(old, new, NODE_OF))


@given(growths, st.integers(0, 255), st.data())
def test_a_changed_hash_in_the_proof_fails(growth: tuple[int, int], bit: int, draw: st.DataObject) -> None:
    old, new = growth
    proof = consistency_proof(old, new, NODE_OF)
    at = draw.draw(st.integers(0, len(proof) - 1))
    proof[at] = flipped(proof[at], bit)
    assert not verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)


@given(growths)
def test_a_missing_or_surplus_hash_fails(growth: tuple[int, int]) -> None:
    old, new = growth
    proof = consistency_proof(old, new, NODE_OF)
    assert not verify_consistency(old, ROOTS[old], new, ROOTS[new], proof[:-1])
    assert verify_consistency(old, ROOTS[old], new, ROOTS[new], [*proof, LEAVES[0]]) == ProofFailed(
        f"the proof has {len(proof) + 1} hashes, more than the path"
    )


@given(growths)
def test_a_shortened_log_fails(growth: tuple[int, int]) -> None:
    old, new = growth
    proof = consistency_proof(old, new, NODE_OF)
    outcome = verify_consistency(new, ROOTS[new], old, ROOTS[old], proof)
    assert outcome == ProofFailed(f"{new} leaves cannot be the beginning of {old}")


def test_two_roots_for_the_same_size_are_a_fork() -> None:
    assert verify_consistency(8, ROOTS[8], 8, ROOTS[9], []) == ProofFailed("two roots for the same 8 leaves")


def test_an_empty_log_begins_every_log_if_it_was_empty() -> None:
    assert verify_consistency(0, EMPTY_ROOT, 8, ROOTS[8], []) == Proven()
    assert verify_consistency(0, ROOTS[1], 8, ROOTS[8], []) == ProofFailed(
        "the old root is not the root of an empty tree"
    )


@pytest.mark.parametrize("old", [0, 8])
def test_a_proof_where_none_is_needed_fails(old: int) -> None:
    outcome = verify_consistency(old, ROOTS[old], 8, ROOTS[8], [ROOTS[1]])
    assert outcome == ProofFailed("the proof has 1 hashes where none is needed")


@pytest.mark.parametrize("old", [1, 3, 4, 7])
def test_no_proof_where_one_is_needed_fails(old: int) -> None:
    assert verify_consistency(old, ROOTS[old], 8, ROOTS[8], []) == ProofFailed("the proof is empty")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_hashes_of_a_wrong_length_fail_wherever_they_stand(length: int) -> None:
    proof, wrong = consistency_proof(3, 8, NODE_OF), bytes(length)
    failed = ProofFailed(f"a hash has {length} bytes where 32 are needed")
    assert verify_consistency(3, wrong, 8, ROOTS[8], proof) == failed
    assert verify_consistency(3, ROOTS[3], 8, wrong, proof) == failed
    assert verify_consistency(3, ROOTS[3], 8, ROOTS[8], [wrong, *proof[1:]]) == failed


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5)])
def test_no_proof_is_made_of_a_log_that_shrank(old: int, new: int) -> None:
    with pytest.raises(BrokenTree, match="cannot be the beginning"):
        consistency_proof(old, new, NODE_OF)

"""Short proofs that a record stands in the journal, and that a later journal still begins with an earlier one.

Everything is RFC 9162 section 2.1. Who makes a proof gives `node_of(level, index)`, the 32-byte root of the complete
subtree over leaves [index * 2^level, (index + 1) * 2^level); who checks one needs no tree at all.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from yunyue.journal.errors import BrokenTree
from yunyue.journal.tree import EMPTY_ROOT, HASH_LENGTH, node_hash, paired, root_of, split_point

NodeOf = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Proven:
    """The proof holds; true in a condition."""


@dataclass(frozen=True, slots=True)
class ProofFailed:
    """The proof does not hold, and why; false in a condition, so a forgotten `match` fails closed."""

    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return self.reason


def nodes_over(leaves: Sequence[bytes]) -> NodeOf:
    """A `node_of` computed from all leaf hashes, kept in memory (64 bytes a leaf)."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        levels.append(paired(levels[-1]))

    def node_of(level: int, index: int) -> bytes:
        if level >= len(levels) or not 0 <= index < len(levels[level]):
            raise BrokenTree(f"node {index} of level {level}: not complete in a tree of {len(leaves)} leaves")
        return levels[level][index]

    return node_of


def subtree_root(start: int, end: int, node_of: NodeOf) -> bytes:
    """The root over leaves [start, end), `start` being where RFC 9162's cuts put a subtree of that size."""
    complete, size = [], end - start
    while size:
        level = size.bit_length() - 1
        complete.append(node_of(level, start >> level))
        start, size = start + (1 << level), size - (1 << level)
    root = complete.pop()
    while complete:
        root = node_hash(complete.pop(), root)
    return root


def inclusion_proof(index: int, size: int, node_of: NodeOf) -> list[bytes]:
    """The hashes beside the path from leaf `index` to the root of the first `size` leaves, leaf end first.

    RFC 9162 section 2.1.3.1. Raises BrokenTree unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise BrokenTree(f"inclusion proof: index {index} is outside a tree of {size} leaves")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split_point(end - start)
        if index < middle:
            path.append(subtree_root(middle, end, node_of))
            end = middle
        else:
            path.append(subtree_root(start, middle, node_of))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> Proven | ProofFailed:
    """Does `root`, the root of `size` leaves, have the leaf hash `leaf` at `index`? (RFC 9162 section 2.1.3.2)

    A proof does not itself pin the size down: take `size` and `root` from the same signed checkpoint.
    """
    if not 0 <= index < size:
        return ProofFailed(f"index {index} is outside a tree of {size} leaves")
    if (wrong := _wrong_length((leaf, root, *proof))) is not None:
        return wrong
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return ProofFailed(f"the proof has {len(proof)} hashes, more than the path")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            position, last = _skipped(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    if last:
        return ProofFailed(f"the proof has {len(proof)} hashes, fewer than the path")
    return Proven() if computed == root else ProofFailed("the leaf and the proof give another root")


def _skipped(position: int, last: int) -> tuple[int, int]:
    """Climbs past the levels where a node at the right edge has no sibling and stays as it is."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def consistency_proof(old: int, new: int, node_of: NodeOf) -> list[bytes]:
    """The hashes that show the first `old` of `new` leaves unchanged (RFC 9162 section 2.1.4.1).

    Empty when old is 0 or equals new. Raises BrokenTree unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise BrokenTree(f"consistency proof: {old} leaves cannot be the beginning of {new}")
    if old == 0:
        return []
    path, start, end = [], 0, new
    while end != old:
        middle = start + split_point(end - start)
        if old <= middle:
            path.append(subtree_root(middle, end, node_of))
            end = middle
        else:
            path.append(subtree_root(start, middle, node_of))
            start = middle
    if start:
        path.append(subtree_root(start, end, node_of))
    return path[::-1]


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> Proven | ProofFailed:
    """Does the tree of `new` leaves begin with the tree of `old` leaves? (RFC 9162 section 2.1.4.2)"""
    if not 0 <= old <= new:
        return ProofFailed(f"{old} leaves cannot be the beginning of {new}")
    if (wrong := _wrong_length((old_root, new_root, *proof))) is not None:
        return wrong
    if old in (0, new):
        return _verify_trivial(old, old_root, new, new_root, proof)
    if not proof:
        return ProofFailed("the proof is empty")
    return _verify_growth(old, old_root, new, new_root, proof)


def _verify_trivial(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> Proven | ProofFailed:
    """RFC 9162 leaves these two cases to the caller: nothing grew, or it grew from nothing."""
    if proof:
        return ProofFailed(f"the proof has {len(proof)} hashes where none is needed")
    if old == 0 and old_root != EMPTY_ROOT:
        return ProofFailed("the old root is not the root of an empty tree")
    if old == new and old_root != new_root:
        return ProofFailed(f"two roots for the same {old} leaves")
    return Proven()


def _verify_growth(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> Proven | ProofFailed:
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    # A complete old tree is itself the first node of the path, so its proof leaves it out.
    first, *rest = proof if position else (old_root, *proof)
    as_old = as_new = first
    for sibling in rest:
        if not last:
            return ProofFailed(f"the proof has {len(proof)} hashes, more than the path")
        if position & 1 or position == last:
            as_old, as_new = node_hash(sibling, as_old), node_hash(sibling, as_new)
            position, last = _skipped(position, last)
        else:
            as_new = node_hash(as_new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        return ProofFailed(f"the proof has {len(proof)} hashes, fewer than the path")
    if as_old != old_root:
        return ProofFailed("the proof gives another old root")
    return Proven() if as_new == new_root else ProofFailed("the proof gives another new root")


def multiproof(indexes: Iterable[int], size: int, node_of: NodeOf) -> list[bytes]:
    """The fewest hashes that prove all leaves in `indexes` at once: the largest subtrees without any of them.

    They stand left to right. Raises BrokenTree unless every index is in 0 to size-1.
    """
    wanted = sorted(set(indexes))
    if wanted and not 0 <= wanted[0] <= wanted[-1] < size:
        raise BrokenTree(f"multiproof: an index of {wanted[0]} to {wanted[-1]} is outside a tree of {size} leaves")
    return [subtree_root(start, end, node_of) for start, end in _gaps(wanted, size)]


def _gaps(wanted: Sequence[int], size: int) -> list[tuple[int, int]]:
    """The largest subtrees [start, end) of RFC 9162's cuts that hold none of the sorted `wanted`, left to right."""
    found: list[tuple[int, int]] = []

    def walk(start: int, end: int, first: int, stop: int) -> None:
        if first == stop:
            found.append((start, end))
        elif stop - first < end - start:
            middle = start + split_point(end - start)
            cut = bisect_left(wanted, middle, first, stop)
            walk(start, middle, first, cut)
            walk(middle, end, cut, stop)

    if size:
        walk(0, size, 0, len(wanted))
    return found


def root_from_multiproof(size: int, leaves: Mapping[int, bytes], hashes: Sequence[bytes]) -> bytes | ProofFailed:
    """The root of a tree of `size` leaves, from some leaf hashes by index and the hashes of `multiproof`.

    The caller compares it with a signed root. Fails on a surplus or missing hash and on an index outside the tree.
    """
    wanted = sorted(leaves)
    if size < 0 or (wanted and not 0 <= wanted[0] <= wanted[-1] < size):
        return ProofFailed(f"an index is outside a tree of {size} leaves")
    known = [leaves[index] for index in wanted]
    if (wrong := _wrong_length((*known, *hashes))) is not None:
        return wrong
    needed = len(_gaps(wanted, size))
    if len(hashes) != needed:
        return ProofFailed(f"the proof has {len(hashes)} hashes where {needed} are needed")
    beside = iter(hashes)

    def root(start: int, end: int, first: int, stop: int) -> bytes:
        if first == stop:
            return next(beside)
        if stop - first == end - start:
            return root_of(known[first:stop])
        middle = start + split_point(end - start)
        cut = bisect_left(wanted, middle, first, stop)
        return node_hash(root(start, middle, first, cut), root(middle, end, cut, stop))

    return root(0, size, 0, len(wanted)) if size else EMPTY_ROOT


def _wrong_length(hashes: Iterable[bytes]) -> ProofFailed | None:
    """The failure to report when one is not a hash; None when all are 32 bytes."""
    for each in hashes:
        if len(each) != HASH_LENGTH:
            return ProofFailed(f"a hash has {len(each)} bytes where {HASH_LENGTH} are needed")
    return None

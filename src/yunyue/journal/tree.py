"""The tree that makes the journal's order and content one number: change any record and the root changes.

Hashing is RFC 9162 section 2.1 (SHA-256, 0x00 before a leaf, 0x01 before a node). Records are appended through a
Frontier: the size and the roots of the complete subtrees on the left edge, at most 64 hashes however long the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from yunyue.journal.errors import BrokenTree

HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(record: bytes) -> bytes:
    """The 32-byte hash of one record (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of two subtrees that stand side by side (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def paired(nodes: Sequence[bytes]) -> list[bytes]:
    """The level above `nodes`: each two neighbours become one; an odd last one is left out."""
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=False)]


def split_point(size: int) -> int:
    """The largest power of two smaller than `size` (size >= 2), where RFC 9162 cuts a tree in two."""
    return 1 << (size - 1).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree of `size` leaves: `peaks` are the roots of its complete subtrees, largest first.

    Frozen: append and extend answer a new Frontier. Raises BrokenTree when peaks do not fit the size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size < 1 << 63:
            raise BrokenTree(f"frontier: size {self.size} is outside 0 to 2^63-1")
        if len(self.peaks) != self.size.bit_count() or any(len(peak) != HASH_LENGTH for peak in self.peaks):
            raise BrokenTree(f"frontier: size {self.size} needs {self.size.bit_count()} hashes of {HASH_LENGTH} bytes")

    def append(self, leaf: bytes) -> Self:
        """This frontier with one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Sequence[bytes]) -> Self:
        """This frontier with more leaf hashes, joined level by level (one pass of plain SHA-256 each)."""
        nodes, index, peaks = list(leaves), self.size, list(self.peaks)
        left_over: list[bytes] = []
        while nodes:
            if index & 1:
                nodes.insert(0, peaks.pop())
            if len(nodes) & 1:
                left_over.append(nodes[-1])
            nodes = paired(nodes)
            index >>= 1
        return type(self)(self.size + len(leaves), (*peaks, *reversed(left_over)))

    def root(self) -> bytes:
        """The 32-byte root of the whole tree (EMPTY_ROOT when it has no leaf)."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """For a database row: the size as 8 bytes, most significant first, then the peaks, largest first."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """The frontier `to_bytes` wrote; raises BrokenTree when the row contradicts itself."""
        if len(stored) < 8 or (len(stored) - 8) % HASH_LENGTH:
            raise BrokenTree(f"frontier: {len(stored)} bytes are not a size and whole hashes")
        return cls(int.from_bytes(stored[:8], "big"), hashes_in(stored[8:]))


def hashes_in(packed: bytes) -> tuple[bytes, ...]:
    """The 32-byte hashes that stand one after another in `packed`."""
    return tuple(packed[start : start + HASH_LENGTH] for start in range(0, len(packed), HASH_LENGTH))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The 32-byte root of a tree with these leaf hashes (RFC 9162 section 2.1.1)."""
    return Frontier().extend(leaves).root()

"""How a fact hangs in the published tree: its path of hashes up to a signed head, checked as it is handed out."""

from dataclasses import dataclass

from yunyue.answer import Refused
from yunyue.journal.checkpoint import Checkpoint
from yunyue.journal.proofs import inclusion_proof, verify_inclusion
from yunyue.journal.tree import leaf_hash
from yunyue.kernel.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A leaf, its place, and its audit path to a signed head (RFC 9162 section 2.1.3)."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    head: Checkpoint
    holds: bool

    def plain(self) -> dict[str, object]:
        """As JSON values, hashes in hexadecimal."""
        return {
            "index": self.index,
            "leaf_hash": self.leaf.hex(),
            "path": [one.hex() for one in self.path],
            "size": self.head.size,
            "root": self.head.root.hex(),
            "origin": self.head.origin,
            "holds": self.holds,
        }


def inclusion(kernel: Kernel, sequence: int) -> Inclusion | Refused:
    """The proof of the leaf at a place. A leaf the published head does not cover yet is published first."""
    head = covering(kernel, sequence + 1)
    return head if isinstance(head, Refused) else under(kernel, sequence, head)


def covering(kernel: Kernel, size: int) -> Checkpoint | Refused:
    """The published head, after publishing when it covers fewer leaves than that."""
    latest = kernel.publication.latest()
    if isinstance(latest, Refused):
        return latest
    return latest if latest is not None and latest.size >= size else kernel.publish()


def under(kernel: Kernel, sequence: int, head: Checkpoint) -> Inclusion:
    """The proof of a leaf under a signed head that covers it."""
    leaf = leaf_hash(next(iter(kernel.journal.leaves(sequence, sequence + 1))))
    path = tuple(inclusion_proof(sequence, head.size, kernel.journal.node))
    return Inclusion(sequence, leaf, path, head, bool(verify_inclusion(leaf, sequence, head.size, path, head.root)))

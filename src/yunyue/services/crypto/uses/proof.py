"""The proof that one record is in the use log: checked against a head anybody kept, without the log."""

from dataclasses import dataclass
from typing import Any, Self

import msgspec

from yunyue.answer import Refused
from yunyue.journal.proofs import ProofFailed, verify_inclusion
from yunyue.journal.tree import leaf_hash
from yunyue.services.crypto.uses.record import Use


def leaf_of(row: tuple[object, ...]) -> bytes:
    """A record as the tree takes it: its fields as text, octets in hexadecimal, one after another."""
    return "\x1f".join(value.hex() if isinstance(value, bytes) else str(value) for value in row).encode()


@dataclass(frozen=True, slots=True)
class UseProof:
    """A record, its number, and the hashes that lead from it to the root of a tree of `size` (RFC 9162)."""

    number: int
    use: Use
    size: int
    path: tuple[bytes, ...]
    root: bytes

    def holds(self, size: int, root: bytes) -> bool:
        """Whether the record is under this head, which the asker has from elsewhere: a fact of the journal."""
        if (size, root) != (self.size, self.root):
            return False
        leaf = leaf_hash(leaf_of((self.number, *self.use)))
        return not isinstance(verify_inclusion(leaf, self.number, size, self.path, root), ProofFailed)

    def to_json(self) -> bytes:
        """As a file."""
        plain = {name: one.hex() if isinstance(one, bytes) else one for name, one in self.use._asdict().items()}
        path = [one.hex() for one in self.path]
        shown = {"number": self.number, "use": plain, "size": self.size, "path": path, "root": self.root.hex()}
        return msgspec.json.format(msgspec.json.encode(shown))

    @classmethod
    def from_json(cls, content: bytes) -> Self | Refused:
        """From a file. Refused: it is no proof."""
        try:
            read: dict[str, Any] = msgspec.json.decode(content)
            given = {**read["use"], **{name: bytes.fromhex(read["use"][name]) for name in ("request", "response")}}
            path = tuple(bytes.fromhex(one) for one in read["path"])
            return cls(read["number"], Use(**given), read["size"], path, bytes.fromhex(read["root"]))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            return Refused(f"no proof of a use: {error}", "proof")

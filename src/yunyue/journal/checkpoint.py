"""A checkpoint: the few lines that say which log, how many records it holds, and the root over them (C2SP).

It is the text of a signed note; whoever holds a signed checkpoint can hold the log to it for ever.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Self

from yunyue.answer import Refused
from yunyue.journal.errors import BrokenTree
from yunyue.journal.note import canonical_base64
from yunyue.journal.tree import EMPTY_ROOT, HASH_LENGTH

LARGEST_SIZE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's name, its number of records, the 32-byte root over them, and further lines (normally none)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The lines to be signed; raises BrokenTree when they would not read back as the same checkpoint."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        written = "".join(f"{line}\n" for line in lines)
        if self.parse(written) != self:
            raise BrokenTree(f"{self!r} cannot be written as a checkpoint")
        return written

    @classmethod
    def parse(cls, text: str) -> Self | Refused:
        """Reads the text of a note as a checkpoint (C2SP tlog-checkpoint); refuses any other spelling of it."""
        *lines, after = text.split("\n")
        if after or len(lines) < 3:
            return Refused("fewer than three whole lines", "checkpoint")
        origin, size, encoded, *extensions = lines
        if any(not line or any(each < " " for each in line) for line in lines):
            return Refused("an empty line or a control character", "checkpoint")
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size, re.ASCII) or int(size) > LARGEST_SIZE:
            return Refused("not a decimal number from 0 to 2^63-1 without leading zeros", "checkpoint.size")
        root = canonical_base64(encoded)
        if root is None or len(root) != HASH_LENGTH:
            return Refused("not the base64 of 32 bytes", "checkpoint.root")
        if size == "0" and root != EMPTY_ROOT:
            return Refused("an empty log has the root of an empty tree", "checkpoint.root")
        return cls(origin, int(size), root, tuple(extensions))

"""Writes a sealed stream in whole blocks of the file.

Pieces with their tags end in the middle of pages, and a page that is written twice costs more than sealing it.
"""

from typing import BinaryIO, Final

BLOCK: Final = 1 << 16


class Blocks:
    """What is put in `room` is written as soon as it fills a block; `end` writes the rest."""

    def __init__(self, target: BinaryIO, largest: int) -> None:
        """`largest`: how many octets are put in at once, at most."""
        self._target = target
        self._buffer = memoryview(bytearray(BLOCK + largest))
        self._held = 0

    @property
    def room(self) -> memoryview:
        """Where the next octets go, at least `largest` of them; after that say how many with `put`."""
        return self._buffer[self._held :]

    def put(self, octets: int) -> None:
        """So many octets are in `room` now."""
        end = self._held + octets
        whole = end - end % BLOCK
        write(self._target, self._buffer[:whole])
        self._held = end - whole
        self._buffer[: self._held] = bytes(self._buffer[whole:end])

    def end(self) -> None:
        """Nothing more comes."""
        write(self._target, self._buffer[: self._held])
        self._held = 0


def write(target: BinaryIO, content: memoryview) -> None:
    """All of it: a file without buffer may take less at a time."""
    while content:
        content = content[target.write(content) :]

"""Writes a sealed stream in whole blocks of the file, into room set aside for all of it.

Pieces with their tags end in the middle of pages, and a page that is written twice costs more than sealing it.
Measured on ext4: room set aside in one go takes a third off what writing costs, and a full disk shows at the beginning.
"""

import errno
import os
import stat
from typing import BinaryIO, Final

BLOCK: Final = 1 << 16
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Blocks:
    """What is put in `room` is written as soon as it fills a block; `end` writes the rest."""

    def __init__(self, target: BinaryIO, largest: int) -> None:
        """`largest`: how many octets are put in at once, at most."""
        self._target = target
        self._buffer = memoryview(bytearray(BLOCK + largest))
        self._held = 0
        self._reserved = False

    @property
    def room(self) -> memoryview:
        """Where the next octets go, at least `largest` of them; after that say how many with `put`."""
        return self._buffer[self._held :]

    def reserve(self, octets: int) -> None:
        """So many will be written. Raises OSError for a full disk; does nothing where no room can be set aside."""
        self._reserved = _reserved(self._target, octets)

    def put(self, octets: int) -> None:
        """So many octets are in `room` now."""
        end = self._held + octets
        whole = end - end % BLOCK
        write(self._target, self._buffer[:whole])
        self._held = end - whole
        self._buffer[: self._held] = bytes(self._buffer[whole:end])

    def end(self) -> None:
        """Nothing more comes; room that was not needed is given back."""
        write(self._target, self._buffer[: self._held])
        self._held = 0
        if self._reserved:
            self._target.truncate()


def write(target: BinaryIO, content: memoryview) -> None:
    """All of it: a file without buffer may take less at a time."""
    while content:
        content = content[target.write(content) :]


def length_of(source: object) -> int:
    """How many octets a file still holds from where it stands; 0 for what is no file."""
    place = _place(source)
    return 0 if place is None else max(0, place[2] - place[1])


def _reserved(target: object, octets: int) -> bool:
    """Whether room was set aside behind the end of a file; nothing else is given room."""
    place = _place(target)
    if place is None or place[2] > place[1] or not octets:
        return False
    try:
        os.posix_fallocate(place[0], place[1], octets)
    except OSError as error:
        if error.errno in FULL:
            raise
        return False
    return True


def _place(file: object) -> tuple[int, int, int] | None:
    """Descriptor, place and size of a regular file; None for a pipe, a socket, octets in memory."""
    try:
        number = file.fileno()  # type: ignore[attr-defined]  # what has none is no file, which is the question
        found = os.fstat(number)
        return (number, file.tell(), found.st_size) if stat.S_ISREG(found.st_mode) else None  # type: ignore[attr-defined]  # it has a descriptor
    except (AttributeError, OSError, ValueError):
        return None

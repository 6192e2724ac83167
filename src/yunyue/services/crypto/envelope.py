"""Files and streams under a data key of their own: the vault seals only the key, the file stays where it is.

A sealed stream: the magic line, a length and a JSON head (the wrapped data key, the cipher, the piece size), then
pieces. Piece i has the nonce prefix(7) || i(4) || last(1), and the head bound to it: pieces cannot be changed, swapped,
left out, repeated, cut off at the end, or moved to another file (the STREAM construction of Hoang and others, 2015).
"""

from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.aead import KEY_LENGTHS, TAG, Aead, aead
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.mac import digest

MAGIC: Final = b"yunyue-envelope-1\n"
PIECE: Final = 1 << 20
LARGEST_PIECE: Final = 1 << 24
LARGEST_HEAD: Final = 1 << 16
MOST_PIECES: Final = 1 << 32
PREFIX: Final = 7
DAMAGED: Final = Refused("the stream was changed, cut off, or is not whole", "source")


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stream says of itself; none of it is secret."""

    key: str
    cipher: str
    piece: int
    prefix: bytes


class Source(Protocol):
    """A stream that is read into a buffer: a file, a pipe, a socket's file."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """How many octets were put in; 0 at the end."""
        ...


class DataKeys(Protocol):
    """Who makes and opens data keys: the vault, through a client."""

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        """A data key of so many octets, and the same sealed."""
        ...

    def open(self, sealed: str) -> bytes | Refused:
        """The data key behind."""
        ...


def seal_stream(
    keys: DataKeys, source: Source, target: BinaryIO, cipher: str = "sm4-gcm", piece: int = PIECE
) -> int | Refused:
    """Writes `source`, sealed, to `target`; how many octets were read. Nothing is written when it is refused."""
    if cipher not in KEY_LENGTHS or not 0 < piece <= LARGEST_PIECE:
        return Refused(f"a cipher of {', '.join(KEY_LENGTHS)} and pieces of up to {LARGEST_PIECE} octets", "cipher")
    length = KEY_LENGTHS[cipher]
    made = keys.fresh(length)
    if isinstance(made, Refused):
        return made
    worker = aead(cipher, made[0])
    if isinstance(worker, Unavailable):
        return Refused(str(worker), "cipher")
    head = msgspec.json.encode(Head(made[1], cipher, piece, random_octets(PREFIX)))
    target.write(MAGIC + len(head).to_bytes(4, "big") + head)
    bound, prefix = digest("sm3", head), msgspec.json.decode(head, type=Head).prefix
    total = 0
    written = bytearray(piece + TAG)
    for index, text, last in _pieces(source, piece):
        if index >= MOST_PIECES:
            return Refused("a stream has at most 2^32 pieces; choose larger ones", "source")
        worker.seal_into(_nonce(prefix, index, last=last), text, written, bound)
        _write(target, memoryview(written)[: len(text) + TAG])
        total += len(text)
    return total


def open_stream(keys: DataKeys, source: Source, target: BinaryIO) -> int | Refused:
    """Writes what was sealed to `target`; how many octets. Refused: keep nothing of what was written until then."""
    read = _head(source)
    if isinstance(read, Refused):
        return read
    head, bound = read
    secret = keys.open(head.key)
    if isinstance(secret, Refused):
        return secret
    if len(secret) != KEY_LENGTHS[head.cipher]:
        return DAMAGED
    worker = aead(head.cipher, secret)
    if isinstance(worker, Unavailable):
        return Refused(str(worker), "cipher")
    return _opened(worker, head, bound, source, target)


def _opened(worker: Aead, head: Head, bound: bytes, source: Source, target: BinaryIO) -> int | Refused:
    total = 0
    for index, sealed, last in _pieces(source, head.piece + TAG):
        text = worker.open(_nonce(head.prefix, index, last=last), sealed, bound) if index < MOST_PIECES else None
        if text is None:
            return DAMAGED
        _write(target, memoryview(text))
        total += len(text)
    return total


def _head(source: Source) -> tuple[Head, bytes] | Refused:
    """What a stream says of itself, and the digest of it that binds the pieces."""
    start = bytes(_whole(source, bytearray(len(MAGIC) + 4)))
    if len(start) != len(MAGIC) + 4 or not start.startswith(MAGIC):
        return Refused("no stream that was sealed here", "source")
    length = int.from_bytes(start[len(MAGIC) :], "big")
    written = bytes(_whole(source, bytearray(length))) if length <= LARGEST_HEAD else b""
    try:
        head = msgspec.json.decode(written, type=Head)
    except msgspec.MsgspecError:
        return DAMAGED
    if head.cipher not in KEY_LENGTHS or not 0 < head.piece <= LARGEST_PIECE or len(head.prefix) != PREFIX:
        return DAMAGED
    return head, digest("sm3", written)


def _pieces(source: Source, size: int) -> Iterator[tuple[int, memoryview, bool]]:
    """The stream in pieces of `size`, each with its number and whether it is the last. An empty one is one piece.

    Two buffers take turns: a piece must be used before the next but one is asked for.
    """
    buffers, index = (bytearray(size), bytearray(size)), 0
    piece = _whole(source, buffers[0])
    while True:
        index += 1
        following = _whole(source, buffers[index % 2]) if len(piece) == size else memoryview(b"")
        yield index - 1, piece, not following
        if not following:
            return
        piece = following


def _whole(source: Source, buffer: bytearray) -> memoryview:
    """As much as the buffer holds, less only at the end: a pipe may give less at a time."""
    view, filled = memoryview(buffer), 0
    while filled < len(buffer) and (more := source.readinto(view[filled:])):
        filled += more
    return view[:filled]


def _write(target: BinaryIO, content: memoryview) -> None:
    """All of it: a file without buffer may take less at a time."""
    while content:
        content = content[target.write(content) :]


def _nonce(prefix: bytes, index: int, *, last: bool) -> bytes:
    return prefix + index.to_bytes(4, "big") + bytes((last,))

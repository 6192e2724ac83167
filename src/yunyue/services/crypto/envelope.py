"""Files and streams under a data key of their own: the vault seals only the key, the file stays where it is.

After the head (see `envelope_head`) come pieces. Piece i has the nonce prefix(7) || i(4) || last(1), and the stream's
shape bound to it: pieces cannot be changed, swapped, left out, repeated, cut off at the end, or moved to another file
(the STREAM construction of Hoang and others, 2015). Two pieces are in memory at a time, however long the stream is.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from yunyue.answer import Refused
from yunyue.host.ciphers.aead import KEY_LENGTHS, TAG, Aead, aead
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.interface import Unavailable
from yunyue.services.crypto import envelope_head
from yunyue.services.crypto.envelope_blocks import Blocks, length_of, write
from yunyue.services.crypto.envelope_head import DAMAGED, LARGEST_PIECE, MAGIC, PREFIX, Head, Shape, Source, whole

PIECE: Final = 1 << 20
MOST_PIECES: Final = 1 << 32


class DataKeys(Protocol):
    """Who makes and opens data keys: the vault, through a client."""

    def fresh(self, octets: int) -> tuple[bytes, str] | Refused:
        """A data key of so many octets, and the same sealed."""
        ...

    def open(self, sealed: str) -> bytes | Refused:
        """The data key behind."""
        ...


class Turns(Protocol):
    """Who seals a data key anew: the vault, through a client."""

    def turn(self, sealed: str) -> str | Refused:
        """The same data key, sealed under the latest version."""
        ...


def seal_stream(
    keys: DataKeys, source: Source, target: BinaryIO, cipher: str = "sm4-gcm", piece: int = PIECE
) -> int | Refused:
    """Writes `source`, sealed, to `target`; how many octets were read. Nothing is written when it is refused."""
    if cipher not in KEY_LENGTHS or not 0 < piece <= LARGEST_PIECE:
        return Refused(f"a cipher of {', '.join(KEY_LENGTHS)} and pieces of up to {LARGEST_PIECE} octets", "cipher")
    made = keys.fresh(KEY_LENGTHS[cipher])
    if isinstance(made, Refused):
        return made
    worker = aead(cipher, made[0])
    if isinstance(worker, Unavailable):
        return Refused(str(worker), "cipher")
    shape = Shape(cipher, piece, random_octets(PREFIX))
    head = envelope_head.written(shape, made[1])
    if isinstance(head, Refused):
        return head
    blocks, length = Blocks(target, max(len(head), shape.piece + TAG)), length_of(source)
    blocks.reserve(len(head) + length + TAG * max(1, -(-length // piece)) if length else 0)
    blocks.room[: len(head)] = head
    blocks.put(len(head))
    return _sealed(worker, shape, source, blocks)


def open_stream(keys: DataKeys, source: Source, target: BinaryIO) -> int | Refused:
    """Writes what was sealed to `target`; how many octets. Refused: keep nothing of what was written until then."""
    head = envelope_head.read(source)
    if isinstance(head, Refused):
        return head
    secret = keys.open(head.held.key)
    if isinstance(secret, Refused):
        return secret
    if len(secret) != KEY_LENGTHS[head.shape.cipher]:
        return DAMAGED
    worker = aead(head.shape.cipher, secret)
    if isinstance(worker, Unavailable):
        return Refused(str(worker), "cipher")
    return _opened(worker, head, source, target)


def turn_stream(keys: Turns, file: BinaryIO) -> int | Refused:
    """Seals a file's data key under the latest version of its key, which is answered; the pieces are not touched.

    `file` is open for reading and writing, without a buffer, at its start. Refused: no sealed file, one of the first
    format, the vault's reason.
    """
    head = envelope_head.read(file)  # type: ignore[arg-type]  # a file without buffer has readinto; BinaryIO hides it
    if isinstance(head, Refused):
        return head
    if head.spare is None:
        return Refused(
            "a stream of the first format cannot be turned over in place; open it and seal it again", "source"
        )
    key = keys.turn(head.held.key)
    if isinstance(key, Refused):
        return key
    if _version(key) != _version(head.held.key):
        envelope_head.turned(file, head, key)
    return _version(key)


def _version(key: str) -> int:
    """The number in vault:v3:…"""
    number = key.split(":")[1].removeprefix("v") if key.count(":") >= 2 else ""
    return int(number) if number.isdigit() else 0


def _sealed(worker: Aead, shape: Shape, source: Source, blocks: Blocks) -> int | Refused:
    bound, total = envelope_head.bound_to(shape), 0
    for index, text, last in _pieces(source, shape.piece):
        if index >= MOST_PIECES:
            return Refused("a stream has at most 2^32 pieces; choose larger ones", "source")
        worker.seal_into(_nonce(shape.prefix, index, last=last), text, blocks.room, bound)
        blocks.put(len(text) + TAG)
        total += len(text)
    blocks.end()
    return total


def _opened(worker: Aead, head: Head, source: Source, target: BinaryIO) -> int | Refused:
    total, prefix = 0, head.shape.prefix
    for index, sealed, last in _pieces(source, head.shape.piece + TAG):
        text = worker.open(_nonce(prefix, index, last=last), sealed, head.bound) if index < MOST_PIECES else None
        if text is None:
            return DAMAGED
        write(target, memoryview(text))
        total += len(text)
    return total


def _pieces(source: Source, size: int) -> Iterator[tuple[int, memoryview, bool]]:
    """The stream in pieces of `size`, each with its number and whether it is the last. An empty one is one piece.

    Two buffers take turns: a piece must be used before the next but one is asked for.
    """
    buffers, index = (bytearray(size), bytearray(size)), 0
    piece = whole(source, buffers[0])
    while True:
        index += 1
        following = whole(source, buffers[index % 2]) if len(piece) == size else memoryview(b"")
        yield index - 1, piece, not following
        if not following:
            return
        piece = following


def _nonce(prefix: bytes, index: int, *, last: bool) -> bytes:
    return prefix + index.to_bytes(4, "big") + bytes((last,))


__all__ = ["MAGIC", "DataKeys", "Source", "Turns", "open_stream", "seal_stream", "turn_stream"]

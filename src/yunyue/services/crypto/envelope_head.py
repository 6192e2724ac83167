"""What stands before the pieces of a sealed stream: its shape, which never changes, and the sealed data key, which may.

    magic line | length(4) | shape as JSON | slot | slot

A slot holds the data key as the vault sealed it, and a number; of two whole slots the higher number counts. Turning a
stream over to a new version of the vault's key writes the other slot first and clears this one then, so a power cut
in between loses nothing, and the pieces are never touched. They are bound to the shape, and to the data key by being
sealed with it. Streams of the first format (one head, bound to the pieces as a whole) are still read.
"""

import os
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.aead import KEY_LENGTHS
from yunyue.host.ciphers.mac import digest

MAGIC: Final = b"yunyue-envelope-2\n"
FIRST_MAGIC: Final = b"yunyue-envelope-1\n"
LARGEST_PIECE: Final = 1 << 24
LARGEST_HEAD: Final = 1 << 16
PREFIX: Final = 7
SLOT: Final = 1024
_LENGTH: Final = 2
_CHECK: Final = 32
DAMAGED: Final = Refused("the stream was changed, cut off, or is not whole", "source")


class Source(Protocol):
    """A stream that is read into a buffer: a file, a pipe, a socket's file."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """How many octets were put in; 0 at the end."""
        ...


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the pieces were made; none of it is secret."""

    cipher: str
    piece: int
    prefix: bytes

    @property
    def sound(self) -> bool:
        """Whether pieces can be made like that."""
        return self.cipher in KEY_LENGTHS and 0 < self.piece <= LARGEST_PIECE and len(self.prefix) == PREFIX


class FirstHead(Shape, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The head of the first format, which held the data key too."""

    key: str


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a slot holds: the sealed data key, and how often it was turned over."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class Head:
    """What was read: the shape, what the pieces are bound to, the data key, and where the other slot lies.

    `spare`: the place of the slot to write next, in octets from the start; None in a stream of the first format.
    """

    shape: Shape
    bound: bytes
    held: Held
    spare: int | None = None
    used: int = 0


def written(shape: Shape, key: str) -> bytes | Refused:
    """The octets before the pieces, and so a stream's beginning."""
    text = msgspec.json.encode(shape)
    slot = _slot(Held(key, 1))
    return slot if isinstance(slot, Refused) else MAGIC + len(text).to_bytes(4, "big") + text + slot + bytes(SLOT)


def bound_to(shape: Shape) -> bytes:
    """What every piece is bound to."""
    return digest("sm3", msgspec.json.encode(shape))


def read(source: Source) -> Head | Refused:
    """The head of a stream, up to its first piece."""
    start = bytes(whole(source, bytearray(len(MAGIC) + 4)))
    if len(start) != len(MAGIC) + 4 or not start.startswith((MAGIC, FIRST_MAGIC)):
        return Refused("no stream that was sealed here", "source")
    length = int.from_bytes(start[len(MAGIC) :], "big")
    text = bytes(whole(source, bytearray(length))) if length <= LARGEST_HEAD else b""
    return _second(source, text) if start.startswith(MAGIC) else _first(text)


def turned(file: BinaryIO, head: Head, key: str) -> None:
    """Write another data key into the spare slot, durably, and clear the one used until now. `key` fits, as before."""
    if head.spare is None:
        raise ValueError("a stream of the first format has no spare slot")
    slot = _slot(Held(key, head.held.number + 1))
    if isinstance(slot, Refused):
        raise ValueError(str(slot))
    for place, content in ((head.spare, slot), (head.used, bytes(SLOT))):
        file.seek(place)
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
        file.flush()
        os.fsync(file.fileno())


def whole(source: Source, buffer: bytearray) -> memoryview:
    """As much as the buffer holds, less only at the end: a pipe may give less at a time."""
    view, filled = memoryview(buffer), 0
    while filled < len(buffer) and (more := source.readinto(view[filled:])):
        filled += more
    return view[:filled]


def _first(text: bytes) -> Head | Refused:
    try:
        head = msgspec.json.decode(text, type=FirstHead)
    except msgspec.MsgspecError:
        return DAMAGED
    return Head(head, digest("sm3", text), Held(head.key, 1)) if head.sound else DAMAGED


def _second(source: Source, text: bytes) -> Head | Refused:
    try:
        shape = msgspec.json.decode(text, type=Shape)
    except msgspec.MsgspecError:
        return DAMAGED
    place = len(MAGIC) + 4 + len(text)
    slots = [bytes(whole(source, bytearray(SLOT))) for _ in range(2)]
    held = [(one, place + SLOT * at) for at, slot in enumerate(slots) if (one := _held(slot)) is not None]
    if not shape.sound or not held or len(slots[1]) != SLOT:
        return DAMAGED
    newest, used = max(held, key=lambda one: one[0].number)
    return Head(shape, digest("sm3", text), newest, 2 * place + SLOT - used, used)


def _slot(held: Held) -> bytes | Refused:
    text = msgspec.json.encode(held)
    room = SLOT - _LENGTH - _CHECK
    if len(text) > room:
        return Refused(f"the sealed data key takes {len(text)} octets, a slot has {room}", "key")
    content = len(text).to_bytes(_LENGTH, "big") + text.ljust(room, b"\0")
    return content + digest("sm3", content)


def _held(slot: bytes) -> Held | None:
    """What a slot holds; None for one that is empty or was torn by a power cut."""
    content, check = slot[:-_CHECK], slot[-_CHECK:]
    if len(slot) != SLOT or digest("sm3", content) != check:
        return None
    try:
        return msgspec.json.decode(content[_LENGTH : _LENGTH + int.from_bytes(content[:_LENGTH], "big")], type=Held)
    except msgspec.MsgspecError:
        return None

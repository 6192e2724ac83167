"""The little of DER (X.690) that time stamps and certificates are made of: by hand, because it is on a hot path."""

from datetime import UTC, datetime
from typing import Final

INTEGER: Final = 0x02
BOOLEAN: Final = 0x01
BITS: Final = 0x03
OCTETS: Final = 0x04
OID: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31
UTF8: Final = 0x0C
GENERALIZED: Final = 0x18
NULL: Final = b"\x05\x00"
TRUE: Final = b"\x01\x01\xff"


def tlv(tag: int, content: bytes) -> bytes:
    """One element."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of elements."""
    return tlv(SEQUENCE, b"".join(parts))


def integer(number: int) -> bytes:
    """An INTEGER that is not negative."""
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    return tlv(OID, b"".join(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.append(arc & 0x7F | 0x80)
    return bytes(reversed(digits))


def generalized(moment: datetime) -> bytes:
    """A GeneralizedTime to the second, in UTC."""
    return tlv(GENERALIZED, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())


def bits(content: bytes) -> bytes:
    """A BIT STRING of whole octets."""
    return tlv(BITS, b"\x00" + content)


class Malformed(ValueError):
    """These octets are not the DER that was expected."""


def read(content: bytes, start: int, tag: int) -> tuple[bytes, int]:
    """The content of the element at `start`, which must have this tag, and where the next begins."""
    if len(content) < start + 2 or content[start] != tag:
        raise Malformed(f"no element 0x{tag:02x} at octet {start}")
    length, place = content[start + 1], start + 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or len(content) < place + size:
            raise Malformed(f"a length of {size} octets at octet {start}")
        length, place = int.from_bytes(content[place : place + size], "big"), place + size
        if length < 0x80 or length.bit_length() <= 8 * (size - 1):
            raise Malformed(f"a length that is not the shortest at octet {start}")
    if len(content) < place + length:
        raise Malformed(f"an element that ends beyond the text at octet {start}")
    return content[place : place + length], place + length


def peek(content: bytes, start: int) -> int:
    """The tag at `start`; -1 at the end."""
    return content[start] if start < len(content) else -1


DEEPEST: Final = 32


def canonical(content: bytes, depth: int = 0) -> bool:
    """Whether these are whole elements, one after another, with every length in its only spelling (DER)."""
    place = 0
    try:
        while place < len(content):
            tag = content[place]
            inner, place = read(content, place, tag)
            if tag & 0x1F == 0x1F or depth > DEEPEST or (tag & 0x20 and not canonical(inner, depth + 1)):
                return False
    except Malformed:
        return False
    return True

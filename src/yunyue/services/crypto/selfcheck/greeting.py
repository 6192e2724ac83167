"""Greetings of TLS and TLCP written by hand, and what a server says in return before anything is encrypted.

The system's TLS library speaks neither TLCP (GB/T 38636) nor RFC 8998's suites, and refuses what is weak; so it could
not ask. A greeting that offers one thing only is answered with a ServerHello by a server that accepts it.
"""

import struct
from dataclasses import dataclass
from typing import Final

from yunyue.services.crypto.selfcheck.reaching import Line

SSL3, TLS10, TLS11, TLS12, TLS13, TLCP = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0101
VERSIONS: Final = {
    SSL3: "SSL 3.0",
    TLS10: "TLS 1.0",
    TLS11: "TLS 1.1",
    TLS12: "TLS 1.2",
    TLS13: "TLS 1.3",
    TLCP: "TLCP",
}
HANDSHAKE: Final = 22
_HELLO, _CERTIFICATE, _DONE = 2, 11, 14
MOST_BYTES: Final = 128 << 10
_GROUPS: Final = (29, 23, 24, 25, 41)
_SIGNATURES: Final = (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203, 0x0708)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: the version and suite the server chose, and its certificates (DER) where they come plain."""

    version: int
    suite: int
    certificates: tuple[bytes, ...]


def greeting(name: str, version: int, suites: tuple[int, ...]) -> bytes:
    """A ClientHello (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2, GB/T 38636 §6.4.5.2). Its random part is fixed."""
    body = struct.pack(">H", min(version, TLS12)) + bytes(range(32)) + b"\x00"
    body += _vector(struct.pack(f">{len(suites)}H", *suites), 2) + b"\x01\x00"
    body += b"" if version in (SSL3, TLCP) else _vector(_extensions(name, version), 2)
    message = b"\x01" + _vector(body, 3)
    return struct.pack(">BH", HANDSHAKE, version if version == TLCP else min(version, TLS10)) + _vector(message, 2)


def asked(line: Line, hello: bytes) -> Heard | None:
    """What a server says to a greeting; None for an alert, a cut, or anything else. Raises OSError, TimeoutError."""
    line.say(hello)
    content, found = b"", None
    certificates: tuple[bytes, ...] = ()
    while len(content) < MOST_BYTES:
        record = _record(line)
        if record is None:
            break
        content += record
        messages, done = _messages(content)
        for kind, body in messages:
            if kind == _HELLO:
                found = _chosen(body)
            elif kind == _CERTIFICATE:
                certificates = _certificates(body)
        if done or (found is not None and found[0] == TLS13):
            break
    return None if found is None else Heard(*found, certificates)


def _record(line: Line) -> bytes | None:
    """The content of the next handshake record; None when something else comes, or nothing more."""
    head = line.exactly(5)
    if len(head) < 5 or head[0] != HANDSHAKE:
        return None
    length = struct.unpack(">H", head[3:])[0]
    content = line.exactly(length)
    return content if len(content) == length else None


def _messages(content: bytes) -> tuple[list[tuple[int, bytes]], bool]:
    """Whole handshake messages, and whether the server said it is done."""
    found, place = [], 0
    while place + 4 <= len(content):
        kind, length = content[place], int.from_bytes(content[place + 1 : place + 4], "big")
        if place + 4 + length > len(content):
            break
        found.append((kind, content[place + 4 : place + 4 + length]))
        place += 4 + length
    return found, any(kind == _DONE for kind, _ in found)


def _chosen(body: bytes) -> tuple[int, int] | None:
    """Version and suite of a ServerHello; TLS 1.3 names its version in an extension (RFC 8446 §4.2.1)."""
    if len(body) < 38 or len(body) < 38 + body[34]:
        return None
    version, at = int.from_bytes(body[:2], "big"), 35 + body[34]
    suite = int.from_bytes(body[at : at + 2], "big")
    rest = body[at + 5 :]
    while len(rest) >= 4:
        kind, length = struct.unpack(">HH", rest[:4])
        if kind == 43 and length == 2:
            version = int.from_bytes(rest[4:6], "big")
        rest = rest[4 + length :]
    return version, suite


def _certificates(body: bytes) -> tuple[bytes, ...]:
    found, rest = [], body[3:]
    while len(rest) >= 3:
        length = int.from_bytes(rest[:3], "big")
        if length > len(rest) - 3:
            break
        found.append(rest[3 : 3 + length])
        rest = rest[3 + length :]
    return tuple(found)


def _extensions(name: str, version: int) -> bytes:
    parts = {
        10: _vector(struct.pack(f">{len(_GROUPS)}H", *_GROUPS), 2),
        11: _vector(b"\x00", 1),
        13: _vector(struct.pack(f">{len(_SIGNATURES)}H", *_SIGNATURES), 2),
    }
    if not name.replace(".", "").isdigit() and ":" not in name:
        parts[0] = _vector(b"\x00" + _vector(name.rstrip(".").encode("ascii"), 2), 2)
    if version == TLS13:
        parts[43] = _vector(struct.pack(">H", TLS13), 1)
        # A point of X25519 that is on the curve: the base point, whose secret is known to be 1.
        parts[51] = _vector(struct.pack(">H", 29) + _vector((9).to_bytes(32, "little"), 2), 2)
    return b"".join(struct.pack(">H", kind) + _vector(value, 2) for kind, value in sorted(parts.items()))


def _vector(octets: bytes, width: int) -> bytes:
    return len(octets).to_bytes(width, "big") + octets

"""Asks a target which old versions and weak suites of TLS it accepts, with greetings written by hand.

Our own TLS library refuses most of what is asked about here, so it could not tell a strong target from its own
scruples. A greeting that offers only what is weak is answered with a ServerHello by a target that accepts it, and with
an alert or a cut by one that does not. The handshake ends there.
"""

import struct
from typing import Final

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import Dialogue, Progress, connected

SSL3, TLS10, TLS11, TLS12 = 0x0300, 0x0301, 0x0302, 0x0303

OLDER: Final = {
    "1.0": (SSL3,),
    "1.1": (SSL3, TLS10),
    "1.2": (SSL3, TLS10, TLS11),
    "1.3": (SSL3, TLS10, TLS11, TLS12),
}
"""The versions before each."""

# fmt: off
WEAK: Final = (
    0x0001, 0x0002, 0x003B,  # RSA without encryption
    0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x000A,  # RSA with RC4, export keys, DES, 3DES
    0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016,  # DHE with export keys, DES, 3DES
    0x0017, 0x0018, 0x0019, 0x001A, 0x001B, 0x0034, 0x003A, 0x006C, 0x006D, 0x00A6, 0x00A7,  # nobody proves who
    0xC001, 0xC002, 0xC003, 0xC006, 0xC007, 0xC008, 0xC00B, 0xC00C, 0xC00D,  # ECDH(E): none, RC4, 3DES
    0xC010, 0xC011, 0xC012, 0xC015, 0xC016, 0xC017, 0xC018, 0xC019,  # ECDHE-RSA and nameless ECDH of that kind
)
# fmt: on
"""Suites with no encryption, no authentication, export keys, RC4, DES or 3DES (RFC 7465, RFC 9325 §4.2)."""

USUAL: Final = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xC009, 0xC013, 0xC00A, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035, 0x000A)
"""Offered when the question is the version; all of them are spoken by targets that are old."""

HANDSHAKE, SERVER_HELLO = 22, 2


async def accepts(probe: Probe, network: Network, version: int, suites: tuple[int, ...] | None) -> bool:
    """Whether the target answers a greeting of this version, that offers these suites (None: usual ones)."""
    name = probe.where.host
    async with connected(probe, network, Progress(), None) as there:
        there.say(greeting(name, version, suites or USUAL))
        return 0 < await _answered(there) <= version


async def _answered(there: Dialogue) -> int:
    """The version of the ServerHello that came; 0 for an alert, a cut, or anything else."""
    try:
        head = await there.reader.readexactly(5)
        body = await there.reader.readexactly(min(6, struct.unpack(">H", head[3:])[0]))
    except (OSError, EOFError):
        return 0
    if head[0] != HANDSHAKE or len(body) < 6 or body[0] != SERVER_HELLO:
        return 0
    return int(struct.unpack(">H", body[4:6])[0])


def greeting(name: str, version: int, suites: tuple[int, ...]) -> bytes:
    """A ClientHello of RFC 5246 §7.4.1.2. The random part is fixed: nothing is ever encrypted with it."""
    listed = struct.pack(f">{len(suites)}H", *suites)
    body = struct.pack(">H", version) + bytes(range(32)) + b"\x00" + _vector(listed, 2) + b"\x01\x00"
    body += b"" if version == SSL3 else _vector(_extensions(name), 2)
    message = b"\x01" + _vector(body, 3)
    return struct.pack(">BH", HANDSHAKE, min(version, TLS10)) + _vector(message, 2)


def _extensions(name: str) -> bytes:
    groups = struct.pack(">4H", 29, 23, 24, 25)
    signatures = struct.pack(">10H", 0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0804, 0x0805)
    parts = {10: _vector(groups, 2), 11: _vector(b"\x00", 1), 13: _vector(signatures, 2)}
    if not name.replace(".", "").isdigit() and ":" not in name:
        parts[0] = _vector(b"\x00" + _vector(name.rstrip(".").encode("ascii"), 2), 2)
    return b"".join(struct.pack(">H", kind) + _vector(value, 2) for kind, value in sorted(parts.items()))


def _vector(octets: bytes, width: int) -> bytes:
    return len(octets).to_bytes(width, "big") + octets

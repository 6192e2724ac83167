"""SM3 (GB/T 32905), the digest Chinese law expects, by the standard library where its OpenSSL has it."""

import hashlib
from functools import cache

from yunyue.host.ciphers.interface import Unavailable

# GB/T 32905-2016, annex A.1.
_EXAMPLE = (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")


def sm3(message: bytes) -> bytes | Unavailable:
    """The 32-byte SM3 digest of a message, or why this machine has no SM3."""
    missing = sm3_fault()
    return hashlib.new("sm3", message).digest() if missing is None else missing


@cache
def sm3_fault() -> Unavailable | None:
    """Why SM3 cannot be used here; None when the standard's example comes out right."""
    try:
        found = hashlib.new("sm3", _EXAMPLE[0]).hexdigest()
    except ValueError as error:
        return Unavailable("sm3", f"this Python's OpenSSL has no SM3: {error}")
    return None if found == _EXAMPLE[1] else Unavailable("sm3", "the example of GB/T 32905 annex A.1 comes out wrong")

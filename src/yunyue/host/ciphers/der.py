"""The two spellings of an SM2 signature: 64 bytes r||s in our notes, and the DER sequence libcrypto speaks."""

HALF = 32


def to_der(raw: bytes) -> bytes:
    """SEQUENCE of INTEGER r and INTEGER s, from 64 bytes r||s."""
    body = _integer(raw[:HALF]) + _integer(raw[HALF:])
    return b"\x30" + bytes([len(body)]) + body


def _integer(magnitude: bytes) -> bytes:
    digits = magnitude.lstrip(b"\x00") or b"\x00"
    if digits[0] & 0x80:
        digits = b"\x00" + digits
    return b"\x02" + bytes([len(digits)]) + digits


def to_raw(der: bytes) -> bytes | None:
    """64 bytes r||s, from DER; None unless it is the one DER spelling of two numbers of at most 32 bytes."""
    r_length = der[3] if len(der) > 3 else 0
    r, s = der[4 : 4 + r_length], der[6 + r_length :]
    raw = b"".join(number.lstrip(b"\x00").rjust(HALF, b"\x00") for number in (r, s))
    return raw if len(raw) == 2 * HALF and to_der(raw) == der else None

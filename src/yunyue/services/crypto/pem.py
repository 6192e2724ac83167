"""Certificates and requests as text (RFC 7468)."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from yunyue.services.crypto.fault import Fault


def pem(der: bytes, label: str = "CERTIFICATE") -> str:
    """PEM of DER, with a line's end behind it."""
    text = b64encode(der).decode()
    body = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def all_der(text: str, label: str = "CERTIFICATE") -> list[bytes] | Fault:
    """Every block of that label in a text; a Fault when one is broken, an empty list when there is none."""
    found = []
    for part in text.split(f"-----BEGIN {label}-----")[1:]:
        body, end, _ = part.partition(f"-----END {label}-----")
        try:
            found.append(b64decode("".join(body.split()), validate=True))
        except NotBase64:
            end = ""
        if not end:
            return Fault(f"could not decode a PEM block {label}")
    return found


def first_der(chain: str) -> bytes:
    """The first certificate of a chain in PEM, which was checked when it was set."""
    found = all_der(chain)
    if isinstance(found, Fault) or not found:
        raise ValueError("a chain without a certificate")
    return found[0]

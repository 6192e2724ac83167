"""Random octets and digests, as transit and sys/tools give them."""

from typing import Final

import msgspec

from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.mac import DIGESTS, digest
from yunyue.services.crypto.ask import Answer, Ask, base64, decoder_of, octets
from yunyue.services.crypto.fault import Fault

MOST: Final = 131_072
SOURCES: Final = ("platform", "seal", "all")


class RandomBody(msgspec.Struct):
    """A request for chance."""

    bytes: int = 32
    format: str = "base64"


class HashBody(msgspec.Struct):
    """A request for a digest."""

    input: str | None = None
    algorithm: str = "sha2-256"
    format: str = "hex"


_RANDOM: Final = decoder_of(RandomBody)
_HASH: Final = decoder_of(HashBody)


def random(ask: Ask, path: list[str]) -> Answer | Fault:
    """POST random(/:source)(/:count). `path`: what follows "random"."""
    body = ask.read(_RANDOM)
    if isinstance(body, Fault):
        return body
    named = [part for part in path if part not in SOURCES]
    if len(named) > 1 or (named and not (named[0].isascii() and named[0].isdigit())):
        return Fault(f"error parsing url-set byte count: {'/'.join(path)}")
    count = int(named[0][:9]) if named else body.bytes
    if count < 1:
        return Fault("'bytes' cannot be less than 1")
    if count > MOST:
        return Fault(f"'bytes' should be less than {MOST}")
    if body.format not in ("base64", "hex"):
        return Fault(f'unsupported encoding format "{body.format}"; must be "hex" or "base64"')
    drawn = random_octets(count)
    return Answer({"random_bytes": drawn.hex() if body.format == "hex" else base64(drawn)})


def hashed(ask: Ask, path: list[str]) -> Answer | Fault:
    """POST hash(/:digest). `path`: what follows "hash"."""
    body = ask.read(_HASH)
    if isinstance(body, Fault):
        return body
    if body.input is None:
        return Fault("input missing")
    text, name = octets(body.input), path[0] if path else body.algorithm
    if isinstance(text, Fault):
        return Fault(f"unable to decode input as base64: {text.reason}")
    if name not in DIGESTS:
        return Fault(f"unsupported algorithm {name}")
    if body.format not in ("base64", "hex"):
        return Fault(f'unsupported encoding format "{body.format}"; must be "hex" or "base64"')
    made = digest(name, text)
    return Answer({"sum": made.hex() if body.format == "hex" else base64(made)})

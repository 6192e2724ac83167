"""X.509 certificates (RFC 5280) by hand-written DER, so that SM2 keys can have them too, signed by any pair."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yunyue.answer import Refused
from yunyue.host.ciphers.pairs import Choice, Pair
from yunyue.services.crypto.asn1 import NULL, OCTETS, SET, TRUE, UTF8, bits, generalized, integer, oid, sequence, tlv

TIME_STAMPING: Final = oid("1.3.6.1.5.5.7.3.8")
SIGNATURES: Final = {
    "sm2": sequence(oid("1.2.156.10197.1.501")),
    "ecdsa-p256": sequence(oid("1.2.840.10045.4.3.2")),
    "ed25519": sequence(oid("1.3.101.112")),
    "rsa-2048": sequence(oid("1.2.840.113549.1.1.11"), NULL),
}
"""The AlgorithmIdentifier of a signature by a kind of key, with the digest it signs by default."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a certificate says."""

    name: str
    serial: int
    begins: datetime
    ends: datetime
    purpose: bytes


def distinguished(name: str) -> bytes:
    """A Name with a common name only."""
    return sequence(tlv(SET, sequence(oid("2.5.4.3"), tlv(UTF8, name.encode()))))


def self_signed(wanted: Wanted, kind: str, pair: Pair) -> bytes | Refused:
    """A certificate of the pair by itself, for one purpose (an extended key usage, critical)."""
    algorithm, name = SIGNATURES[kind], distinguished(wanted.name)
    extensions = sequence(
        sequence(oid("2.5.29.15"), TRUE, tlv(OCTETS, b"\x03\x02\x06\xc0")),
        sequence(oid("2.5.29.37"), TRUE, tlv(OCTETS, sequence(wanted.purpose))),
    )
    body = sequence(
        tlv(0xA0, integer(2)),
        integer(wanted.serial),
        algorithm,
        name,
        sequence(generalized(wanted.begins), generalized(wanted.ends)),
        name,
        pair.public_der,
        tlv(0xA3, extensions),
    )
    signature = _signed(pair, kind, body)
    return signature if isinstance(signature, Refused) else sequence(body, algorithm, bits(signature))


def _signed(pair: Pair, kind: str, body: bytes) -> bytes | Refused:
    return pair.sign(body, Choice(scheme="pkcs1v15") if kind.startswith("rsa") else Choice())

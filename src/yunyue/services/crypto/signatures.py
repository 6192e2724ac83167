"""How each kind of key signs certificates and time stamps, and how that is written (AlgorithmIdentifier, RFC 5280)."""

from typing import Final

from yunyue.host.ciphers.pairs import Choice, Kind
from yunyue.services.crypto.asn1 import NULL, oid, sequence

_RSA: Final = sequence(oid("1.2.840.113549.1.1.11"), NULL)
SIGNATURES: Final[dict[Kind, bytes]] = {
    "sm2": sequence(oid("1.2.156.10197.1.501")),
    "ecdsa-p256": sequence(oid("1.2.840.10045.4.3.2")),
    "ecdsa-p384": sequence(oid("1.2.840.10045.4.3.3")),
    "ecdsa-p521": sequence(oid("1.2.840.10045.4.3.4")),
    "ed25519": sequence(oid("1.3.101.112")),
    "rsa-2048": _RSA,
    "rsa-3072": _RSA,
    "rsa-4096": _RSA,
}
"""The AlgorithmIdentifier of a signature by a kind of key, with the digest `choice_of` asks for."""
_DIGESTS: Final = {"ecdsa-p384": "sha2-384", "ecdsa-p521": "sha2-512"}


def choice_of(kind: Kind) -> Choice:
    """How a key of this kind signs certificates."""
    return Choice(digest=_DIGESTS.get(kind, ""), scheme="pkcs1v15")

"""What every signature cipher here offers, and the value that says why one is not there.

Signatures are 64 bytes for every algorithm; messages are hashed inside.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Algorithm(Enum):
    """The signature algorithms: Ed25519 (RFC 8032) and SM2 with SM3 (GB/T 32918.2, GB/T 32905)."""

    ED25519 = "ed25519"
    SM2 = "sm2-sm3"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A cipher that cannot be used on this machine, and why in words an operator can act on; false in a condition."""

    algorithm: str
    reason: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"{self.algorithm}: {self.reason}"


class Verifier(Protocol):
    """A public key."""

    @property
    def algorithm(self) -> Algorithm: ...

    @property
    def public(self) -> bytes:
        """32 bytes for Ed25519; the uncompressed point 0x04 || x || y, 65 bytes, for SM2."""
        ...

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Did this key sign this message? False for anything that is not a valid 64-byte signature."""
        ...


class Signer(Verifier, Protocol):
    """A key pair. May be used from several threads at once."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        ...

    def private_pem(self) -> bytes:
        """The private key in unencrypted PKCS#8 PEM; keep it in files only their owner can read."""
        ...


class Provider(Protocol):
    """Makes keys of one algorithm. Malformed keys raise MalformedKey (yunyue.host.ciphers.errors)."""

    @property
    def algorithm(self) -> Algorithm: ...

    def generate(self) -> Signer:
        """A fresh key pair from the library's own random source."""
        ...

    def load(self, pem: bytes) -> Signer:
        """The key pair in a PKCS#8 PEM."""
        ...

    def verifier(self, public: bytes) -> Verifier:
        """The public key in these bytes (shape: see Verifier.public)."""
        ...

"""Key pairs as the transit interface uses them: sign, verify, encrypt, decrypt, with the choices its callers have."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from yunyue.answer import Refused

Kind = Literal["sm2", "ed25519", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "rsa-3072", "rsa-4096"]
KINDS: Final[tuple[Kind, ...]] = (
    "sm2",
    "ed25519",
    "ecdsa-p256",
    "ecdsa-p384",
    "ecdsa-p521",
    "rsa-2048",
    "rsa-3072",
    "rsa-4096",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """How to sign. `digest` "" stands for the key's own; `scheme` and `salt` are RSA's (pss or pkcs1v15; auto, hash or
    a number); with `jws` a signature is r||s instead of DER; with `prehashed` the text is a digest already."""

    digest: str = ""
    prehashed: bool = False
    scheme: str = "pss"
    salt: str = "auto"
    jws: bool = False


PLAIN: Final = Choice()


class Public(Protocol):
    """A public key."""

    @property
    def public_text(self) -> str:
        """SubjectPublicKeyInfo in PEM; for Ed25519 the 32 bytes in Base64, as transit clients expect."""
        ...

    @property
    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""
        ...

    def verify(self, text: bytes, signature: bytes, choice: Choice = PLAIN) -> bool | Refused:
        """Did this key sign this text? Refused for a choice the key does not have."""
        ...

    def encrypt(self, text: bytes, bound: bytes = b"") -> bytes | Refused:
        """Only this key's owner can read it. Refused for keys that only sign, and texts that are too long."""
        ...


class Pair(Public, Protocol):
    """A key pair. Any number of threads may use it at once."""

    @property
    def private_der(self) -> bytes:
        """The private key in unencrypted PKCS#8 DER."""
        ...

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """A signature. Refused for a choice the key does not have."""
        ...

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes | Refused | None:
        """What was encrypted; None when anything was changed. Refused for keys that only sign."""
        ...

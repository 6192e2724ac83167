"""Ed25519 (RFC 8032), the signature that every existing verifier of transparency logs reads."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Algorithm


class Ed25519Verifier:
    """An Ed25519 public key."""

    algorithm = Algorithm.ED25519

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._public_key = key
        self.public = key.public_bytes_raw()

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Did this key sign this message?"""
        try:
            self._public_key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Ed25519Signer(Ed25519Verifier):
    """An Ed25519 key pair."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        super().__init__(key.public_key())
        self._private_key = key

    def sign(self, message: bytes) -> bytes:
        """64 bytes, the same for the same message."""
        return self._private_key.sign(message)

    def private_pem(self) -> bytes:
        """The private key in unencrypted PKCS#8 PEM."""
        return self._private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class Ed25519Provider:
    """Ed25519 by the `cryptography` package."""

    algorithm = Algorithm.ED25519

    def generate(self) -> Ed25519Signer:
        """A fresh key pair."""
        return Ed25519Signer(Ed25519PrivateKey.generate())

    def load(self, pem: bytes) -> Ed25519Signer:
        """The key pair in a PKCS#8 PEM; raises MalformedKey for anything else."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise MalformedKey(f"not an unencrypted PKCS#8 PEM of Ed25519: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise MalformedKey("a private key, but not of Ed25519")
        return Ed25519Signer(key)

    def verifier(self, public: bytes) -> Ed25519Verifier:
        """The public key in 32 bytes; raises MalformedKey for anything else."""
        try:
            return Ed25519Verifier(Ed25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise MalformedKey(f"not an Ed25519 public key: {error}") from error

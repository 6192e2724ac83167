"""RSA, ECDSA and Ed25519 key pairs by the `cryptography` package."""

from base64 import b64encode
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature

from yunyue.answer import Refused
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.pairs import PLAIN, Choice, Kind

HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - offered because old verifiers ask for it; never a default
    "sha2-224": hashes.SHA224(),
    "sha2-256": hashes.SHA256(),
    "sha2-384": hashes.SHA384(),
    "sha2-512": hashes.SHA512(),
    "sha3-224": hashes.SHA3_224(),
    "sha3-256": hashes.SHA3_256(),
    "sha3-384": hashes.SHA3_384(),
    "sha3-512": hashes.SHA3_512(),
}
CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "ecdsa-p256": ec.SECP256R1(),
    "ecdsa-p384": ec.SECP384R1(),
    "ecdsa-p521": ec.SECP521R1(),
}
OAEP: Final = hashes.SHA256()
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | Ed25519PublicKey


class _Public:
    """What the three kinds share: the encodings of the public half."""

    def __init__(self, public: PublicKey) -> None:
        self._spoken = public

    @cached_property
    def public_der(self) -> bytes:
        """See Public.public_der."""
        return self._spoken.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @cached_property
    def public_text(self) -> str:
        """See Public.public_text."""
        text = self._spoken.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return text.decode()

    def encrypt(self, text: bytes, bound: bytes = b"") -> bytes | Refused:
        """Refused: the key signs."""
        del text, bound
        return Refused("this key signs and does not encrypt", "key")

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes | Refused | None:
        """Refused: the key signs."""
        del sealed, bound
        return Refused("this key signs and does not decrypt", "key")


def _private_der(key: Private) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


BY_LENGTH: Final = {20: "sha1", 28: "sha2-224", 32: "sha2-256", 48: "sha2-384", 64: "sha2-512"}


def chosen_hash(choice: Choice, text: bytes) -> hashes.HashAlgorithm | Refused:
    """The digest asked for; for one the caller made and did not name, the SHA of its length."""
    own = BY_LENGTH.get(len(text), "sha2-256") if choice.prehashed else "sha2-256"
    found = HASHES.get(choice.digest or own)
    if found is None:
        return Refused(f"this key does not sign {choice.digest} digests", "hash_algorithm")
    if choice.prehashed and len(text) != found.digest_size:
        return Refused(f"a digest of {found.name} has {found.digest_size} bytes, not {len(text)}", "input")
    return found


class EcdsaPublic(_Public):
    """A public key of ECDSA on a NIST curve (FIPS 186-5)."""

    def __init__(self, public: ec.EllipticCurvePublicKey) -> None:
        super().__init__(public)
        self._public = public
        self.curve = public.curve.name
        self.width = (public.curve.key_size + 7) // 8

    def verify(self, text: bytes, signature: bytes, choice: Choice = PLAIN) -> bool | Refused:
        """See Public.verify."""
        digest = chosen_hash(choice, text)
        if isinstance(digest, Refused):
            return digest
        if choice.jws:
            if len(signature) != 2 * self.width:
                return False
            half = self.width
            signature = encode_dss_signature(
                int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            )
        try:
            self._public.verify(signature, text, ec.ECDSA(Prehashed(digest) if choice.prehashed else digest))
        except InvalidSignature:
            return False
        return True


class EcdsaPair(EcdsaPublic):
    """ECDSA on a NIST curve."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        super().__init__(key.public_key())
        self._private = key

    @property
    def private_der(self) -> bytes:
        """See Pair.private_der."""
        return _private_der(self._private)

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """See Pair.sign."""
        digest = chosen_hash(choice, text)
        if isinstance(digest, Refused):
            return digest
        signature = self._private.sign(text, ec.ECDSA(Prehashed(digest) if choice.prehashed else digest))
        if not choice.jws:
            return signature
        r, s = decode_dss_signature(signature)
        return r.to_bytes(self.width, "big") + s.to_bytes(self.width, "big")


class RsaPublic(_Public):
    """A public key of RSA (RFC 8017)."""

    def __init__(self, public: rsa.RSAPublicKey) -> None:
        super().__init__(public)
        self._public = public
        self.size = public.key_size

    def verify(self, text: bytes, signature: bytes, choice: Choice = PLAIN) -> bool | Refused:
        """See Public.verify."""
        digest = chosen_hash(choice, text)
        if isinstance(digest, Refused):
            return digest
        padded = _padding(choice, digest, signing=False)
        if isinstance(padded, Refused):
            return padded
        try:
            self._public.verify(signature, text, padded, Prehashed(digest) if choice.prehashed else digest)
        except InvalidSignature:
            return False
        return True

    def encrypt(self, text: bytes, bound: bytes = b"") -> bytes | Refused:
        """See Public.encrypt; `bound` is OAEP's label."""
        most = self.size // 8 - 2 * OAEP.digest_size - 2
        if len(text) > most:
            return Refused(f"this key encrypts at most {most} bytes; encrypt a data key instead", "plaintext")
        return self._public.encrypt(text, _oaep(bound))


class RsaPair(RsaPublic):
    """RSA: PSS or PKCS#1 v1.5 signatures, OAEP with SHA-256 encryption (RFC 8017)."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        super().__init__(key.public_key())
        self._private = key

    @property
    def private_der(self) -> bytes:
        """See Pair.private_der."""
        return _private_der(self._private)

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """See Pair.sign."""
        digest = chosen_hash(choice, text)
        if isinstance(digest, Refused):
            return digest
        padded = _padding(choice, digest, signing=True)
        if isinstance(padded, Refused):
            return padded
        try:
            return self._private.sign(text, padded, Prehashed(digest) if choice.prehashed else digest)
        except ValueError as error:
            return Refused(f"this key cannot sign so: {error}", "salt_length")

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes | None:
        """See Pair.decrypt."""
        try:
            return self._private.decrypt(sealed, _oaep(bound))
        except ValueError:
            return None


def _oaep(label: bytes) -> padding.OAEP:
    return padding.OAEP(padding.MGF1(OAEP), OAEP, label or None)


def _padding(choice: Choice, digest: hashes.HashAlgorithm, *, signing: bool) -> padding.AsymmetricPadding | Refused:
    if choice.scheme == "pkcs1v15":
        return padding.PKCS1v15()
    if choice.scheme != "pss":
        return Refused(f"unsupported rsa signature algorithm {choice.scheme}", "signature_algorithm")
    match choice.salt:
        case "auto":
            # A verifier takes any length; a signer takes the longest, as transit does.
            return padding.PSS(padding.MGF1(digest), padding.PSS.MAX_LENGTH if signing else padding.PSS.AUTO)
        case "hash":
            return padding.PSS(padding.MGF1(digest), digest.digest_size)
        case length if length.isdecimal() and len(length) < 4:
            return padding.PSS(padding.MGF1(digest), int(length))
        case _:
            return Refused(f"salt length neither 'auto', 'hash', nor an int: {choice.salt}", "salt_length")


class Ed25519Pair(_Public):
    """Ed25519 (RFC 8032), over the text itself."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        super().__init__(key.public_key())
        self._private, self._public = key, key.public_key()

    @property
    def private_der(self) -> bytes:
        """See Pair.private_der."""
        return _private_der(self._private)

    @cached_property
    def public_text(self) -> str:
        """The 32 bytes in Base64."""
        return b64encode(self._public.public_bytes_raw()).decode()

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """See Pair.sign."""
        if choice.prehashed:
            return Refused("ed25519 signs the text itself, not a digest", "prehashed")
        return self._private.sign(text)

    def verify(self, text: bytes, signature: bytes, choice: Choice = PLAIN) -> bool | Refused:
        """See Public.verify."""
        if choice.prehashed:
            return Refused("ed25519 verifies the text itself, not a digest", "prehashed")
        try:
            self._public.verify(signature, text)
        except InvalidSignature:
            return False
        return True


def generate_packaged(kind: Kind) -> "EcdsaPair | RsaPair | Ed25519Pair":
    """A fresh pair. Raises ValueError for "sm2", which is not the package's."""
    if kind in CURVES:
        return EcdsaPair(ec.generate_private_key(CURVES[kind]))
    if kind.startswith("rsa-"):
        return RsaPair(rsa.generate_private_key(65537, int(kind.removeprefix("rsa-"))))
    if kind == "ed25519":
        return Ed25519Pair(Ed25519PrivateKey.generate())
    raise ValueError(f"{kind} is not made by the cryptography package")


def load_packaged(kind: Kind, der: bytes) -> "EcdsaPair | RsaPair | Ed25519Pair":
    """The pair in a PKCS#8 DER. Raises MalformedKey for anything else, or a key of another kind."""
    try:
        key = serialization.load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MalformedKey(f"not an unencrypted PKCS#8 private key: {error}") from error
    match key:
        case ec.EllipticCurvePrivateKey() if kind in CURVES and key.curve.name == CURVES[kind].name:
            return EcdsaPair(key)
        case rsa.RSAPrivateKey() if kind == f"rsa-{key.key_size}":
            return RsaPair(key)
        case Ed25519PrivateKey() if kind == "ed25519":
            return Ed25519Pair(key)
        case _:
            raise MalformedKey(f"a private key, but not of {kind}")

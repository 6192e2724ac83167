"""Checks a signature of X.509 by the public key in it, whatever its kind, and says which kind that is."""

from typing import Any, Final

from asn1crypto import keys  # type: ignore[import-untyped]  # it ships no types
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from yunyue.host.ciphers.der import to_raw
from yunyue.host.ciphers.errors import MalformedKey
from yunyue.host.ciphers.interface import Algorithm, Unavailable
from yunyue.host.ciphers.pairs import Kind
from yunyue.host.ciphers.pairs_package import HASHES
from yunyue.host.ciphers.registry import provider_for
from yunyue.host.ciphers.sm2 import PUBLIC_PREFIX
from yunyue.services.crypto.asn1 import oid
from yunyue.services.crypto.fault import Fault

SM2_WITH_SM3: Final = oid("1.2.156.10197.1.501")
_BY_CURVE: Final[dict[str, Kind]] = {
    "secp256r1": "ecdsa-p256",
    "secp384r1": "ecdsa-p384",
    "secp521r1": "ecdsa-p521",
    "1.2.156.10197.1.301": "sm2",
}
_BY_LENGTH: Final[dict[int, Kind]] = {2048: "rsa-2048", 3072: "rsa-3072", 4096: "rsa-4096"}
_DIGESTS: Final = {"sha256": "sha2-256", "sha384": "sha2-384", "sha512": "sha2-512"}


def kind_of_public(public: bytes) -> Kind | Fault:
    """The kind of a key by its SubjectPublicKeyInfo (DER); sizes and curves nobody should use are refused."""
    info = keys.PublicKeyInfo.load(public)
    match info.algorithm:
        case "ec":
            curve = str(info["algorithm"]["parameters"].native)
            return _BY_CURVE.get(curve) or Fault(f"unsupported curve {curve}")
        case "rsa":
            return _BY_LENGTH.get(info.bit_size) or Fault(f"RSA keys have 2048, 3072 or 4096 bits, not {info.bit_size}")
        case "ed25519":
            return "ed25519"
        case other:
            return Fault(f"unsupported key type {other}")


def signature_holds(public: bytes, content: bytes, signature: bytes, algorithm: Any) -> bool:
    """Whether the key made the signature over the content; `algorithm` is the AlgorithmIdentifier beside it."""
    if public.startswith(PUBLIC_PREFIX):
        return _sm2_holds(public, content, signature, algorithm)
    try:
        key = load_der_public_key(public)
        digest = HASHES.get(_DIGESTS.get(algorithm.hash_algo if algorithm.signature_algo != "ed25519" else "", ""))
        match key:
            case Ed25519PublicKey() if algorithm.signature_algo == "ed25519":
                key.verify(signature, content)
            case rsa.RSAPublicKey() if algorithm.signature_algo == "rsassa_pkcs1v15" and digest:
                key.verify(signature, content, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePublicKey() if algorithm.signature_algo == "ecdsa" and digest:
                key.verify(signature, content, ec.ECDSA(digest))
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _sm2_holds(public: bytes, content: bytes, signature: bytes, algorithm: Any) -> bool:
    provider, raw = provider_for(Algorithm.SM2), to_raw(signature)
    if isinstance(provider, Unavailable) or raw is None or algorithm["algorithm"].dump() != SM2_WITH_SM3:
        return False
    try:
        return provider.verifier(public[len(PUBLIC_PREFIX) :]).verify(content, raw)
    except MalformedKey:
        return False

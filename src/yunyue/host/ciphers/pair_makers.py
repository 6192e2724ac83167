"""Makes and loads key pairs of every kind, after the kind passed its published example on this machine."""

from base64 import b64encode
from functools import cache
from textwrap import wrap

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.ciphers.interface import Algorithm, Unavailable
from yunyue.host.ciphers.pairs import Kind, Pair
from yunyue.host.ciphers.pairs_hsm import LABEL, load_from_token
from yunyue.host.ciphers.pairs_package import generate_packaged, load_packaged
from yunyue.host.ciphers.pairs_sm2 import Sm2Pair
from yunyue.host.ciphers.registry import provider_for
from yunyue.host.ciphers.rsa_example import rsa_fault
from yunyue.host.ciphers.sm2 import Sm2Provider

# GB/T 32918.5-2017 annex C.2: private key and the encryption of a text under its public key.
_SM2_KEY = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
_SM2_TEXT = b"encryption standard"
_SM2_SEALED = bytes.fromhex(
    "307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "041321886ca989ca9c7d58087307ca93092d651efa"
)
_SM2_PKCS8 = bytes.fromhex("3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420")


def generate_pair(kind: Kind) -> Pair | Unavailable:
    """A fresh key pair, or why there is none of that kind here."""
    found = _provider(kind)
    if isinstance(found, Unavailable):
        return found
    return generate_packaged(kind) if found is None else Sm2Pair(found.generate())


def load_pair(kind: Kind, der: bytes) -> Pair | Unavailable:
    """The pair in a PKCS#8 DER, or under a label in the token. Raises MalformedKey for anything else."""
    found = _provider(kind)
    if isinstance(found, Unavailable):
        return found
    if der.startswith(LABEL):
        return load_from_token(kind, der.removeprefix(LABEL).decode())
    return load_packaged(kind, der) if found is None else _load_sm2(found, der)


def _load_sm2(provider: Sm2Provider, der: bytes) -> Sm2Pair:
    lines = "\n".join(wrap(b64encode(der).decode(), 64))
    pem = f"-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n"
    return Sm2Pair(provider.load(pem.encode()))


@cache
def _provider(kind: Kind) -> Sm2Provider | Unavailable | None:
    """None: the cryptography package makes it."""
    if kind != "sm2":
        if kind == "ed25519":
            provided = provider_for(Algorithm.ED25519)
            return provided if isinstance(provided, Unavailable) else None
        return ecdsa_fault() if kind.startswith("ecdsa") else rsa_fault()
    provider = provider_for(Algorithm.SM2)
    if isinstance(provider, Unavailable):
        return provider
    if not isinstance(provider, Sm2Provider):
        return Unavailable("sm2", "served by something that does not encrypt")
    return sm2_encryption_fault(provider) or provider


def sm2_encryption_fault(provider: Sm2Provider) -> Unavailable | None:
    """Why SM2 encryption cannot be trusted; None when the standard's ciphertext opens and a changed one does not."""
    try:
        pair = _load_sm2(provider, _SM2_PKCS8 + _SM2_KEY)
    except CipherBroken as error:
        return Unavailable("sm2", str(error))
    changed = _SM2_SEALED[:-1] + bytes([_SM2_SEALED[-1] ^ 1])
    if pair.decrypt(_SM2_SEALED) == _SM2_TEXT and pair.decrypt(changed) is None:
        return None
    return Unavailable("sm2", "the example of GB/T 32918.5 annex C comes out wrong")


@cache
def ecdsa_fault() -> Unavailable | None:
    """Why ECDSA cannot be trusted; None when the signature of RFC 6979 A.2.5 ("sample", SHA-256) holds."""
    x, y, r, s = (
        int(number, 16)
        for number in (
            "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        )
    )

    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    try:
        key.verify(encode_dss_signature(r, s), b"sample", ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return Unavailable("ecdsa", "the example of RFC 6979 A.2.5 comes out wrong")
    return None

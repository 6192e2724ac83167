"""RSA and ECDSA key pairs inside a PKCS#11 token: the token signs and decrypts, everybody can verify and encrypt."""

from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_ec_public_key

from yunyue.answer import Refused
from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.ciphers.hsm import Hsm
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.mac import digest
from yunyue.host.ciphers.pairs import PLAIN, Choice, Kind
from yunyue.host.ciphers.pairs_package import BY_LENGTH, EcdsaPublic, RsaPublic, chosen_hash

LABEL: Final = b"pkcs11:"
"""A secret that begins so is no key but the label of one in the token."""
_BY_CURVE: Final[dict[str, Kind]] = {"secp256r1": "ecdsa-p256", "secp384r1": "ecdsa-p384", "secp521r1": "ecdsa-p521"}
_DIGEST_INFO: Final = {
    "sha1": "3021300906052b0e03021a05000414",
    "sha2-224": "302d300d06096086480165030402040500041c",
    "sha2-256": "3031300d060960864801650304020105000420",
    "sha2-384": "3041300d060960864801650304020205000430",
    "sha2-512": "3051300d060960864801650304020305000440",
}
"""What stands before a digest in a PKCS#1 v1.5 signature (RFC 8017 section 9.2, note 1)."""


class HsmEcdsa(EcdsaPublic):
    """ECDSA on a NIST curve, signed in the token."""

    def __init__(self, hsm: Hsm, label: str, public: ec.EllipticCurvePublicKey) -> None:
        super().__init__(public)
        self._hsm, self._label = hsm, label

    @property
    def private_der(self) -> bytes:
        """Raises CipherBroken: the key does not leave its token."""
        raise CipherBroken("the private key does not leave its token")

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """See Pair.sign."""
        named = _digest_of(choice, text)
        if isinstance(named, Refused):
            return named
        shown = text if choice.prehashed else digest(named, text)
        raw = _signed(self._hsm, self._label, shown[: self.width], Mechanism.ECDSA)
        half = len(raw) // 2
        r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        if choice.jws:
            return r.to_bytes(self.width, "big") + s.to_bytes(self.width, "big")
        return encode_dss_signature(r, s)


class HsmRsa(RsaPublic):
    """RSA, signed in the token (PKCS#1 v1.5)."""

    def __init__(self, hsm: Hsm, label: str, public: rsa.RSAPublicKey) -> None:
        super().__init__(public)
        self._hsm, self._label = hsm, label

    @property
    def private_der(self) -> bytes:
        """Raises CipherBroken: the key does not leave its token."""
        raise CipherBroken("the private key does not leave its token")

    def sign(self, text: bytes, choice: Choice = PLAIN) -> bytes | Refused:
        """See Pair.sign."""
        named = _digest_of(choice, text)
        if isinstance(named, Refused):
            return named
        if choice.scheme != "pkcs1v15" or named not in _DIGEST_INFO:
            return Refused("a key in a token signs pkcs1v15 with SHA-1 or SHA-2 only", "signature_algorithm")
        shown = bytes.fromhex(_DIGEST_INFO[named]) + (text if choice.prehashed else digest(named, text))
        return _signed(self._hsm, self._label, shown, Mechanism.RSA_PKCS)

    def decrypt(self, sealed: bytes, bound: bytes = b"") -> bytes | Refused | None:
        """Refused: tokens differ in the OAEP they have."""
        del sealed, bound
        return Refused("a key in a token signs and does not decrypt", "key")


HsmPair = HsmEcdsa | HsmRsa


def _signed(hsm: Hsm, label: str, shown: bytes, mechanism: Mechanism) -> bytes:
    return bytes(hsm.use_private(label, lambda private: private.sign(shown, mechanism=mechanism)))


def _digest_of(choice: Choice, text: bytes) -> str | Refused:
    found = chosen_hash(choice, text)
    if isinstance(found, Refused):
        return found
    return choice.digest or (BY_LENGTH.get(len(text), "sha2-256") if choice.prehashed else "sha2-256")


def pair_in(hsm: Hsm, label: str, kind: Kind) -> HsmPair | Unavailable:
    """The pair under a label, after it signed something that verifies outside of the token."""
    try:
        found = hsm.find_pair(label)
        made = found if isinstance(found, Unavailable) else _paired(hsm, label, found[0])
    except CipherBroken as error:
        return Unavailable("pkcs11", str(error))
    if isinstance(made, Unavailable):
        return made
    if _kind(made) != kind:
        return Unavailable("pkcs11", f"key {label!r} is {_kind(made)}, not {kind}")
    choice = Choice(scheme="pkcs1v15")
    try:
        signature = made.sign(b"self-check", choice)
    except CipherBroken as error:
        return Unavailable("pkcs11", str(error))
    if isinstance(signature, Refused) or made.verify(b"self-check", signature, choice) is not True:
        return Unavailable("pkcs11", f"key {label!r} signs what does not verify")
    return made


def _paired(hsm: Hsm, label: str, public: Any) -> HsmPair | Unavailable:
    if public.key_type == KeyType.RSA:
        numbers = hsm.use(lambda: (public[Attribute.PUBLIC_EXPONENT], public[Attribute.MODULUS]))
        e, n = (int.from_bytes(one, "big") for one in numbers)
        return HsmRsa(hsm, label, rsa.RSAPublicNumbers(e, n).public_key())
    key = load_der_public_key(hsm.use(lambda: encode_ec_public_key(public)))
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _BY_CURVE:
        return HsmEcdsa(hsm, label, key)
    return Unavailable("pkcs11", "a key pair of no kind known here")


def _kind(pair: HsmPair) -> str:
    if isinstance(pair, HsmRsa):
        return f"rsa-{pair.size}"
    return _BY_CURVE[pair.curve]


_current: list[Hsm] = []
_missing: list[Unavailable] = []
_loaded: dict[tuple[Kind, str], HsmPair] = {}
"""Pairs that were found; one that was not is asked for again, since a token may come back."""


def use_token(hsm: Hsm | None) -> None:
    """The token this process keeps key pairs in; None for none. What was loaded from another is forgotten."""
    _current[:] = [] if hsm is None else [hsm]
    _missing.clear()
    _loaded.clear()


def miss_token(fault: Unavailable) -> None:
    """A token was set and cannot be used, and why."""
    _missing[:] = [fault]


def current_token() -> Hsm | None:
    """The token in use."""
    return _current[0] if _current else None


def token_fault() -> Unavailable | None:
    """Why the token that was set cannot be used now; None when it can, and when none was set."""
    hsm = current_token()
    if hsm is not None:
        return hsm.lost
    return _missing[0] if _missing else None


def make_in_token(kind: Kind, label: str) -> HsmPair | Unavailable:
    """A fresh pair in the token in use."""
    hsm = current_token()
    if hsm is None:
        return _without("no token is set; see YUNYUE_CRYPTO_SEAL")
    try:
        made = hsm.make_pair(kind, label)
    except CipherBroken as error:
        return Unavailable("pkcs11", str(error))
    return made if isinstance(made, Unavailable) else pair_in(hsm, label, kind)


def destroy_in_token(label: str) -> Unavailable | None:
    """Delete a pair of the token in use; why that cannot be done, None when it is gone."""
    hsm = current_token()
    if hsm is None:
        return _without("the token that holds this key is not set")
    try:
        hsm.destroy_pair(label)
    except CipherBroken as error:
        return Unavailable("pkcs11", str(error))
    _loaded.clear()
    return None


def load_from_token(kind: Kind, label: str) -> HsmPair | Unavailable:
    """A pair of the token in use."""
    known = _loaded.get((kind, label))
    if known is not None:
        return known
    hsm = current_token()
    if hsm is None:
        return _without("the token that holds this key is not set")
    found = pair_in(hsm, label, kind)
    if not isinstance(found, Unavailable):
        _loaded[kind, label] = found
    return found


def _without(otherwise: str) -> Unavailable:
    """Why there is no token: what is wrong with the one that was set, else that none was."""
    fault = token_fault()
    return Unavailable("pkcs11", otherwise) if fault is None else fault

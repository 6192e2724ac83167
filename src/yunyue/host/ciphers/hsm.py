"""Keys that never leave a PKCS#11 token: a hardware module, or SoftHSM. For the international algorithms only.

PKCS#11 has no SM2 mechanism that tokens agree on. An EC key on the SM2 curve would sign plain ECDSA, which no SM2
verifier accepts and no standard describes, so such a key is refused.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass, exceptions
from pkcs11.exceptions import PKCS11Error
from pkcs11.util.ec import encode_named_curve_parameters

from yunyue.answer import Refused
from yunyue.host.ciphers.aead import EXAMPLES, NONCE
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.errors import CipherBroken
from yunyue.host.ciphers.interface import Unavailable

T = TypeVar("T")
LOSSES: Final = (
    exceptions.SessionHandleInvalid,
    exceptions.SessionClosed,
    exceptions.DeviceError,
    exceptions.DeviceRemoved,
    exceptions.TokenNotPresent,
    exceptions.TokenNotRecognised,
    exceptions.UserNotLoggedIn,
    exceptions.ObjectHandleInvalid,
    exceptions.KeyHandleInvalid,
)
"""What a token says whose session is gone; what else it says is about the one thing that was asked."""
SCHEME: Final = "pkcs11:"
PROVIDER: Final = "pkcs11"
TAG_BITS: Final = 128
SM2_CURVE: Final = bytes.fromhex("06082a811ccf5501822d")
CURVES: Final = {"ecdsa-p256": "secp256r1", "ecdsa-p384": "secp384r1", "ecdsa-p521": "secp521r1"}
NO_SM2: Final = (
    "its curve is SM2's and the token would sign plain ECDSA with it, which is no SM2 signature; "
    "keep SM2 keys in the service, or use a module that has an SM2 mechanism of its own"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token is (RFC 7512): its label, the module that reaches it, the file with its PIN, and a key's label."""

    module: str
    token: str
    pin_file: str
    key: str = "yunyue-root"


def place_of(uri: str) -> Place | Refused:
    """The place a URI names: pkcs11:token=LABEL;object=KEY?module-path=/….so&pin-source=/…/pin."""
    if not uri.startswith(SCHEME):
        return Refused(f"an address of a token begins with {SCHEME}", "crypto_seal")
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    parts = {name: unquote(value) for name, _, value in (part.partition("=") for part in path.split(";")) if name}
    more = dict(parse_qsl(query))
    unknown = sorted(({*parts} - {"token", "object"}) | ({*more} - {"module-path", "pin-source"}))
    if unknown:
        return Refused(f"{', '.join(unknown)}: not understood in the address of a token", "crypto_seal")
    for name, value in (("token", parts), ("module-path", more), ("pin-source", more)):
        if not value.get(name):
            return Refused(f"{name} is missing in the address of the token", "crypto_seal")
    pin_file = more["pin-source"].removeprefix("file:")
    return Place(more["module-path"], parts["token"], pin_file, parts.get("object", "yunyue-root"))


def logged_in(place: Place) -> Any | Unavailable:
    """A session of the token, typed Any because pkcs11 ships no types; or why there is none."""
    try:
        pin = Path(place.pin_file).read_text("utf-8").strip()
        return pkcs11.lib(place.module).get_token(token_label=place.token).open(user_pin=pin, rw=True)
    except (OSError, RuntimeError, PKCS11Error) as error:
        return Unavailable(PROVIDER, f"token {place.token}: {type(error).__name__} {error}".strip())


class Hsm:
    """A token somebody logged in to. Any number of threads may use it; they take turns, as one session asks for.

    A token that fails is logged in to once more; when that is in vain it is `lost`: everything is refused until a
    `look` finds it back, with its known answers right.
    """

    def __init__(self, place: Place, session: Any) -> None:
        self.place = place
        self.lost: Unavailable | None = None
        self._session = session
        self._privates: dict[str, Any] = {}
        self._lock = RLock()

    @classmethod
    def opened(cls, place: Place) -> "Hsm | Unavailable":
        """The token, after its known answers came out right; or why it cannot be used."""
        session = logged_in(place)
        if isinstance(session, Unavailable):
            return session
        made = cls(place, session)
        fault = made.fault()
        if fault is None:
            return made
        made.close()
        return fault

    def look(self) -> Unavailable | None:
        """Ask for the known answers, and log in again where they do not come. Why the token is lost; None when not."""
        with self._lock:
            fault = self.fault()
            self.lost = fault if fault is None else self._again()
            return self.lost

    def fault(self) -> Unavailable | None:
        """Why the token cannot be trusted: AES-GCM gives another answer than published, or takes a changed text."""
        known = EXAMPLES["aes256-gcm"]
        key, nonce, text, bound, sealed = (
            bytes.fromhex(one) for one in (known.key, known.nonce, known.text, known.bound, known.sealed)
        )

        def tried() -> bool:
            with_key = self._session.create_object(
                {
                    Attribute.CLASS: ObjectClass.SECRET_KEY,
                    Attribute.KEY_TYPE: KeyType.AES,
                    Attribute.VALUE: key,
                    Attribute.ENCRYPT: True,
                    Attribute.DECRYPT: True,
                    Attribute.TOKEN: False,
                }
            )
            made = with_key.encrypt(text, mechanism=Mechanism.AES_GCM, mechanism_param=_gcm(nonce, bound))
            changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
            right = bool(made == sealed) and _opened(with_key, nonce, changed, bound) is None
            with_key.destroy()
            return right

        with self._lock:
            try:
                right = tried()
            except PKCS11Error as error:
                return _failing(error)
        return None if right else Unavailable(PROVIDER, f"the example of {known.source} comes out wrong")

    def wrap(self, secret: bytes, bound: bytes) -> bytes:
        """The secret under the token's own AES-256 key, which is made when it is not there."""

        def sealed() -> bytes:
            nonce = random_octets(NONCE)
            made = self._own_key().encrypt(secret, mechanism=Mechanism.AES_GCM, mechanism_param=_gcm(nonce, bound))
            return nonce + bytes(made)

        return self._alone(sealed)

    def unwrap(self, sealed: bytes, bound: bytes) -> bytes | None:
        """What was wrapped; None when anything was changed, or the token holds another key."""
        return self._alone(lambda: _opened(self._own_key(), sealed[:NONCE], sealed[NONCE:], bound))

    def make_pair(self, kind: str, label: str) -> tuple[Any, Any] | Unavailable:
        """A key pair inside the token under a label; it cannot be taken out."""
        hidden = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}

        def made() -> tuple[Any, Any] | Unavailable:
            if kind in CURVES:
                named = {Attribute.EC_PARAMS: encode_named_curve_parameters(CURVES[kind])}
                domain = self._session.create_domain_parameters(KeyType.EC, named, local=True)
                public, private = domain.generate_keypair(label=label, store=True, private_template=hidden)
                return public, private
            if kind.startswith("rsa-"):
                length = int(kind.removeprefix("rsa-"))
                public, private = self._session.generate_keypair(
                    KeyType.RSA, length, label=label, store=True, private_template=hidden
                )
                return public, private
            return Unavailable(kind, "a token keeps RSA and ECDSA keys only")

        return self._alone(made)

    def find_pair(self, label: str) -> tuple[Any, Any] | Unavailable:
        """The key pair under a label. One on the SM2 curve is refused."""

        def found() -> tuple[Any, Any] | Unavailable:
            both = [
                list(self._session.get_objects({Attribute.LABEL: label, Attribute.CLASS: kind}))
                for kind in (ObjectClass.PUBLIC_KEY, ObjectClass.PRIVATE_KEY)
            ]
            if [len(one) for one in both] != [1, 1]:
                return Unavailable(PROVIDER, f"the token has not just one key pair {label!r}")
            public, private = both[0][0], both[1][0]
            if public.key_type == KeyType.EC and public[Attribute.EC_PARAMS] == SM2_CURVE:
                return Unavailable(PROVIDER, f"key {label!r} is refused: {NO_SM2}")
            return public, private

        return self._alone(found)

    def destroy_pair(self, label: str) -> None:
        """Delete the key pair under a label; nothing where there is none. Raises CipherBroken when the token fails."""

        def gone() -> None:
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY):
                for one in list(self._session.get_objects({Attribute.LABEL: label, Attribute.CLASS: kind})):
                    one.destroy()

        self._alone(gone)

    def use(self, work: Callable[[], T]) -> T:
        """Do something with an object of the token while nobody else uses it. Raises CipherBroken."""
        return self._alone(work)

    def use_private(self, label: str, work: Callable[[Any], T]) -> T:
        """Do something with the private key under a label. Raises CipherBroken."""
        return self._alone(lambda: work(self._private(label)))

    def close(self) -> None:
        """Log out."""
        with self._lock:
            self._session.close()

    def _private(self, label: str) -> Any:
        """Objects belong to a session, so a token that came back is asked for them again."""
        found = self._privates.get(label)
        if found is None:
            wanted = {Attribute.LABEL: label, Attribute.CLASS: ObjectClass.PRIVATE_KEY}
            there = list(self._session.get_objects(wanted))
            if len(there) != 1:
                raise CipherBroken(f"the token has not just one private key {label!r}")
            found = self._privates[label] = there[0]
        return found

    def _again(self) -> Unavailable | None:
        """Log in anew; why that is in vain, or the known answers are still wrong."""
        self._privates.clear()
        with suppress(PKCS11Error):
            self._session.close()
        session = logged_in(self.place)
        if isinstance(session, Unavailable):
            return session
        self._session = session
        return self.fault()

    def _own_key(self) -> Any:
        wanted = {Attribute.LABEL: self.place.key, Attribute.CLASS: ObjectClass.SECRET_KEY}
        found = list(self._session.get_objects(wanted))
        if len(found) > 1:
            raise CipherBroken(f"the token has several keys {self.place.key!r}")
        hidden = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
        return (
            found[0]
            if found
            else self._session.generate_key(KeyType.AES, 256, label=self.place.key, store=True, template=hidden)
        )

    def _alone(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self.lost is not None:
                raise CipherBroken(str(self.lost))
            try:
                return work()
            except LOSSES:
                # Modules end sessions for reasons of their own: whoever asks does not see that.
                self.lost = self._again()
                if self.lost is not None:
                    raise CipherBroken(str(self.lost)) from None
            except PKCS11Error as error:
                raise CipherBroken(_failing(error).reason) from error
            try:
                return work()
            except PKCS11Error as error:
                raise CipherBroken(_failing(error).reason) from error


def _failing(error: PKCS11Error) -> Unavailable:
    return Unavailable(PROVIDER, f"the token fails: {type(error).__name__} {error}".strip())


def _gcm(nonce: bytes, bound: bytes) -> GCMParams:
    return GCMParams(nonce, bound, TAG_BITS)


def _opened(key: Any, nonce: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    """Tokens say in many ways that a tag is wrong; whatever they say, there is no text then."""
    try:
        return bytes(key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=_gcm(nonce, bound)))
    except PKCS11Error:
        return None

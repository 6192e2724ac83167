"""What lies behind one version of a key: its secret, and the ciphers made of it when first needed."""

from collections.abc import Iterable
from functools import cached_property
from threading import Lock

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yunyue.host.ciphers.aead import Aead, aead
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.ff1 import Ff1
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair, load_pair
from yunyue.host.ciphers.pairs import Kind as PairKind
from yunyue.host.ciphers.pairs import Pair
from yunyue.host.ciphers.pairs_hsm import LABEL, destroy_in_token, make_in_token
from yunyue.host.log import logger
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.kinds import Kind
from yunyue.services.crypto.timestamp import Stamper

HMAC_KEY = 32
_log = logger("yunyue.crypto")


class Secret(msgspec.Struct, frozen=True):
    """One version as its row holds it. `secret`: the key's octets, or a PKCS#8 DER; `made` in milliseconds."""

    secret: bytes
    hmac_key: bytes
    made: int
    chain: str = ""

    @property
    def in_token(self) -> bool:
        """Whether it is no key but the label of one in a PKCS#11 token."""
        return self.secret.startswith(LABEL)


def fresh(kind: Kind, size: int, now: int, *, in_token: bool = False) -> Secret | Unavailable:
    """A new secret of that kind; `size` octets for a key that only makes codes. `in_token`: it stays in the token."""
    if in_token:
        return _in_token(kind, now)
    if kind.pair is not None:
        pair = generate_pair(kind.pair)
        return pair if isinstance(pair, Unavailable) else Secret(pair.private_der, random_octets(HMAC_KEY), now)
    secret = random_octets(size or kind.size)
    return Secret(secret, secret if kind.macs_only else random_octets(HMAC_KEY), now)


def _in_token(kind: Kind, now: int) -> Secret | Unavailable:
    if kind.pair is None:
        return Unavailable(kind.name, "a token keeps RSA and ECDSA key pairs only")
    label = f"yunyue-{random_octets(12).hex()}"
    made = make_in_token(kind.pair, label)
    return made if isinstance(made, Unavailable) else Secret(LABEL + label.encode(), random_octets(HMAC_KEY), now)


def leave_token(secrets: Iterable[Secret]) -> bool:
    """Delete what these versions keep in the token; whether all of it is gone. What lies elsewhere is left alone."""
    gone = True
    for one in secrets:
        if one.in_token:
            fault = destroy_in_token(one.secret.removeprefix(LABEL).decode())
            if fault is not None:
                _log.error("a destroyed key is still in its token", reason=str(fault))
            gone = gone and fault is None
    return gone


class Reserve:
    """Encryptions of a version that were counted on disk and not yet made by this process."""

    __slots__ = ("counting", "left")

    def __init__(self) -> None:
        self.left = 0
        self.counting = Lock()


class Version:
    """A version of a key in memory."""

    def __init__(self, kind: Kind, number: int, row: Secret, reserve: Reserve) -> None:
        self.kind = kind
        self.number = number
        self.row = row
        self.reserve = reserve
        self.stamper: Stamper | None = None

    @cached_property
    def aead(self) -> Aead:
        """Its cipher, for a kind that has one."""
        return self.cipher(self.row.secret)

    def cipher(self, secret: bytes) -> Aead:
        """The cipher of this kind with a given secret (a derived one). Raises VaultBroken when it is gone."""
        made = aead(self.kind.aead, secret)
        if isinstance(made, Unavailable):
            raise VaultBroken(str(made))
        return made

    @property
    def pair_kind(self) -> PairKind:
        """What kind of key pair it is. Raises VaultBroken for a kind that is none."""
        if self.kind.pair is None:
            raise VaultBroken(f"{self.kind.name} is no key pair")
        return self.kind.pair

    @cached_property
    def pair(self) -> Pair:
        """Its key pair, for a kind that is one. Raises VaultBroken when this machine can no longer do it."""
        made = load_pair(self.pair_kind, self.row.secret)
        if isinstance(made, Unavailable):
            raise VaultBroken(str(made))
        return made

    @cached_property
    def ff1(self) -> Ff1:
        """Its cipher of digits, for a kind that has one."""
        return Ff1(self.kind.block, self.row.secret)

    def derived(self, context: bytes, label: bytes = b"") -> bytes:
        """The secret for one context (HKDF, RFC 5869, SHA-256): as long as the version's own."""
        return HKDF(SHA256(), len(self.row.secret), None, label + context).derive(self.row.secret)

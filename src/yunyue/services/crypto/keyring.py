"""The keys that seal rows: a root that only the unsealing shares give, terms under the root, one key for each tenant.

Every sealed row is bound to its path: moved to another path, it no longer opens.
"""

from typing import Final

import msgspec

from yunyue.host.ciphers.aead import KEY_LENGTHS, NONCE, Aead, aead
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.locked import Locked
from yunyue.host.ciphers.mac import mac
from yunyue.host.ciphers.octets import Octets
from yunyue.services.crypto.errors import IsSealed, RowTampered, VaultBroken

SECRET: Final = 32
"""Octets of every secret in the hierarchy; the cipher's own key is derived from it."""
FORMAT: Final = 1
_HEAD: Final = 5
_CONTEXT: Final = b"yunyue crypto row "
DIGEST_OF: Final = {"sm4-gcm": "sm3", "aes256-gcm": "sha2-256"}
"""What a vault may be sealed with, and the digest that belongs to it."""


class Term(msgspec.Struct, frozen=True):
    """One term of the keyring: from when (milliseconds since 1970) its secret seals what is written."""

    number: int
    secret: bytes
    began: int


class Terms(msgspec.Struct, frozen=True):
    """Every term, oldest first; the last is the one that seals."""

    terms: tuple[Term, ...]


def wrapper(suite: str, secret: Octets) -> Aead:
    """The cipher of a secret of the hierarchy. Raises VaultBroken when this machine lacks it."""
    if suite not in DIGEST_OF:
        raise VaultBroken(f"the vault was sealed with {suite!r}, and this program knows {', '.join(DIGEST_OF)}")
    key = mac(DIGEST_OF[suite], bytes(secret), b"yunyue crypto wrap")[: KEY_LENGTHS[suite]]
    made = aead(suite, key)
    if isinstance(made, Unavailable):
        raise VaultBroken(f"the vault is sealed with a cipher this machine lacks: {made}")
    return made


class Wrap:
    """One cipher of the hierarchy, with the term number it writes into what it seals."""

    def __init__(self, suite: str, secret: Octets, term: int = 0) -> None:
        self._cipher = wrapper(suite, secret)
        self._head = bytes([FORMAT]) + term.to_bytes(4, "big")

    def seal(self, path: str, content: bytes) -> bytes:
        """The row for this path."""
        nonce = random_octets(NONCE)
        return self._head + nonce + self._cipher.seal(nonce, content, self._bound(path))

    def open(self, path: str, row: bytes) -> bytes:
        """What `seal` was given; raises RowTampered for anything else."""
        content = self._cipher.open(row[_HEAD : _HEAD + NONCE], row[_HEAD + NONCE :], self._bound(path))
        if content is None or row[:_HEAD] != self._head:
            raise RowTampered(f"the row at {path} was changed, or belongs elsewhere")
        return content

    def _bound(self, path: str) -> bytes:
        return _CONTEXT + self._head + path.encode()


def term_of(row: bytes) -> int:
    """The term a row says it was sealed in; raises RowTampered for what is no row."""
    if len(row) < _HEAD or row[0] != FORMAT:
        raise RowTampered("a row in no format this program knows")
    return int.from_bytes(row[1:_HEAD], "big")


class Keyring:
    """The open keyring of an unsealed vault."""

    def __init__(self, suite: str, root: Locked, terms: Terms) -> None:
        self.suite = suite
        self.root = root
        self.terms = terms
        self._wraps = {one.number: Wrap(suite, one.secret, one.number) for one in terms.terms}

    @property
    def active(self) -> Term:
        """The term that seals what is written now."""
        return self.terms.terms[-1]

    def next(self, now: int) -> Terms:
        """The terms with a fresh one behind them."""
        return Terms((*self.terms.terms, Term(self.active.number + 1, random_octets(SECRET), now)))

    def seal(self, path: str, content: bytes) -> bytes:
        """The row for this path, in the active term. Raises IsSealed."""
        return self._wrap(self.active.number, path).seal(path, content)

    def open(self, path: str, row: bytes) -> bytes:
        """What was sealed at this path; raises RowTampered, IsSealed."""
        return self._wrap(term_of(row), path).open(path, row)

    def _wrap(self, term: int, path: str) -> Wrap:
        wrap = self._wraps.get(term)
        if wrap is None and not self._wraps:
            raise IsSealed("the vault was sealed meanwhile")
        if wrap is None:
            raise RowTampered(f"the row at {path} names a term that never was")
        return wrap

    def forget(self) -> None:
        """Wipe the root; what libraries copied is let go of."""
        self.root.wipe()
        self._wraps = {}

"""Tokens: who is asking. On disk only a keyed digest of each lies, so a copy of the store lets nobody in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec

from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.mac import Mac
from yunyue.host.randomness import token as random_token
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.policies import Policies
from yunyue.services.crypto.policy import Acl

LONGEST: Final = 32 * 24 * 3600
"""Seconds a token lives at most unless it is periodic or root: 32 days, transit's default."""
_SALT: Final = "core/token-salt"


class Token(msgspec.Struct, frozen=True):
    """What is known of a token. Times in milliseconds, lengths in seconds; `expires` 0 stands for never."""

    accessor: str
    policies: tuple[str, ...]
    made: int
    ttl: int = 0
    explicit_max: int = 0
    period: int = 0
    uses: int = 0
    renewable: bool = True
    display: str = "token"
    meta: dict[str, str] | None = None
    path: str = "auth/token/create"
    parent: str = ""
    expires: int = 0
    wrapped: bytes = b""

    def left(self, now: int) -> int:
        """Seconds it still lives; 0 for one that never ends."""
        return max(0, -((now - self.expires) // 1000)) if self.expires else 0


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that came with a request, and what it may do."""

    digest: str
    token: Token
    acl: Acl


class Tokens:
    """All of them."""

    def __init__(self, barrier: Barrier, policies: Policies, now: Callable[[], int]) -> None:
        self._barrier = barrier
        self._policies = policies
        self._now = now
        self._known: dict[bytes, Bearer] = {}  # by a plain digest, which costs half of the keyed one on disk
        self._coder: Mac | None = None

    def forget(self) -> None:
        """Read everything again."""
        self._known, self._coder = {}, None

    def make(self, token: Token) -> str:
        """A new token; its text is nowhere but in what this answers."""
        text = f"s.{random_token()}"
        digest = self._digest(text).hex()
        with self._barrier.change():
            self._barrier.write(f"token/{digest}", msgspec.json.encode(token))
            self._barrier.write(f"accessor/{token.accessor}", digest.encode())
        return text

    def make_child(self, token: Token) -> str | Fault:
        """As make. Fault: its parent was revoked meanwhile, and would not take it along any more."""
        with self._barrier.change():
            if token.parent and self.read(token.parent) is None:
                return Fault("the token that asks was revoked", 403)
            return self.make(token)

    def bearer(self, text: str) -> Bearer | None:
        """Who shows this token; None for one that is unknown or has ended."""
        shown = sha256(text.encode()).digest()
        found = self._known.get(shown)
        if found is None:
            digest = self._digest(text).hex()
            token = self.read(digest)
            if token is None:
                return None
            found = self._known[shown] = Bearer(digest, token, self._policies.acl(token.policies))
        return None if found.token.expires and found.token.expires <= self._now() else found

    def read(self, digest: str) -> Token | None:
        """The token of a digest."""
        row = self._barrier.read(f"token/{digest}")
        return None if row is None else msgspec.json.decode(row, type=Token)

    def by_accessor(self, accessor: str) -> tuple[str, Token] | None:
        """A token's digest and what is known of it, by the name that gives no access."""
        row = self._barrier.read(f"accessor/{accessor}")
        token = None if row is None else self.read(row.decode())
        return None if row is None or token is None else (row.decode(), token)

    def accessors(self) -> list[str]:
        """Every accessor."""
        return self._barrier.names("accessor/")

    def spend(self, bearer: Bearer) -> bool:
        """Use up one of a token's counted uses; the last one ends it. False: another process used the last one."""
        with self._barrier.change():
            token = self.read(bearer.digest)
            if token is not None and token.uses > 1:
                self._put(bearer.digest, msgspec.structs.replace(token, uses=token.uses - 1))
            else:
                self.revoke(bearer.digest)
        self._known.clear()
        return token is not None

    def renew(self, digest: str, increment: int) -> Token | Fault:
        """Let a token live longer: by its period, or the increment, never beyond its explicit end.

        Without a period no token is renewed beyond LONGEST after it was made.
        """
        now = self._now()
        with self._barrier.change():
            token = self.read(digest)
            if token is None or (token.expires and token.expires <= now):
                return Fault("token not found", 403)
            if not token.renewable:
                return Fault("lease is not renewable")
            seconds = min(token.period or increment or token.ttl, token.period or LONGEST)
            end = now + seconds * 1000
            limits = [token.explicit_max, 0 if token.period else LONGEST]
            end = min([end, *(token.made + most * 1000 for most in limits if most)])
            renewed = msgspec.structs.replace(token, expires=end)
            self._put(digest, renewed)
        self._known.clear()
        return renewed

    def revoke(self, digest: str) -> None:
        """End a token, and every token that was made with it."""
        with self._barrier.change():
            everyone = {
                path.removeprefix("token/"): msgspec.json.decode(row, type=Token)
                for path, row in self._barrier.under("token/").items()
            }
            doomed = [digest]
            for one in doomed:
                doomed += [child for child, token in everyone.items() if token.parent == one]
            for one in doomed:
                self._barrier.write(f"token/{one}", None)
                if one in everyone:
                    self._barrier.write(f"accessor/{everyone[one].accessor}", None)
        self._known.clear()

    def adopt(self, digest: str) -> None:
        """Leave the children of a token without a parent, then end it."""
        with self._barrier.change():
            for path, row in self._barrier.under("token/").items():
                token = msgspec.json.decode(row, type=Token)
                if token.parent == digest:
                    self._put(path.removeprefix("token/"), msgspec.structs.replace(token, parent=""))
            self.revoke(digest)

    def expire(self) -> int:
        """Remove the tokens whose time has passed; how many."""
        now = self._now()
        ended = [
            path.removeprefix("token/")
            for path, row in self._barrier.under("token/").items()
            if 0 < msgspec.json.decode(row, type=Token).expires <= now
        ]
        for digest in ended:
            self.revoke(digest)
        return len(ended)

    def take_wrapped(self, text: str) -> Token | None:
        """What a wrapping token holds; it is gone then."""
        digest = self._digest(text).hex()
        with self._barrier.change():
            token = self.read(digest)
            if token is None or not token.wrapped or 0 < token.expires <= self._now():
                return None
            self.revoke(digest)
        return token

    def _put(self, digest: str, token: Token) -> None:
        self._barrier.write(f"token/{digest}", msgspec.json.encode(token))

    def _digest(self, text: str) -> bytes:
        if self._coder is None:
            salt = self._barrier.read(_SALT)
            if salt is None:
                salt = random_octets(32)
                self._barrier.write(_SALT, salt)
            self._coder = Mac("sha2-256", salt)
        return self._coder.code(text.encode())


def accessor() -> str:
    """A name for a token that gives no access."""
    return random_octets(12).hex()


def held(policies: Iterable[str]) -> tuple[str, ...]:
    """The policies a new token carries: those asked for and the default one; root stands alone."""
    wanted = sorted({*policies})
    return ("root",) if "root" in wanted else tuple(sorted({*wanted, "default"}))

"""Sealing: a vault starts closed, and only enough shares of its unsealing key open it, or a custodian that keeps it.

unsealing key (in t-of-n shares, nowhere on this disk) opens the root; the root opens the keyring's terms; a term opens
tenants' keys; a tenant's key opens its keys. Sealing wipes the root and forgets the rest.
"""

from base64 import b64decode
from binascii import Error as NotBase64

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.chance import random_octets
from yunyue.host.ciphers.locked import Locked
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.errors import RowTampered
from yunyue.services.crypto.keyring import SECRET, Keyring, Term, Terms, Wrap
from yunyue.services.crypto.seals.custodian import Custodian
from yunyue.services.crypto.shamir import combine, split

CONFIG = "core/seal"
KEYRING = "core/keyring"
SHAMIR = "shamir"
SUITES = ("sm4-gcm", "aes256-gcm")


class SealConfig(msgspec.Struct, frozen=True):
    """How the vault is sealed: readable while it is closed, and worthless without the shares or the custodian.

    `kind`: "shamir", or the custodian's; `wrapped`: the unsealing key under the custodian's.
    """

    suite: str
    shares: int
    threshold: int
    root: bytes
    made: int
    kind: str = SHAMIR
    wrapped: bytes = b""


class Seal:
    """The seal of one vault."""

    def __init__(self, barrier: Barrier, custodian: Custodian | None = None) -> None:
        self._barrier = barrier
        self.custodian = custodian
        self._parts: list[bytes] = []
        self.nonce = ""

    @property
    def config(self) -> SealConfig | None:
        """How it is sealed; None before it was initialised."""
        row = self._barrier.rows.get(CONFIG)
        return None if row is None else msgspec.json.decode(row, type=SealConfig)

    @property
    def keyring(self) -> Keyring | None:
        """The open keyring; None while sealed."""
        return self._barrier.keyring

    @property
    def progress(self) -> int:
        """How many shares of the next opening were given."""
        return len(self._parts)

    def initialise(self, shares: int, threshold: int, now: int, suite: str = SUITES[0]) -> list[bytes] | Refused:
        """Make root and first term, and answer the shares, which exist nowhere else. The vault is then open.

        With a custodian there may be no shares at all: then nobody but the custodian opens the vault, ever.
        """
        if self.config is not None:
            return Refused("Vault is already initialized", "init")
        key = random_octets(SECRET)
        alone = self.custodian is not None and shares == threshold == 0
        parts: list[bytes] | Refused = [] if alone else split(key, shares, threshold, random_octets)
        if isinstance(parts, Refused):
            return parts
        kept = self.kept_by_custodian(key)
        if isinstance(kept, Refused):
            return kept
        root = Locked(random_octets(SECRET))
        keyring = Keyring(suite, root, Terms((Term(1, random_octets(SECRET), now),)))
        sealed_root = Wrap(suite, key).seal(CONFIG, bytes(root.view()))
        with self._barrier.change():
            if self._barrier.rows.get(CONFIG) is not None:
                # Somebody else made it meanwhile; his shares are the ones that open it.
                return Refused("Vault is already initialized", "init")
            config = SealConfig(suite, shares, threshold, sealed_root, now, *kept)
            self._barrier.rows.put(CONFIG, msgspec.json.encode(config))
            self._store(keyring)
        self._barrier.open_with(keyring)
        return parts

    def give(self, share: str) -> bool | Refused:
        """Take one share (hexadecimal or Base64). True when the vault is open, False when more are needed."""
        config = self.config
        if config is None:
            return Refused("Vault is not initialized", "key")
        if not config.threshold:
            return Refused(f"this vault has no shares; {config.kind} opens it", "key")
        part = read_share(share)
        if isinstance(part, Refused):
            return part
        if part not in self._parts:
            self._parts.append(part)
        self.nonce = self.nonce or random_octets(16).hex()
        if len(self._parts) < config.threshold:
            return False
        parts, self._parts, self.nonce = self._parts, [], ""
        key = combine(parts)
        return key if isinstance(key, Refused) else self.open(key)

    def open(self, key: bytes) -> bool | Refused:
        """Open with the whole unsealing key."""
        config = self.config
        if config is None:
            return Refused("Vault is not initialized", "key")
        try:
            root = Locked(Wrap(config.suite, key).open(CONFIG, config.root))
        except RowTampered:
            return Refused("the shares do not open this vault", "key")
        self._barrier.open_with(self._load(config.suite, root))
        return True

    def open_alone(self) -> bool | Refused:
        """Open with what the custodian keeps. False: this vault has none, or it keeps nothing of this vault yet."""
        config = self.config
        if config is None or self.custodian is None or not config.wrapped:
            return False
        if config.kind != self.custodian.kind:
            return Refused(f"the vault is kept by {config.kind}, not by {self.custodian.kind}", "crypto_seal")
        key = self.custodian.unwrap(config.wrapped)
        return key if isinstance(key, Refused) else self.open(key)

    def kept_by_custodian(self, key: bytes) -> tuple[str, bytes] | Refused:
        """The kind of seal, and the unsealing key under the custodian's own key (empty without one)."""
        if self.custodian is None:
            return SHAMIR, b""
        wrapped = self.custodian.wrap(key)
        return wrapped if isinstance(wrapped, Refused) else (self.custodian.kind, wrapped)

    def put(self, config: SealConfig) -> None:
        """Write how the vault is sealed from now on."""
        with self._barrier.change():
            self._barrier.rows.put(CONFIG, msgspec.json.encode(config))

    def reset(self) -> None:
        """Forget the shares given so far."""
        self._parts, self.nonce = [], ""

    def close(self) -> None:
        """Seal: wipe the root and forget every key."""
        keyring = self._barrier.keyring
        self._barrier.open_with(None)
        if keyring is not None:
            keyring.forget()

    def rotate(self, now: int) -> None:
        """Begin a new term: what is written from now on is sealed with a fresh secret."""
        keyring = self._barrier.keyring
        if keyring is None:
            return
        following = Keyring(keyring.suite, keyring.root, keyring.next(now))
        with self._barrier.change():
            self._store(following)
        self._barrier.open_with(following)

    def reload(self) -> None:
        """Read the terms again: another process may have begun a new one."""
        keyring = self._barrier.keyring
        if keyring is not None:
            self._barrier.open_with(self._load(keyring.suite, keyring.root))

    def _store(self, keyring: Keyring) -> None:
        terms = msgspec.json.encode(keyring.terms)
        self._barrier.rows.put(KEYRING, Wrap(keyring.suite, keyring.root.view()).seal(KEYRING, terms))

    def _load(self, suite: str, root: Locked) -> Keyring:
        row = self._barrier.rows.get(KEYRING)
        if row is None:
            raise RowTampered("the keyring is gone; bring the store back from a backup")
        return Keyring(suite, root, msgspec.json.decode(Wrap(suite, root.view()).open(KEYRING, row), type=Terms))


def read_share(share: str) -> bytes | Refused:
    """A share's octets."""
    try:
        return bytes.fromhex(share)
    except ValueError:
        pass
    try:
        part = b64decode(share, validate=True)
    except (NotBase64, ValueError):
        return Refused("'key' must be a valid hex or base64 string", "key")
    return part or Refused("'key' must be specified in request body as JSON, or 'reset' set to true", "key")

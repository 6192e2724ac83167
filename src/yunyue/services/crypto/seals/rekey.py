"""New shares for the unsealing key: the old ones agree, a fresh key is made, and the old one opens nothing any more."""

from dataclasses import dataclass, field

import msgspec

from yunyue.answer import Refused
from yunyue.host.ciphers.chance import random_octets
from yunyue.services.crypto.errors import RowTampered
from yunyue.services.crypto.keyring import SECRET, Wrap
from yunyue.services.crypto.seal import CONFIG, Seal, read_share
from yunyue.services.crypto.shamir import combine, split


@dataclass(slots=True)
class Begun:
    """A rekeying that waits for shares. Not frozen: it gathers them."""

    nonce: str
    shares: int
    threshold: int
    parts: list[bytes] = field(default_factory=list)


class Rekey:
    """At most one at a time; forgotten when the process ends."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self.begun: Begun | None = None

    def begin(self, shares: int, threshold: int) -> Begun | Refused:
        """Say how many shares there shall be. Refused: one has begun, or they cannot be."""
        if self.begun is not None:
            return Refused("rekey already in progress", "init")
        tried = split(bytes(SECRET), shares, threshold, random_octets)
        if isinstance(tried, Refused):
            return tried
        self.begun = Begun(random_octets(16).hex(), shares, threshold)
        return self.begun

    def cancel(self) -> None:
        """Forget it, and the shares given so far."""
        self.begun = None

    def give(self, nonce: str, share: str) -> list[bytes] | Refused | None:
        """Take an old share. The new ones when it was the last that was needed; None while more are."""
        begun, config = self.begun, self._seal.config
        if begun is None or config is None:
            return Refused("no rekey in progress", "nonce")
        if nonce != begun.nonce:
            return Refused(f"incorrect nonce supplied; nonce for this rekey operation is {begun.nonce}", "nonce")
        part = read_share(share)
        if isinstance(part, Refused):
            return part
        if part not in begun.parts:
            begun.parts.append(part)
        if len(begun.parts) < config.threshold:
            return None
        old, begun.parts = combine(begun.parts), []
        if isinstance(old, Refused):
            return old
        made = self._changed(old, begun)
        if not isinstance(made, Refused):
            self.begun = None
        return made

    def _changed(self, old: bytes, begun: Begun) -> list[bytes] | Refused:
        config = self._seal.config
        if config is None:
            return Refused("Vault is not initialized", "key")
        try:
            root = Wrap(config.suite, old).open(CONFIG, config.root)
        except RowTampered:
            return Refused("rekey operation failed: the shares do not open this vault", "key")
        fresh = random_octets(SECRET)
        parts = split(fresh, begun.shares, begun.threshold, random_octets)
        if isinstance(parts, Refused):
            return parts
        kept = self._seal.kept_by_custodian(fresh)
        if isinstance(kept, Refused):
            return kept
        kind, wrapped = kept
        changed = msgspec.structs.replace(
            config,
            shares=begun.shares,
            threshold=begun.threshold,
            root=Wrap(config.suite, fresh).seal(CONFIG, root),
            kind=kind,
            wrapped=wrapped,
        )
        self._seal.put(changed)
        return parts

"""Which operation of transit a request is, and whether it may hold up others while it is done."""

from collections.abc import Callable
from typing import Final

import msgspec

from yunyue.services.crypto import certifying, chance_and_hash, digits, encrypting, managing, moving, signing, stamping
from yunyue.services.crypto.ask import Answer, Ask, decoder_of
from yunyue.services.crypto.barrier import Barrier
from yunyue.services.crypto.fault import UNSUPPORTED_OPERATION, UNSUPPORTED_PATH, Fault
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.managing import is_name

Outcome = Answer | Fault
_QUICK: Final = frozenset(
    {"encrypt", "decrypt", "rewrap", "datakey", "hmac", "hash", "random", "sign", "verify", "fpe", "tsa"}
)
QUICK_BYTES: Final = 32_768
QUICK_ITEMS: Final = 16


class Transit:
    """Transit over the keys of one mount."""

    def __init__(self, barrier: Barrier, space: KeySpace) -> None:
        self.barrier = barrier
        self.space = space

    def public(self, operation: str, rest: list[str]) -> bool:
        """Nothing here is for whoever shows no token."""
        del operation, rest
        return False

    def creates(self, ask: Ask) -> bool:
        """Whether the request would make a key by using it, which needs the capability "create"."""
        return ask.rest[0] == "encrypt" and len(ask.rest) == 2 and self.space.get(ask.rest[1]) is None

    def changes(self, ask: Ask) -> bool:
        """Whether keys change: management, and using a key that is thereby made."""
        return ask.operation not in ("read", "list") and (ask.rest[0] not in _QUICK or self.creates(ask))

    def slow(self, ask: Ask) -> bool:
        """Whether the request belongs into a thread: management, batches over 16, large texts, RSA and SM2."""
        rest, body = ask.rest, ask.body
        if rest[0] not in _QUICK or len(body) > QUICK_BYTES:
            return True
        if rest[0] in ("hash", "random"):
            return False
        if body.count(b"{") > QUICK_ITEMS + 1:
            return True
        name = rest[2] if rest[0] in ("datakey", "fpe") and len(rest) > 2 else rest[1] if len(rest) > 1 else ""
        key = self.space.get(name)
        return key is not None and key.config.kind.slow

    def do(self, ask: Ask) -> Outcome:
        """Do it."""
        first, length = ask.rest[0], len(ask.rest)
        handler = _OPERATIONS.get((ask.operation, first))
        if first == "keys":
            return self._keys(ask)
        if handler is None:
            known = any(name == first for _, name in _OPERATIONS)
            return UNSUPPORTED_OPERATION if known else self._other(ask)
        least, most, work = handler
        if not least <= length <= most or "" in ask.rest:
            return UNSUPPORTED_PATH
        named = ask.rest[2] if first in ("datakey", "export", "fpe") else ask.rest[1] if length > 1 else ""
        if named and not is_name(named):
            return UNSUPPORTED_PATH
        ask.key = named
        return work(ask, self.space)

    def _keys(self, ask: Ask) -> Outcome:
        rest = ask.rest
        if len(rest) == 1:
            return managing.listed(ask, self.space) if ask.operation == "list" else UNSUPPORTED_OPERATION
        if not is_name(rest[1]):
            return UNSUPPORTED_PATH
        ask.key = rest[1]
        verb = rest[2] if len(rest) == 3 else "" if len(rest) == 2 else "?"
        if verb in ("import", "import_version") and ask.operation == "update":
            take = moving.take_in if verb == "import" else moving.take_in_version
            return take(ask, self.space, self.barrier)
        work = _KEYS.get((ask.operation, verb))
        if work is not None:
            return work(ask, self.space)
        return UNSUPPORTED_OPERATION if any(verb == name for _, name in _KEYS) else UNSUPPORTED_PATH

    def _other(self, ask: Ask) -> Outcome:
        match (ask.operation, *ask.rest):
            case ("update", "random", *path):
                return chance_and_hash.random(ask, path)
            case ("update", "hash", *path):
                return chance_and_hash.hashed(ask, path)
            case ("read", "wrapping_key"):
                return moving.show_wrapping_key(self.barrier, self.space)
            case ("read", "cache-config"):
                return Answer({"size": 0})
            case ("update", "cache-config"):
                return _set_cache(ask)
            case ("read", "config", "keys"):
                return Answer({"disable_upsert": self.space.upsert_disabled})
            case ("update", "config", "keys"):
                return self._set_upsert(ask)
            case _:
                return UNSUPPORTED_PATH

    def _set_upsert(self, ask: Ask) -> Outcome:
        body = ask.read(_UPSERT)
        if isinstance(body, Fault):
            return body
        self.space.disable_upsert(body.disable_upsert)
        return Answer({"disable_upsert": body.disable_upsert})


class UpsertBody(msgspec.Struct):
    """Whether encrypting under a name nobody made yet is refused."""

    disable_upsert: bool = False


class CacheBody(msgspec.Struct):
    """How many keys to keep in memory; 0 for as many as are used."""

    size: int = 0


_CACHE: Final = decoder_of(CacheBody)


def _set_cache(ask: Ask) -> Outcome:
    """POST cache-config. Keys in use are all kept in memory: that can be said again, and nothing else."""
    body = ask.read(_CACHE)
    if isinstance(body, Fault):
        return body
    return Answer({"size": 0}) if not body.size else Fault("size: the keys in use are all kept here; only 0 is taken")


_UPSERT: Final = decoder_of(UpsertBody)


def _encrypt(ask: Ask, space: KeySpace) -> Outcome:
    return encrypting.encrypt(ask, space, upsert=not space.upsert_disabled)


_OPERATIONS: Final[dict[tuple[str, str], tuple[int, int, Callable[[Ask, KeySpace], Outcome]]]] = {
    ("update", "encrypt"): (2, 2, _encrypt),
    ("update", "decrypt"): (2, 2, encrypting.decrypt),
    ("update", "rewrap"): (2, 2, encrypting.rewrap),
    ("update", "datakey"): (3, 3, encrypting.datakey),
    ("update", "sign"): (2, 3, signing.sign),
    ("update", "verify"): (2, 3, signing.verify),
    ("update", "hmac"): (2, 3, signing.hmac),
    ("update", "fpe"): (3, 3, digits.fpe),
    ("update", "tsa"): (2, 2, stamping.stamp),
    ("read", "tsa"): (2, 2, stamping.show),
    ("read", "export"): (3, 4, moving.export),
    ("read", "backup"): (2, 2, moving.backup),
    ("update", "restore"): (1, 2, moving.restore),
}
_KEYS: Final[dict[tuple[str, str], Callable[[Ask, KeySpace], Outcome]]] = {
    ("read", ""): managing.show,
    ("update", ""): managing.make,
    ("delete", ""): managing.delete,
    ("update", "config"): managing.configure,
    ("update", "rotate"): managing.rotate,
    ("update", "trim"): managing.trim,
    ("delete", "soft-delete"): managing.put_aside,
    ("update", "soft-delete-restore"): managing.take_back,
    ("update", "csr"): certifying.csr,
    ("update", "set-certificate"): certifying.set_chain,
}

"""A person's acts on a key, each in the use log under the person's pseudonym."""

from dataclasses import dataclass
from typing import Final, Literal, assert_never

import msgspec

from yunyue.answer import Refused
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.key import WAITING_DAYS, Key, KeyConfig
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.uselog import Use
from yunyue.services.crypto.vault import Vault

Act = Literal["rotate", "disable", "enable", "delete", "undelete"]
ACTS: Final[tuple[Act, ...]] = ("rotate", "disable", "enable", "delete", "undelete")
IRREVERSIBLE: Final[frozenset[Act]] = frozenset({"delete"})
"""Two people agree to these: one asks, another approves. Everything else can be undone by whoever did it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which key of which space; `days`: how long a deleted key waits, 7 to 30."""

    space: str
    key: str
    act: Act
    days: int = WAITING_DAYS[0]


def act(vault: Vault, wish: Wish, actor: str) -> Key | Refused:
    """The key after it. Refused: a sealed vault, no such key, an act its state forbids, an unwritable use log.

    The act is on record first; what cannot be recorded is not done.
    """
    refused = possible(vault, wish)
    if refused is not None:
        return refused
    space = vault.space(wish.space)
    key = None if space is None else space.get(wish.key)
    assert space is not None, "possible() looked"
    assert key is not None, "possible() looked"
    try:
        vault.log.append([_use(vault, wish, key, actor)])
        done = _done(space, wish)
        if isinstance(done, Fault):
            return Refused(done.reason, "key")
    except VaultBroken as error:
        return Refused(f"the vault cannot do it now: {error}", "vault")
    return done


def possible(vault: Vault, wish: Wish) -> Refused | None:
    """Why an act cannot be done now, or asked for; None when it can."""
    if vault.sealed:
        return Refused("the vault is sealed; unseal it first: bao operator unseal", "vault", "C37")
    space = vault.space(wish.space)
    key = None if space is None else space.get(wish.key)
    if key is None:
        return Refused(f"there is no key {wish.key!r}", "key")
    if not WAITING_DAYS[0] <= wish.days <= WAITING_DAYS[1]:
        return Refused(f"a deleted key waits {WAITING_DAYS[0]} to {WAITING_DAYS[1]} days, not {wish.days}", "days")
    config = key.config
    match wish.act:
        case "rotate":
            if config.soft_deleted:
                return Refused("the key is disabled or waits for destruction", "key")
            if config.imported and not config.allow_rotation:
                return Refused("this key was imported and may not be rotated here", "key")
        case "disable":
            if config.soft_deleted:
                return Refused("the key is disabled or waits for destruction", "key")
        case "enable":
            if not config.soft_deleted or config.erase_at:
                return Refused("the key is not disabled", "key")
        case "delete":
            if config.erase_at:
                return Refused("the key waits for destruction already", "key")
        case "undelete":
            if not config.erase_at:
                return Refused("the key does not wait for destruction", "key")
        case _:
            assert_never(wish.act)
    return None


def _done(space: KeySpace, wish: Wish) -> Key | Fault:
    match wish.act:
        case "rotate":
            return space.rotate(wish.key)
        case "disable":
            return space.put_aside(wish.key)
        case "enable" | "undelete":
            return space.take_back(wish.key)
        case "delete":
            allowed = space.change(wish.key, lambda key: _allowed(key, wish.days))
            return allowed if isinstance(allowed, Fault) else space.delete(wish.key)
        case _:
            assert_never(wish.act)


def _allowed(key: Key, days: int) -> KeyConfig:
    return msgspec.structs.replace(key.config, deletion_allowed=True, deletion_delay_days=days)


def _use(vault: Vault, wish: Wish, key: Key, actor: str) -> Use:
    at, version = vault.now(), key.config.latest + (wish.act == "rotate")
    return Use(at, wish.space, wish.key, version, f"person {wish.act}", 1, actor, 200, 0, b"", b"")

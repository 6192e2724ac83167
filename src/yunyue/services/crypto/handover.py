"""Hands a department the token of its key space: wrapped, in a file its operator reads, good for one look."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from yunyue.services.crypto.instances import Instance
from yunyue.services.crypto.tokens import LONGEST, Token, accessor
from yunyue.services.crypto.vault import Vault
from yunyue.services.crypto.wrapping import Kept

LOOK_SECONDS: Final = 7 * 24 * 3600


def policy_of(instance: Instance) -> str:
    """The name of an instance's policy."""
    return f"space-{instance.identifier}"


def rules_of(instance: Instance) -> str:
    """All of its own key space and nothing else."""
    everything = '["create", "read", "update", "delete", "list"]'
    return f'path "{instance.path}*" {{ capabilities = {everything} }}\n'


def hand_over(vault: Vault, instance: Instance, folder: Path) -> Path:
    """The file with a wrapping token, mode 0600: `bao unwrap` shows the token once, within seven days."""
    now = vault.now()
    vault.policies.put(policy_of(instance), rules_of(instance), now)
    token = Token(
        accessor(),
        tuple(sorted(("default", policy_of(instance)))),
        now,
        ttl=LONGEST,
        period=LONGEST,
        display=f"order-{instance.order}",
        expires=now + LONGEST * 1000,
        path="services/crypto",
    )
    text = vault.tokens.make(token)
    wrapped = vault.wrapping.wrap(Kept("services/crypto", None, {"client_token": text}), LOOK_SECONDS).wrap or {}
    path = folder / f"{quote(instance.order, safe=':')}.wrapped-token"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{wrapped['token']}\n")
    return path


def withdraw(vault: Vault, instance: Instance) -> None:
    """End every token that carries the instance's policy."""
    for name in vault.tokens.accessors():
        found = vault.tokens.by_accessor(name)
        if found is not None and policy_of(instance) in found[1].policies:
            vault.tokens.revoke(found[0])

"""What ends soon in the vault, for the security administrator: certificates, keys about to be destroyed, old keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.vault import vault_of
from yunyue.host.clock import BEIJING
from yunyue.services.crypto.inventory import Holdings, holdings
from yunyue.services.crypto.key import DAY
from yunyue.services.crypto.selfcheck.keys import OLDEST_DAYS
from yunyue.services.crypto.service import vault_folder

Kind = Literal["certificate", "destroyed", "old"]


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends, where it lies, and when (Beijing time). An old key: when its latest version became too old."""

    kind: Kind
    name: str
    mount: str
    when: datetime


def endings(days: int) -> list[Ending] | Refused:
    """What ends within so many days or has ended, soonest first. Refused: a sealed or broken vault."""
    if not vault_folder(office().settings.home / "services").exists():
        return []
    vault = vault_of(office())
    if vault.seal.config is None:
        return []
    if vault.sealed:
        return Refused("the vault is sealed; unseal it first: bao operator unseal", "vault", "C37")
    held = holdings(vault, vault.mounts.all().values())
    return held if isinstance(held, Refused) else _soon(held, held.now + days * DAY)


def _soon(held: Holdings, until: int) -> list[Ending]:
    found = [
        Ending("certificate", one.subject or one.serial, one.mount.path, _moment(one.ends))
        for one in held.certificates
        if not one.revoked and one.ends <= until
    ]
    for key in held.keys:
        if key.state == "waiting":
            found.append(Ending("destroyed", key.name, key.mount.path, _moment(key.erase_at)))
        elif key.state == "active" and key.turned + OLDEST_DAYS * DAY <= until:
            found.append(Ending("old", key.name, key.mount.path, _moment(key.turned + OLDEST_DAYS * DAY)))
    return sorted(found, key=lambda one: one.when)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, BEIJING)

"""Cryptography as a service (密码应用服务): each order is a key space of its own in the vault of this installation."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Entry, Host, Order, Result, Window, understand_parameters
from yunyue.host.log import logger
from yunyue.journal.facts import ServiceDelivered, ServiceRetired
from yunyue.services import windows
from yunyue.services.crypto import meter
from yunyue.services.crypto.entry import ENTRY
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.handover import hand_over, withdraw
from yunyue.services.crypto.instances import Instance, Instances
from yunyue.services.crypto.key import DAY
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.parameters import KeySpaceOrder
from yunyue.services.crypto.reporting import Reports
from yunyue.services.crypto.samples import ATTEMPT_SECONDS, CHECK_SECONDS, Samples
from yunyue.services.crypto.vault import Vault
from yunyue.services.crypto.vaults import vault_at

FOLDER: Final = "_vault"
"""Beside the contracts' folders: no contract's name begins with an underscore."""
GRACE_DAYS: Final = 30
_log = logger("yunyue.crypto")


@dataclass(frozen=True, slots=True)
class HostClock:
    """The clock of a host, for the vault."""

    host: Host

    def now(self) -> datetime:
        """The moment."""
        return self.host.now()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.host.monotonic()


@dataclass(frozen=True, slots=True)
class Crypto:
    """catalog.Service and catalog.Works for cryptography."""

    entry: Entry = ENTRY

    def provision(self, order: Order, host: Host) -> Result:
        """Mount a key space and hand its token over. Refused: bad parameters, a path in use, a sealed vault."""
        wanted = understand_parameters(KeySpaceOrder, order.parameters, strict=False)
        if isinstance(wanted, Refused):
            return wanted
        known = Instances(_folder(host)).all().get(order.id)
        if known is not None and known.ended:
            return Refused("the instance is retired; place a new order", "order", "C37")
        vault = open_vault(host)
        if isinstance(vault, Refused):
            return vault
        path = (wanted.path or f"{_folder(host).name}/{order.id}") + "/"
        mount = vault.mounts.of_instance(_name(order.id, host)) or vault.mounts.add(
            path,
            Mount(path, "", "transit", wanted.description, order.tenant, _name(order.id, host), vault.now()),
        )
        if isinstance(mount, Fault):
            return Refused(mount.reason, "parameters.path", "C37")
        if known is None:
            made = Instance(order.id, order.tenant, mount.path, mount.identifier, mount.made)
            hand_over(vault, made, _folder(host))
            Instances(_folder(host)).put(made)
        return (ServiceDelivered(order=order.id),)

    def operate(self, instance: str, action: str, host: Host) -> Result:
        """new_token or rotate. Refused: another action, an ended instance, a sealed vault."""
        found = _running(instance, host)
        if isinstance(found, Refused):
            return found
        if self.entry.action(action) is None:
            known = ", ".join(one.code for one in self.entry.actions)
            return Refused(f"there is no action {action!r}; known: {known}", "action", "C37")
        vault = open_vault(host)
        if isinstance(vault, Refused):
            return vault
        if action == "new_token":
            withdraw(vault, found)
            hand_over(vault, found, _folder(host))
        else:
            space = vault.space(found.identifier)
            if space is not None:
                for name in space.names():
                    space.rotate(name, why="rotate-all")
        return ()

    def meter(self, instance: str, window: Window, host: Host) -> Result:
        """See `crypto.meter`. Refused: a sealed vault, since the lives of keys lie in it."""
        found = _find(instance, host)
        vault = found if isinstance(found, Refused) else open_vault(host)
        if isinstance(found, Refused) or isinstance(vault, Refused):
            return found if isinstance(found, Refused) else Refused(str(vault))
        return meter.meter(found, window, vault)

    def indicate(self, instance: str, window: Window, host: Host) -> Result:
        """See `services.windows`."""
        found = _find(instance, host)
        return found if isinstance(found, Refused) else windows.indicate(ENTRY, found.order, window, host)

    def retire(self, instance: str, host: Host) -> Result:
        """End the instance: its tokens at once, its keys after thirty days, in which a person can still save them."""
        found = _find(instance, host)
        if isinstance(found, Refused):
            return found
        if not found.ended:
            vault = open_vault(host)
            if isinstance(vault, Refused):
                return vault
            withdraw(vault, found)
            Instances(_folder(host)).put(msgspec.structs.replace(found, ended=vault.now()))
        return (ServiceRetired(order=instance),)

    async def work(self, host: Host) -> None:
        """Until cancelled: try the service, send samples, keep house, destroy what its grace is over for."""
        vault = vault_of(host)
        samples, waited, reports = Samples(host, vault), CHECK_SECONDS, Reports(host, vault, _folder(host))
        while True:
            try:
                waited = await asyncio.to_thread(_round, samples, vault, host, waited)
                await asyncio.to_thread(reports.tell, _all_running(host))
            except VaultBroken as error:  # the next round tries again; what is broken was logged and shows in health
                _log.error("the vault's round failed", error=str(error))
            await host.sleep(ATTEMPT_SECONDS)
            waited += ATTEMPT_SECONDS


def _all_running(host: Host) -> list[Instance]:
    return [one for one in Instances(_folder(host)).all().values() if not one.ended]


def _round(samples: Samples, vault: Vault, host: Host, waited: int) -> int:
    """One round; the seconds since the last check of all keys. A machine that stands by leaves it to the other."""
    if vault.standby:
        vault.keep_house()
        return waited
    everyone = list(Instances(_folder(host)).all().values())
    running = [one for one in everyone if not one.ended]
    samples.attempt(running)
    for one in everyone:
        samples.uses(one)
    vault.keep_house()
    if not vault.sealed:
        for one in everyone:
            if one.ended and one.ended + GRACE_DAYS * DAY <= vault.now():
                _destroy(vault, one, host)
    if waited < CHECK_SECONDS:
        return waited
    samples.check(running)
    return 0


def _destroy(vault: Vault, ended: Instance, host: Host) -> None:
    """The keys of an order whose grace is over. Its path may be another order's by now; what it used is kept."""
    mount = vault.mounts.all().get(ended.path)
    if mount is None or mount.identifier != ended.identifier:
        return
    Instances(_folder(host)).put(msgspec.structs.replace(ended, lives=vault.lives(ended.identifier)))
    vault.mounts.remove(ended.path)


service = Crypto()


def vault_folder(services: Path) -> Path:
    """Where the vault lies, under an installation's folder of services."""
    return services / "crypto" / FOLDER


def vault_of(host: Host) -> Vault:
    """The vault of the installation a host belongs to."""
    return vault_at(_folder(host).parent / FOLDER, HostClock(host))


def open_vault(host: Host) -> Vault | Refused:
    """The vault, when it can be used."""
    vault = vault_of(host)
    if vault.seal.config is None:
        return Refused("the vault was not made yet; run: bao operator init", "vault", "C37")
    return (
        Refused("the vault is sealed; unseal it first: bao operator unseal", "vault", "C37") if vault.sealed else vault
    )


def _folder(host: Host) -> Path:
    return Path(host.folder)


def _name(order: str, host: Host) -> str:
    return f"{_folder(host).name}/{order}"


def _find(instance: str, host: Host) -> Instance | Refused:
    found = Instances(_folder(host)).all().get(instance)
    return found or Refused(f"there is no instance {instance!r}", "instance", "C37")


def _running(instance: str, host: Host) -> Instance | Refused:
    found = _find(instance, host)
    if isinstance(found, Instance) and found.ended:
        return Refused("the instance is retired", "instance", "C37")
    return found

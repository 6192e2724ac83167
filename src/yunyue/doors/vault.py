"""The vault of this installation, for the doors that people use; programs reach it by `doors/data/crypto`."""

from yunyue.answer import Refused
from yunyue.doors.office import Office
from yunyue.services.crypto.inventory import Holdings, holdings, visible
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.service import vault_folder
from yunyue.services.crypto.vault import Vault
from yunyue.services.crypto.vaults import vault_at


def vault_of(office: Office) -> Vault:
    """The one vault, open or sealed. Raises VaultBroken."""
    settings = office.settings
    return vault_at(vault_folder(settings.home / "services"), office.clock, development=settings.crypto_development)


def seen(office: Office, contract: str, tenant: str) -> Holdings | Refused:
    """The keys and certificates of a contract; of one tenant's orders only, unless `tenant` is empty."""
    vault = vault_of(office)
    mounts = visible(vault, contract, tenant)
    return mounts if isinstance(mounts, Refused) else holdings(vault, mounts)


def space_of(office: Office, contract: str, tenant: str, identifier: str) -> Mount | Refused:
    """A mount that may be seen. Refused: another's, or none; which of both is not told."""
    mounts = visible(vault_of(office), contract, tenant)
    if isinstance(mounts, Refused):
        return mounts
    found = (mount for mount in mounts if mount.identifier == identifier)
    return next(found, Refused("there is no such key space", "space"))

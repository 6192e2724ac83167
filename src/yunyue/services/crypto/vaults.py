"""The vaults this process has open, one for each folder, so that service and door speak of the same one."""

import json
import os
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from yunyue.answer import Refused
from yunyue.host.ciphers.faults import cipher_faults
from yunyue.host.clock import Clock
from yunyue.host.log import logger
from yunyue.services.crypto.seals.custodian import Patient
from yunyue.services.crypto.vault import Shared, Vault

FILE: Final = "development.key"
_log = logger("yunyue.crypto")
_open: dict[Path, Vault] = {}
_arranged: dict[Path, "Arrangement"] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What an operator set for a vault: where its rows lie ("sqlite" or postgresql://…), who keeps its seal.

    `address`: where this machine is reached, told to clients of the others.
    """

    database: str = "sqlite"
    seal: str = ""
    address: str = ""

    @property
    def shared(self) -> Shared | None:
        """The database several machines open; None for files."""
        return None if self.database == "sqlite" else Shared(self.database, self.address)


def arrange(folder: Path, wanted: Arrangement) -> None:
    """Say how the vault of a folder is to be opened when somebody next asks for it."""
    _arranged[folder.resolve()] = wanted


def vault_at(folder: Path, clock: Clock, *, development: bool = False) -> Vault:
    """The vault in a folder, made when there is none, and sealed unless it is one for development.

    A vault for development opens itself with a key that lies beside it. Raises NotThisVault, StorageFailed.
    """
    folder = folder.resolve()
    with _lock:
        found = _open.get(folder)
        if found is None:
            _report_faults()
            arranged = _arranged.get(folder, Arrangement())
            custodian = Patient(arranged.seal) if arranged.seal else None
            found = _open[folder] = Vault(folder, clock, custodian, arranged.shared)
            if custodian is not None:
                custodian.look()
            found.open_alone()
        if found.sealed and (development or (folder / FILE).exists()):
            refused = _open_by_file(found, folder / FILE)
            if refused is not None:
                _log.error("the vault stays sealed", reason=str(refused))
    return found


def close_vault(folder: Path) -> None:
    """Seal the vault of a folder and give its files back."""
    with _lock:
        found = _open.pop(folder.resolve(), None)
    if found is not None:
        found.close()


@cache
def _report_faults() -> None:
    """Say once which ciphers failed their known answers."""
    for fault in cipher_faults():
        _log.error("a cipher is disabled: it fails its known answer", cipher=fault.algorithm, reason=fault.reason)


def _open_by_file(vault: Vault, path: Path) -> Refused | None:
    """Open with the key beside the vault; None when it is open."""
    if vault.seal.config is None:
        made = vault.opening.initialise(1, 1)
        if isinstance(made, Refused):
            return made
        _write(path, {"unseal_key": made[0][0].hex(), "root_token": made[1]})
    key = _read(path)
    if isinstance(key, Refused):
        return key
    opened = vault.seal.open(bytes.fromhex(key)) if vault.sealed else True
    if isinstance(opened, Refused):
        return opened
    _log.warning("FOR DEVELOPMENT ONLY: the vault opened itself with a key that lies beside it", file=str(path))
    vault.forget()
    return None


def _write(path: Path, content: dict[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(descriptor)


def _read(path: Path) -> str | Refused:
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            return Refused(f"mode {stat.S_IMODE(mode):04o} lets others in; run: chmod 0600 {path}", str(path))
        content = json.loads(path.read_text("utf-8"))
        return bytes.fromhex(content["unseal_key"]).hex()
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Refused(f"the key for development cannot be read: {error}", str(path))


def development_token(folder: Path) -> str | Refused:
    """The token that may do everything, of a vault for development."""
    try:
        return str(json.loads((folder / FILE).read_text("utf-8"))["root_token"])
    except (OSError, ValueError, KeyError) as error:
        return Refused(f"there is no vault for development here: {error}", str(folder))

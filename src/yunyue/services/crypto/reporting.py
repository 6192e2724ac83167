"""What the journal is told of the vault: heads of its use log, daily and after rotations; what failed and came back.

The heads lie then where nobody can change them: against one of them a copy of the log that was put back shows.
"""

import os
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.host.ciphers.faults import disabled
from yunyue.journal.facts import Payload, ProviderDisabled, ProviderRestored, UseLogHead
from yunyue.services.crypto.instances import Instance
from yunyue.services.crypto.key import DAY
from yunyue.services.crypto.vault import Vault

FILE: Final = "reported.json"
LOG: Final = "crypto"
LONGEST_REASON: Final = 200


class Reported(msgspec.Struct, frozen=True):
    """What one contract's journal was told: the day and size of the last head, and what is disabled."""

    day: int = 0
    size: int = 0
    disabled: tuple[str, ...] = ()


class Reports:
    """Tells the journal of one contract."""

    def __init__(self, host: Host, vault: Vault, folder: Path) -> None:
        self._host = host
        self._vault = vault
        self._path = folder / FILE
        self._turned = vault.turned

    def tell(self, instances: list[Instance]) -> tuple[Payload, ...]:
        """Hand over what is new; what it was. Nothing while no instance runs, or when it was refused: later again."""
        known = self._known()
        said, after = self._news(known)
        if not instances or not said:
            return ()
        told = self._host.report(instances[0].order, said, self._host.now())
        if isinstance(told, Refused):
            return ()
        self._keep(after)
        self._turned = self._vault.turned
        return said

    def _news(self, known: Reported) -> tuple[tuple[Payload, ...], Reported]:
        failing = {one.algorithm: one.reason[:LONGEST_REASON] for one in disabled()}
        said: list[Payload] = [
            ProviderDisabled(provider=one, reason=why) for one, why in failing.items() if one not in known.disabled
        ]
        said += [ProviderRestored(provider=one) for one in known.disabled if one not in failing]
        after = msgspec.structs.replace(known, disabled=tuple(failing))
        day = self._vault.now() // DAY
        if self._vault.sealed or self._vault.standby or (day == known.day and self._turned == self._vault.turned):
            return tuple(said), after
        size, root = self._vault.log.head()
        if size > known.size:
            said.append(UseLogHead(log=LOG, size=size, root=f"sha256:{root.hex()}"))
        return tuple(said), msgspec.structs.replace(after, day=day, size=size)

    def _known(self) -> Reported:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Reported)
        except FileNotFoundError:
            return Reported()

    def _keep(self, reported: Reported) -> None:
        draft = self._path.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(reported))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._path)

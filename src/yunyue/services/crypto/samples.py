"""What goes from the use log and the vault into the series: each use, the service's own attempts, every key's check.

A use is a sample by itself, whoever asked. Because nobody may ask while the vault is sealed, the service also tries
itself five times a minute: a minute in which it cannot serve is then bad by M3 even without customers.
"""

from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Host, Sample
from yunyue.host.log import logger
from yunyue.services.crypto.entry import AVAILABILITY, KEPT_KEYS
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.instances import Instance
from yunyue.services.crypto.vault import Vault

ATTEMPT_SECONDS: Final = 12
CHECK_SECONDS: Final = 6 * 3600
AT_ONCE: Final = 5000
_log = logger("yunyue.crypto")


class Samples:
    """Sends the samples of one contract's instances."""

    def __init__(self, host: Host, vault: Vault) -> None:
        self._host = host
        self._vault = vault
        self._epoch = vault.now()
        self._attempts = 0
        self._checked = 0

    def uses(self, instance: Instance) -> int:
        """Send the uses that were not sent yet; how many. Sent again after a crash, the series knows them."""
        sequence, ordinal = self._vault.log.forwarded(instance.identifier)
        size, _ = self._vault.log.head()
        found = self._vault.log.of_space(instance.identifier, sequence, AT_ONCE)
        if not found:
            if size > sequence:
                self._vault.log.set_forwarded(instance.identifier, size, ordinal)
            return 0
        samples = [
            Sample(
                instance.order,
                AVAILABILITY,
                use.at,
                not use.failed,
                f"status {use.status}" if use.failed else "",
                use.micros,
            )
            for _, use in found
        ]
        sent = self._host.series.append(samples, f"crypto-uses:{instance.identifier}", 1, ordinal)
        if isinstance(sent, Refused):
            _log.warning("samples were not taken", order=instance.order, reason=str(sent))
            return 0
        self._vault.log.set_forwarded(instance.identifier, found[-1][0] + 1, ordinal + len(found))
        return len(found)

    def attempt(self, instances: list[Instance]) -> None:
        """Try whether the service can serve, and say so for each instance."""
        began, error = self._host.monotonic(), self._fault()
        micros = int((self._host.monotonic() - began) * 1_000_000)
        for one in instances:
            sample = Sample(one.order, AVAILABILITY, self._vault.now(), not error, error, micros)
            self._send(one, [sample], "crypto-self", self._attempts)
        self._attempts += 1

    def _fault(self) -> str:
        if self._vault.sealed:
            return "sealed"
        try:
            self._vault.barrier.read("core/token-salt")
            self._vault.log.head()
        except VaultBroken:
            return "broken"
        return ""

    def check(self, instances: list[Instance]) -> None:
        """Open every version of every key, and say of each whether it is still there."""
        if self._vault.sealed:
            return
        for one in instances:
            kept = self._vault.kept(one.identifier)
            samples = [
                Sample(one.order, KEPT_KEYS, self._vault.now(), good, "" if good else "lost", 0) for good in kept
            ]
            if samples:
                self._send(one, samples, "crypto-keys", self._checked)
            self._checked += len(samples)

    def _send(self, instance: Instance, samples: list[Sample], producer: str, sequence: int) -> None:
        sent = self._host.series.append(samples, f"{producer}:{instance.identifier}:{self._epoch}", 1, sequence)
        if isinstance(sent, Refused):
            _log.warning("samples were not taken", order=instance.order, reason=str(sent))

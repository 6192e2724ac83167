"""A key: what is set for it, and its versions."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.kinds import KINDS, Kind
from yunyue.services.crypto.material import Version

DAY = 86_400_000
HOUR_SECONDS = 3600
WAITING_DAYS = (7, 30)
"""A deleted key can be brought back for at least so many days, at most so many."""


class KeyConfig(msgspec.Struct, frozen=True):
    """What is set for a key. Times in milliseconds, 0 for never; versions count from 1, 0 for "not set".

    `erase_at`: when a deleted key is destroyed; `soft_deleted` without it: put aside until someone takes it back.
    `in_token`: its private keys lie in a PKCS#11 token and never leave it.
    """

    name: str
    type: str
    made: int
    latest: int = 1
    derived: bool = False
    convergent: bool = False
    exportable: bool = False
    allow_plaintext_backup: bool = False
    deletion_allowed: bool = False
    min_decryption_version: int = 1
    min_encryption_version: int = 0
    min_available_version: int = 0
    auto_rotate_period: int = 0
    rotated: int = 0
    imported: bool = False
    allow_rotation: bool = True
    key_size: int = 0
    soft_deleted: bool = False
    deletion_delay_days: int = WAITING_DAYS[0]
    deleted: int = 0
    erase_at: int = 0
    in_token: bool = False

    @property
    def kind(self) -> Kind:
        """What a key of this type can do."""
        return KINDS[self.type]


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the versions that are still there."""

    config: KeyConfig
    versions: Mapping[int, Version]

    def to_encrypt(self, asked: int = 0) -> Version | Fault:
        """The version that encrypts or signs: the latest, or the one asked for if it may."""
        wanted = asked or self.config.latest
        if self.config.soft_deleted:
            return Fault("refusing to use soft-deleted key")
        if not 0 <= asked <= self.config.latest:
            return Fault("requested version for encryption is higher than the latest key version")
        if wanted < self.config.min_encryption_version:
            return Fault("requested version for encryption is less than the minimum encryption key version")
        return self.versions.get(wanted) or Fault("requested version for encryption is no longer available")

    def to_decrypt(self, number: int) -> Version | Fault:
        """The version that decrypts or verifies."""
        if self.config.soft_deleted:
            return Fault("refusing to use soft-deleted key")
        if number > self.config.latest:
            return Fault("invalid ciphertext: version is too new")
        if number < self.config.min_decryption_version:
            return Fault("ciphertext or signature version is disallowed by policy (too old)")
        return self.versions.get(number) or Fault("ciphertext or signature version is disallowed by policy (too old)")


PREFIX = "vault:v"


def marked(version: int, body: str) -> str:
    """Text as transit writes it: vault:v3:…"""
    return f"{PREFIX}{version}:{body}"


def unmarked(text: str, what: str) -> tuple[int, str] | Fault:
    """Version and rest of a text as transit writes it; version 0 means 1."""
    if not text.startswith(PREFIX):
        return Fault(f"invalid {what}: no prefix")
    number, found, body = text[len(PREFIX) :].partition(":")
    if not found:
        return Fault(f"invalid {what}: wrong number of fields")
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        return Fault(f"invalid {what}: version number could not be decoded")
    return int(number) or 1, body

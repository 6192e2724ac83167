"""What lies under mounts: every key with its versions, state and age, every certificate; never a secret."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from asn1crypto import pem, x509  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.key import DAY, Key
from yunyue.services.crypto.keyspace import KeySpace
from yunyue.services.crypto.mounts import Mount
from yunyue.services.crypto.pki.records import Issued, Issuer, Records
from yunyue.services.crypto.vault import Vault

State = Literal["active", "disabled", "waiting"]
TRANSIT: Final = ("transit", "tsa")


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version. `made` in milliseconds, 0 where that is not told; `uses`: how often it encrypted, at most.

    `usable`: whether it still decrypts; `in_token`: it lies in a PKCS#11 token.
    """

    number: int
    made: int
    uses: int
    usable: bool
    in_token: bool = False


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key. `waiting`: it is destroyed at `erase_at` (milliseconds); `period`: seconds from rotation to rotation."""

    mount: Mount
    name: str
    kind: str
    state: State
    made: int
    latest: int
    versions: tuple[HeldVersion, ...]
    period: int
    erase_at: int
    exportable: bool

    @property
    def uses(self) -> int:
        """How often all versions encrypted, at most."""
        return sum(one.uses for one in self.versions)

    @property
    def turned(self) -> int:
        """When the latest version was made (milliseconds)."""
        return max((one.made for one in self.versions), default=self.made)

    def age_days(self, now: int) -> int:
        """Whole days since its latest version was made."""
        return max(0, now - self.turned) // DAY


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate. `where`: the key or the authority it lies with; times in milliseconds, `revoked` 0 for never."""

    mount: Mount
    where: str
    subject: str
    issuer: str
    serial: str
    begins: int
    ends: int
    algorithm: str
    public_key: str
    digest: str
    revoked: int = 0

    def days_left(self, now: int) -> int:
        """Whole days until it ends, below zero when it ended."""
        return (self.ends - now) // DAY


@dataclass(frozen=True, slots=True)
class Holdings:
    """All of it, as of `now` (milliseconds)."""

    now: int
    keys: tuple[HeldKey, ...]
    certificates: tuple[HeldCertificate, ...]


def visible(vault: Vault, contract: str, tenant: str) -> tuple[Mount, ...] | Refused:
    """The mounts of a contract's orders; of one tenant only, unless `tenant` is empty. Refused: a sealed vault.

    With an empty `tenant` also those nobody ordered, which belong to the installation.
    """
    if vault.sealed:
        return Refused("the vault is sealed; unseal it first: bao operator unseal", "vault", "C37")
    try:
        every = sorted(vault.mounts.all().values(), key=lambda mount: mount.path)
    except VaultBroken as error:
        return Refused(f"the vault cannot be read: {error}", "vault")
    ordered = [mount for mount in every if mount.instance.startswith(f"{contract}/")]
    if tenant:
        return tuple(mount for mount in ordered if mount.tenant == tenant)
    return (*ordered, *(mount for mount in every if not mount.instance))


def holdings(vault: Vault, mounts: Iterable[Mount]) -> Holdings | Refused:
    """What lies under these mounts. Refused: a sealed or broken vault."""
    keys: list[HeldKey] = []
    certificates: list[HeldCertificate] = []
    try:
        for mount in mounts:
            space = vault.space(mount.identifier) if mount.kind in TRANSIT else None
            if space is not None:
                found = [key for key in map(space.get, space.names()) if key is not None]
                keys += [_held(mount, space, key) for key in found]
                certificates += [one for key in found for one in _chains(mount, key)]
            elif mount.kind == "pki":
                certificates += _authority(mount, Records(vault.barrier, mount.identifier, vault.now))
    except VaultBroken as error:
        return Refused(f"the vault cannot be read: {error}", "vault")
    certificates.sort(key=lambda one: one.ends)
    return Holdings(vault.now(), tuple(keys), tuple(certificates))


def _held(mount: Mount, space: KeySpace, key: Key) -> HeldKey:
    config = key.config
    state: State = "waiting" if config.erase_at else "disabled" if config.soft_deleted else "active"
    versions = tuple(
        HeldVersion(
            number,
            one.row.made,
            space.counted(config.name, number),
            number >= config.min_decryption_version,
            one.row.in_token,
        )
        for number, one in sorted(key.versions.items())
    )
    return HeldKey(
        mount=mount,
        name=config.name,
        kind=config.type,
        state=state,
        made=config.made,
        latest=config.latest,
        versions=versions,
        period=config.auto_rotate_period,
        erase_at=config.erase_at,
        exportable=config.exportable,
    )


def _chains(mount: Mount, key: Key) -> Iterator[HeldCertificate]:
    """The first certificate of each version's chain: the key's own."""
    for number, version in sorted(key.versions.items()):
        if version.row.chain:
            _, _, der = next(pem.unarmor(version.row.chain.encode(), multiple=True))
            yield certificate(mount, f"{key.config.name} v{number}", der)


def _authority(mount: Mount, records: Records) -> Iterator[HeldCertificate]:
    issuers = records.all("issuer", Issuer)
    for issuer in issuers:
        yield certificate(mount, issuer.name or issuer.identifier, issuer.certificate, issuer.revoked)
    known = {issuer.certificate for issuer in issuers}
    for one in records.all("cert", Issued):
        if one.certificate not in known:
            yield certificate(mount, one.issuer, one.certificate, one.revoked)


def certificate(mount: Mount, where: str, der: bytes, revoked: int = 0) -> HeldCertificate:
    """What a certificate (DER) says. Raises ValueError for octets that are none."""
    read: Any = x509.Certificate.load(der)
    validity: Any = read["tbs_certificate"]["validity"]
    return HeldCertificate(
        mount=mount,
        where=where,
        subject=_named(read.subject),
        issuer=_named(read.issuer),
        serial=f"{read.serial_number:x}",
        begins=int(validity["not_before"].native.timestamp() * 1000),
        ends=int(validity["not_after"].native.timestamp() * 1000),
        algorithm=str(read["signature_algorithm"]["algorithm"].dotted),
        public_key=_public(read),
        digest=sha256(der).hexdigest(),
        revoked=revoked,
    )


def _named(name: Any) -> str:
    """A name as people call it: its common name, else all of it."""
    found = name.native.get("common_name")
    return found if isinstance(found, str) else str(name.human_friendly)


def _public(read: Any) -> str:
    """The algorithm of its public key by an identifier: that of the curve for points on one."""
    named: Any = read.public_key["algorithm"]
    parameters = named["parameters"]
    if str(named["algorithm"].native) == "ec" and parameters.name == "named":
        return str(parameters.chosen.dotted)
    return str(named["algorithm"].dotted)

"""What the key spaces and authorities of a vault hold, as a token may read it over the vault's HTTP interface.

It is read the same as the platform itself reads it for its console, so that both make the same bill of materials.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import pem  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.doors.cli.voice import Declined
from yunyue.host.clock import SystemClock
from yunyue.services.crypto.client import Client
from yunyue.services.crypto.inventory.holdings import (
    TRANSIT,
    HeldCertificate,
    HeldKey,
    HeldVersion,
    Holdings,
    State,
    certificate,
)
from yunyue.services.crypto.mounts import Mount

NOTHING = "there is nothing of that name"


@dataclass(frozen=True, slots=True)
class Read:
    """What was held, and the mounts the token may not read, each with the vault's reason."""

    holdings: Holdings
    unread: tuple[tuple[str, str], ...] = ()


def names_of(client: Client) -> list[str]:
    """The names of every key. Raises Declined."""
    return listed(client, f"{client.mount}/keys")


def listed(client: Client, path: str) -> list[str]:
    """What lies under a path; nothing where there is none. Raises Declined."""
    answer = client.ask("LIST", path)
    if isinstance(answer, Refused):
        if answer.reason == NOTHING:
            return []
        raise Declined(answer)
    return list(answer["data"]["keys"])


def told(client: Client, path: str) -> dict[str, Any]:
    """What the vault tells at a path. Raises Declined."""
    answer = client.ask("GET", path)
    if isinstance(answer, Refused):
        raise Declined(answer)
    found: dict[str, Any] = answer["data"]
    return found


def described(client: Client, name: str) -> dict[str, Any]:
    """What the vault tells of a key. Raises Declined."""
    return told(client, f"{client.mount}/keys/{name}")


def mounts(client: Client) -> list[Mount]:
    """Every mount the token reaches. Raises Declined."""
    found = told(client, "sys/internal/ui/mounts")["secret"]
    every = [
        Mount(path, one["uuid"], one["type"], tenant=(one["options"] or {}).get("tenant", ""))
        for path, one in found.items()
    ]
    return sorted(every, key=lambda mount: mount.path)


def held(client: Client) -> Holdings:
    """The keys of the client's own mount, with versions and certificates. Raises Declined."""
    found = read(client, [Mount(f"{client.mount}/", "")])
    for mount, reason in found.unread:
        raise Declined(Refused(reason, mount))
    return found.holdings


def read(client: Client, wanted: Sequence[Mount]) -> Read:
    """What lies under these mounts. One that the token may not read is named and left out. Raises Declined."""
    keys: list[HeldKey] = []
    certificates: list[HeldCertificate] = []
    unread = []
    for mount in wanted:
        try:
            if mount.kind in TRANSIT:
                every = [told(client, f"{mount.path}keys/{name}") for name in listed(client, f"{mount.path}keys")]
                keys += [_key(mount, one) for one in every]
                certificates += [chain for one in every for chain in _certificates(mount, one)]
            elif mount.kind == "pki":
                certificates += _authority(client, mount)
        except Declined as declined:
            unread.append((mount.path, declined.refused.reason))
    certificates.sort(key=lambda one: one.ends)
    now = int(SystemClock().now().timestamp() * 1000)
    return Read(Holdings(now, tuple(keys), tuple(certificates)), tuple(unread))


def state_of(told: dict[str, Any]) -> State:
    """Whether it is in use, put aside, or waits for destruction."""
    if told.get("deletion_time"):
        return "waiting"
    return "disabled" if told["soft_deleted"] else "active"


def _key(mount: Mount, told: dict[str, Any]) -> HeldKey:
    shown = _versions(told)
    return HeldKey(
        mount=mount,
        name=told["name"],
        kind=told["type"],
        state=state_of(told),
        made=min((one.made for one in shown), default=0),
        latest=told["latest_version"],
        versions=shown,
        period=int(told["auto_rotate_period"]),
        erase_at=_milliseconds(told["deletion_time"]) if told.get("deletion_time") else 0,
        exportable=told["exportable"],
    )


def _versions(told: dict[str, Any]) -> tuple[HeldVersion, ...]:
    """Another vault of this interface tells neither uses nor, of keys that only make codes, ages."""
    least = told["min_decryption_version"]
    if "versions" in told:
        return tuple(
            HeldVersion(int(number), one["made"], one["encryptions_at_most"], int(number) >= least, one["in_token"])
            for number, one in sorted(told["versions"].items(), key=lambda pair: int(pair[0]))
        )
    versions = told.get("keys") or {str(told["latest_version"]): 0}
    return tuple(
        HeldVersion(int(number), _made(one), 0, int(number) >= least)
        for number, one in sorted(versions.items(), key=lambda pair: int(pair[0]))
    )


def _certificates(mount: Mount, told: dict[str, Any]) -> list[HeldCertificate]:
    found = []
    for number, one in (told.get("keys") or {}).items():
        chain = one.get("certificate_chain") if isinstance(one, dict) else ""
        if chain:
            found.append(certificate(mount, f"{told['name']} v{number}", _first(chain)))
    return found


def _authority(client: Client, mount: Mount) -> list[HeldCertificate]:
    """Issuers, and what they issued; an issuer that was issued here too stands among them once."""
    found = []
    for reference in listed(client, f"{mount.path}issuers"):
        one = told(client, f"{mount.path}issuer/{reference}")
        where = one["issuer_name"] or one["issuer_id"]
        found.append(certificate(mount, where, _first(one["certificate"]), _revoked(one)))
    known = {one.digest for one in found}
    for serial in listed(client, f"{mount.path}certs"):
        one = told(client, f"{mount.path}cert/{serial}")
        issued = certificate(mount, one.get("issuer_id") or mount.path, _first(one["certificate"]), _revoked(one))
        if issued.digest not in known:
            found.append(issued)
    return found


def _first(text: str) -> bytes:
    """The first certificate of a PEM."""
    _, _, der = next(pem.unarmor(text.encode(), multiple=True))
    return bytes(der)


def _revoked(one: dict[str, Any]) -> int:
    moment = one.get("revocation_time_rfc3339")
    return _milliseconds(moment) if moment else int(one.get("revocation_time") or 0) * 1000


def _made(one: Any) -> int:
    """When a version was made: of a secret in seconds, of a key pair as a moment; 0 where it is not told."""
    return _milliseconds(one["creation_time"]) if isinstance(one, dict) else int(one) * 1000


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)

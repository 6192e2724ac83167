"""The keys of a key space as its own token may read them: what the vault tells of each, over its HTTP interface."""

from datetime import datetime
from typing import Any

from asn1crypto import pem  # type: ignore[import-untyped]  # it ships no types

from yunyue.answer import Refused
from yunyue.doors.cli.voice import Declined
from yunyue.host.clock import SystemClock
from yunyue.services.crypto.client import Client
from yunyue.services.crypto.inventory.holdings import (
    HeldCertificate,
    HeldKey,
    HeldVersion,
    Holdings,
    State,
    certificate,
)
from yunyue.services.crypto.mounts import Mount


def names_of(client: Client) -> list[str]:
    """The names of every key. Raises Declined."""
    answer = client.ask("LIST", f"{client.mount}/keys")
    if isinstance(answer, Refused):
        if answer.reason == "there is nothing of that name":
            return []
        raise Declined(answer)
    return list(answer["data"]["keys"])


def described(client: Client, name: str) -> dict[str, Any]:
    """What the vault tells of a key. Raises Declined."""
    answer = client.ask("GET", f"{client.mount}/keys/{name}")
    if isinstance(answer, Refused):
        raise Declined(answer)
    found: dict[str, Any] = answer["data"]
    return found


def held(client: Client) -> Holdings:
    """Every key with its versions and certificates. Uses are not told over HTTP. Raises Declined."""
    mount = Mount(f"{client.mount}/", "")
    every = [described(client, name) for name in names_of(client)]
    now = int(SystemClock().now().timestamp() * 1000)
    certificates = [one for told in every for one in _certificates(mount, told)]
    return Holdings(now, tuple(_key(mount, told) for told in every), tuple(certificates))


def state_of(told: dict[str, Any]) -> State:
    """Whether it is in use, put aside, or waits for destruction."""
    if told.get("deletion_time"):
        return "waiting"
    return "disabled" if told["soft_deleted"] else "active"


def _key(mount: Mount, told: dict[str, Any]) -> HeldKey:
    versions = told.get("keys") or {str(told["latest_version"]): 0}
    least = told["min_decryption_version"]
    shown = tuple(
        HeldVersion(int(number), _made(one), 0, int(number) >= least)
        for number, one in sorted(versions.items(), key=lambda pair: int(pair[0]))
    )
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


def _certificates(mount: Mount, told: dict[str, Any]) -> list[HeldCertificate]:
    found = []
    for number, one in (told.get("keys") or {}).items():
        chain = one.get("certificate_chain") if isinstance(one, dict) else ""
        if chain:
            _, _, der = next(pem.unarmor(chain.encode(), multiple=True))
            found.append(certificate(mount, f"{told['name']} v{number}", der))
    return found


def _made(one: Any) -> int:
    """When a version was made: of a secret in seconds, of a key pair as a moment; 0 where it is not told."""
    return _milliseconds(one["creation_time"]) if isinstance(one, dict) else int(one) * 1000


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)

"""A request to the vault and its reply, as the doors hand them over; and where a vault of several machines lies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from yunyue.host.ciphers.chance import random_octets
from yunyue.host.log import logger
from yunyue.services.crypto.ask import Answer, Ask
from yunyue.services.crypto.errors import VaultBroken
from yunyue.services.crypto.fault import Fault
from yunyue.services.crypto.uselog import Use
from yunyue.services.crypto.uses.record import PARTLY, REFUSED

OPERATIONS: Final = {
    "GET": "read",
    "HEAD": "read",
    "LIST": "list",
    "POST": "update",
    "PUT": "update",
    "DELETE": "delete",
}
POLICY_PATHS: Final = ("sys/policies/acl/", "sys/policy/")
"""Names of policies are the same in large and small letters."""
_log = logger("yunyue.crypto")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in; `path` without /v1/."""

    method: str
    path: str
    body: bytes = b""
    token: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    wrap_ttl: str = ""


class Reply(msgspec.Struct, frozen=True, gc=False):
    """Status and JSON to answer with, once `use` is in the log (None: nothing to log)."""

    status: int
    body: bytes
    use: Use | None = None
    media: str = "application/json"
    location: str = ""
    """The machine to ask instead, such as https://host:port."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A PostgreSQL database several machines open, and where this one is reached."""

    database: str
    address: str = ""


class Job(msgspec.Struct, frozen=True, gc=False):
    """Something to do; `slow` when it must not hold up others."""

    run: Callable[[], Reply]
    slow: bool


def asked(request: Request) -> Ask:
    """What a request asks."""
    operation = OPERATIONS.get(request.method, "patch")
    if operation == "read" and request.query.get("list") in ("true", "1"):
        operation = "list"
    return Ask(operation, request.path, request.path.split("/"), request.query, request.body)


def plain(path: str) -> str:
    """The path in the one way policies know it: no empty segments, names of policies in small letters."""
    if "//" in path or path[:1] == "/" or path.endswith("/"):
        path = "/".join(part for part in path.split("/") if part)
    return path.lower() if path.startswith(POLICY_PATHS) else path


def remark_of(outcome: Answer | Fault) -> str:
    """What the log is told beside a status: transit answers some refusals with 500, and a batch as its sender chose."""
    if isinstance(outcome, Answer):
        return PARTLY if outcome.partly else ""
    return REFUSED if outcome.asker and outcome.status >= 500 else ""


def unlogged(error: VaultBroken) -> Reply:
    """The answer when a use could not be recorded: the operation failed, whatever it had done."""
    _log.error("a use of a key was not recorded and is refused", error=str(error))
    return Reply(500, encoded(Fault("the use log cannot be written; nothing is done without it", 500)))


def encoded(outcome: Answer | Fault) -> bytes:
    """An outcome as JSON, in the shape clients of transit read."""
    if isinstance(outcome, Fault):
        return msgspec.json.encode({"errors": outcome.errors})
    if outcome.status == 204:
        return b""
    if outcome.bare:
        return msgspec.json.encode(outcome.content)
    chance = random_octets(16).hex()
    envelope: dict[str, Any] = {
        **outcome.beside,
        "request_id": f"{chance[:8]}-{chance[8:12]}-4{chance[13:16]}-a{chance[17:20]}-{chance[20:]}",
        "lease_id": "",
        "renewable": False,
        "lease_duration": 0,
        "data": outcome.content,
        "wrap_info": outcome.wrap,
        "warnings": outcome.warnings or None,
        "auth": outcome.auth,
    }
    return msgspec.json.encode(envelope)

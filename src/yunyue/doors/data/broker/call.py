"""A call of the broker: what was asked, taken apart, with everything that is wrong with it refused first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from yunyue.doors.data.broker.answers import BAD, VERSION, Answer, error

MOST_BYTES: Final = 256 * 1024
OLDEST: Final = (2, 13)
ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_VERSION: Final = re.compile(r"(\d{1,3})\.(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Call:
    """Method, path parts, query and body of a request that speaks the protocol."""

    method: str
    contract: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asynchronous(self) -> bool:
        """Whether the platform can wait for operations."""
        return self.query.get("accepts_incomplete") == "true"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the user gave; an empty object where it was left out."""
        given = self.body.get("parameters")
        return given if isinstance(given, dict) else {}

    def context(self, name: str) -> str:
        """A text of the context object, else of the body itself (where 2.11 had it)."""
        around = self.body.get("context")
        value = around.get(name) if isinstance(around, dict) else None
        found = value or self.body.get(name)
        return found if isinstance(found, str) else ""


def wrong_version(header: str | None) -> Answer | None:
    """412 for a version the broker does not speak: 2.13 and every later 2.x is spoken."""
    match = _VERSION.fullmatch(header or "")
    if match is None:
        return error(VERSION, "the header X-Broker-API-Version names the version, such as 2.17")
    major, minor = int(match[1]), int(match[2])
    if major == OLDEST[0] and minor >= OLDEST[1]:
        return None
    return error(VERSION, f"version {major}.{minor} is not spoken; 2.13 to 2.17 are")


def wrong_id(*identifiers: str) -> Answer | None:
    """400 for an id that no order could bear."""
    for one in identifiers:
        if not ID.fullmatch(one):
            return error(BAD, "an id has 1 to 100 letters, digits, dots, hyphens and underscores")
    return None


def body_of(content: bytes) -> dict[str, Any] | Answer:
    """The JSON object of a body; 400 for anything else."""
    if len(content) > MOST_BYTES:
        return error(BAD, f"the body has more than {MOST_BYTES} bytes")
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return error(BAD, "the body is not JSON")
    if not isinstance(found, dict):
        return error(BAD, "the body is not an object")
    if "parameters" in found and not isinstance(found["parameters"], dict | None):
        return error(BAD, "parameters is not an object")
    return found

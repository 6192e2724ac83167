"""What a self-check form asks for, understood: endpoints, a configuration, hashes, a column, packages, our keys."""

from collections.abc import Mapping
from typing import Final

from yunyue.answer import Refused
from yunyue.services.crypto.inventory import Holdings
from yunyue.services.crypto.selfcheck.check import Scope
from yunyue.services.crypto.selfcheck.columns import Column
from yunyue.services.crypto.selfcheck.endpoints import Endpoint
from yunyue.services.monitor.target import parse_target

FIELDS: Final = ("endpoints", "sshd", "passwords", "column_name", "column", "packages", "keys")
TYPED: Final = "form"
"""How a finding names what was typed into the form."""


def scope(given: Mapping[str, str], held: Holdings | None) -> Scope | Refused:
    """What to look at; `held` is looked at when "keys" is set. Refused: an endpoint that is not host:port."""
    endpoints: list[Endpoint] = []
    for line in lines(given.get("endpoints", "")):
        found = endpoint(line)
        if isinstance(found, Refused):
            return found
        endpoints.append(found)
    sshd, hashes, values = given.get("sshd", ""), lines(given.get("passwords", "")), lines(given.get("column", ""))
    packages = lines(given.get("packages", ""))
    return Scope(
        endpoints=tuple(endpoints),
        sshd=(("sshd", sshd),) if sshd.strip() else (),
        passwords=(("passwords", hashes),) if hashes else (),
        columns=(Column(given.get("column_name", "").strip()[:100] or "column", values),) if values else (),
        packages=(("packages", packages),) if packages else (),
        held=held if given.get("keys") else None,
    )


def endpoint(line: str) -> Endpoint | Refused:
    """host:port; without a port 443."""
    try:
        found = parse_target("tcp", line if ":" in line.rpartition("]")[2] else f"{line}:443")
    except ValueError as wrong:
        return Refused(str(wrong), "endpoints")
    return Endpoint(found.host, found.port)


def lines(text: str) -> list[str]:
    """The lines of a field that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]

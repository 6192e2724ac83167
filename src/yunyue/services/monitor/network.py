"""The way out: a name is resolved once, every address it has is checked, and the probe keeps to the first one.

Resolving again when connecting would let a target show a public address to the check and a private one to the probe.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

from yunyue.catalog import Host
from yunyue.journal.facts import OwnershipGranted
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.target import forbidden, plain

KEPT_S: Final = 60


@dataclass(frozen=True, slots=True)
class Network:
    """What a probe may use: two clocks, the word on each address that is not public, the tenant's logins."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    private_allowed: Callable[[str], bool]
    logins: Path | None = None

    @classmethod
    def of(cls, host: Host, tenant: str) -> "Network":
        """The network as one tenant may use it; an address granted to others is theirs, even in a closed network."""
        folder = Path(host.folder) / "logins" / f"tenant-{quote(tenant, safe='')}"
        return cls(
            host.now,
            host.monotonic,
            lambda address: host.proven(tenant, address) or (host.allow_private and not _granted(host, address)),
            folder,
        )

    @classmethod
    def of_operator(cls, host: Host) -> "Network":
        """The network as whoever runs the platform may use it, for what no tenant asked for."""
        return cls(host.now, host.monotonic, lambda _: host.allow_private)

    async def address(self, name: str, port: int) -> str:
        """The address to connect to. Raises Failure: resolver, denied."""
        if _is_address(name):
            return self._checked([name])
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            raise Failure("resolver") from None
        return self._checked([str(one[4][0]) for one in found])

    def _checked(self, addresses: list[str]) -> str:
        if any(barred(one, self.private_allowed) for one in addresses):
            raise Failure("denied")
        return addresses[0]


def barred(address: str, private_allowed: Callable[[str], bool]) -> str:
    """Why the address may not be reached; empty when it may. Each is asked about by itself, whatever its name is."""
    why, address = forbidden(address, private_allowed=False), plain(address)
    if not why and address in _own(int(time.monotonic()) // KEPT_S):
        why = f"{address} is the platform's own"
    return forbidden(address, private_allowed=True) if why and private_allowed(address) else why


def _granted(host: Host, address: str) -> bool:
    """Whether two people granted the address to anybody."""
    said = (one.data for one in host.standing(OwnershipGranted))
    return any(isinstance(one, OwnershipGranted) and ip_address(address) in ip_network(one.addresses) for one in said)


@lru_cache(maxsize=2)
def _own(_moment: int) -> frozenset[str]:
    """The addresses of this machine, public ones too; asked for again every so many seconds."""
    return frozenset(
        one.address.partition("%")[0]
        for every in psutil.net_if_addrs().values()
        for one in every
        if one.family in (socket.AF_INET, socket.AF_INET6)
    )


@lru_cache(maxsize=16_384)
def _is_address(name: str) -> bool:
    """An address in its plain form needs no resolver, and no thread to ask it in."""
    try:
        return str(ip_address(name)) == name
    except ValueError:
        return False

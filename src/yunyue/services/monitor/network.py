"""The way out: a name is resolved once, every address it has is checked, and the probe keeps to the first one.

Resolving again when connecting would let a target show a public address to the check and a private one to the probe.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

from yunyue.catalog import Host
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.target import forbidden


@dataclass(frozen=True, slots=True)
class Network:
    """What a probe may use: two clocks, the word on private addresses for a host name, the tenant's logins."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    private_allowed: Callable[[str], bool]
    logins: Path | None = None

    @classmethod
    def of(cls, host: Host, tenant: str) -> "Network":
        """The network as one tenant may use it."""
        folder = Path(host.folder) / "logins" / f"tenant-{quote(tenant, safe='')}"
        return cls(host.now, host.monotonic, lambda name: host.allow_private or host.proven(tenant, name), folder)

    async def address(self, name: str, port: int) -> str:
        """The address to connect to. Raises Failure: resolver, denied."""
        if _is_address(name):
            return self._checked(name, [name])
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            raise Failure("resolver") from None
        return self._checked(name, [str(one[4][0]) for one in found])

    def _checked(self, name: str, addresses: list[str]) -> str:
        allowed = self.private_allowed(name)
        if any(forbidden(one, private_allowed=allowed) for one in addresses):
            raise Failure("denied")
        return addresses[0]


@lru_cache(maxsize=16_384)
def _is_address(name: str) -> bool:
    """An address in its plain form needs no resolver, and no thread to ask it in."""
    try:
        return str(ip_address(name)) == name
    except ValueError:
        return False

"""How an endpoint is reached: resolved once, every address checked, and only a checked address connected to.

A probe is a request that a stranger makes our machine send; so what may be reached is decided by whoever runs it.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused

TIMEOUT_SECONDS: Final = 5.0
Forbidden = Callable[[str], str]
"""Why an address may not be reached; empty when it may."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a probe may use: the rule on addresses, and how long it waits for each answer."""

    forbidden: Forbidden
    timeout: float = TIMEOUT_SECONDS

    def address(self, name: str, port: int) -> str | Refused:
        """The address to connect to. Refused: the name resolves to nothing, or to an address that is forbidden."""
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return Refused(f"{name} does not resolve", "endpoints")
        addresses = [str(one[4][0]) for one in found]
        for one in addresses:
            why = self.forbidden(one)
            if why:
                return Refused(f"this endpoint may not be reached: {why}", "endpoints")
        return addresses[0]

    @contextmanager
    def connected(self, address: str, port: int) -> "Iterator[Line]":
        """A line to the endpoint. Raises OSError, TimeoutError."""
        with self.raw(address, port) as connection:
            yield Line(connection, self.timeout)

    @contextmanager
    def raw(self, address: str, port: int) -> Iterator[socket.socket]:
        """A connection for a library. Raises OSError, TimeoutError."""
        connection = socket.create_connection((address, port), self.timeout)
        try:
            yield connection
        finally:
            connection.close()


class Line:
    """A connection that ends in time, however slowly the other side speaks."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._ends = time.monotonic() + seconds

    def say(self, octets: bytes) -> None:
        """Send. Raises OSError, TimeoutError."""
        self._connection.settimeout(self._left())
        self._connection.sendall(octets)

    def exactly(self, count: int) -> bytes:
        """So many octets, less only when no more come. Raises OSError, TimeoutError."""
        found = b""
        while len(found) < count:
            self._connection.settimeout(self._left())
            more = self._connection.recv(count - len(found))
            if not more:
                break
            found += more
        return found

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

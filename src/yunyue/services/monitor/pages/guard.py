"""The only way out of the browser's sandbox: every connection is asked for here, and checked like any probe's.

The sandbox has no network at all; a socket in its folder leads here, and here SOCKS 5 (RFC 1928) is spoken, so the
browser resolves no name itself. A name is resolved once, all its addresses are checked, and the connection goes to the
one that was checked: a page can reach nothing that the order's tenant could not have probed.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Literal

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure, socket_error

MOST_BYTES: Final = 32 << 20
MOST_CONNECTIONS: Final = 200
PIECE: Final = 65_536
_REPLIES: Final = {"denied": 2, "unreachable": 3, "resolver": 4, "refused": 5, "connect_timeout": 6}
_GENERAL_FAILURE: Final = 1


@dataclass(frozen=True, slots=True)
class Way:
    """A connection that was asked for. Times in µs, -1 when it came not so far. `error`: why it was not made."""

    host: str
    port: int
    address: str
    dns: int
    connect: int
    error: Error | Literal[""]


@dataclass(slots=True)
class Guard:
    """Whoever connects to its socket. `ways`: what was asked for; `size`: bytes that came in; `over`: too many did."""

    network: Network
    most: int = MOST_BYTES
    ways: list[Way] = field(default_factory=list)
    size: int = 0
    over: bool = False
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[None]:
        """Serve at a socket in the file system for the length of a block; then cut every connection."""
        server = await asyncio.start_unix_server(self._serve, path)
        try:
            yield
        finally:
            server.close()
            for task in self._talks:
                task.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    def refused(self, host: str, port: int) -> Error | Literal[""]:
        """Why the newest connection to that place was not made; empty when it was, or nobody asked for one."""
        return next((one.error for one in reversed(self.ways) if (one.host, one.port) == (host, port)), "")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            with suppress(OSError, EOFError, struct.error, UnicodeDecodeError, asyncio.CancelledError):
                await self._talk(reader, writer)
        finally:
            self._talks.discard(task)
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = await _asked(reader, writer)
        if len(self.ways) >= MOST_CONNECTIONS:
            writer.write(_reply(_GENERAL_FAILURE))
            await writer.drain()
            return
        try:
            there = await self._connect(host, port)
        except Failure as failure:
            writer.write(_reply(_REPLIES.get(failure.error, _GENERAL_FAILURE)))
            await writer.drain()
            return
        writer.write(_reply(0))
        try:
            await self._join((reader, writer), there)
        finally:
            there[1].transport.abort()

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        began = self.network.monotonic()
        address, resolved = "", -1
        try:
            address = await self.network.address(host, port)
            resolved = self._since(began)
            began = self.network.monotonic()
            found = await asyncio.open_connection(address, port)
        except Failure as failure:
            self.ways.append(Way(host, port, address, self._since(began), -1, failure.error))
            raise
        except OSError as error:
            why = socket_error(error)
            self.ways.append(Way(host, port, address, resolved, -1, why))
            raise Failure(why) from None
        self.ways.append(Way(host, port, address, resolved, self._since(began), ""))
        return found

    async def _join(
        self,
        here: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        there: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Both ways until either side ends, or more came in than may."""
        outward = asyncio.create_task(_pass(here[0], there[1]))
        inward = asyncio.create_task(self._count(there[0], here[1]))
        try:
            await asyncio.wait((inward, outward), return_when=asyncio.FIRST_COMPLETED)
            if outward.done() and not inward.done():
                await inward
        finally:
            outward.cancel()
            inward.cancel()
            await asyncio.gather(outward, inward, return_exceptions=True)

    async def _count(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self.over and (piece := await reader.read(PIECE)):
            self.size += len(piece)
            self.over = self.size > self.most
            writer.write(piece)
            await writer.drain()

    def _since(self, began: float) -> int:
        return max(0, round((self.network.monotonic() - began) * 1_000_000))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Host and port of a SOCKS request. Raises EOFError, struct.error for what is none."""
    version, count = struct.unpack("!BB", await reader.readexactly(2))
    await reader.readexactly(count)
    if version != 5:
        raise EOFError
    writer.write(b"\x05\x00")
    version, command, _, kind = struct.unpack("!BBBB", await reader.readexactly(4))
    if (version, command) != (5, 1):
        raise EOFError
    match kind:
        case 1:
            host = str(ip_address(await reader.readexactly(4)))
        case 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii")
        case 4:
            host = str(ip_address(await reader.readexactly(16)))
        case _:
            raise EOFError
    return host, struct.unpack("!H", await reader.readexactly(2))[0]


def _reply(code: int) -> bytes:
    return struct.pack("!BBBBIH", 5, code, 0, 1, 0, 0)

"""A connection with a conversation on it, for probes of protocols made of lines or of a question and a reply."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure, socket_error
from yunyue.services.monitor.parameters import Probe

MOST_REPLY = 65_536


@dataclass(slots=True)
class Dialogue:
    """The two ways of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def line(self) -> bytes:
        """The next line. Raises Failure: reset, protocol (a line without end)."""
        try:
            found = await self.reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise Failure("protocol") from None
        except (OSError, EOFError) as error:
            raise Failure(socket_error(error)) from None
        return found.rstrip(b"\r\n")

    async def until(self, text: bytes) -> None:
        """Returns once the text has come. Raises Failure: reply, when the other side ends or sends too much before."""
        heard = b""
        while text not in heard:
            try:
                piece = await self.reader.read(4_096)
            except OSError as error:
                raise Failure(socket_error(error)) from None
            heard += piece
            if not piece or len(heard) > MOST_REPLY:
                raise Failure("reply" if heard else "reset")

    def say(self, text: bytes) -> None:
        """Send."""
        self.writer.write(text)

    async def encrypt(self, trust: ssl.SSLContext, name: str) -> None:
        """Go on in TLS. Raises Failure. What was sent in clear before the handshake is not taken for an answer."""
        if self.reader._buffer:  # type: ignore[attr-defined] # no public way tells whether something lies there
            raise Failure("protocol")
        try:
            await self.writer.start_tls(trust, server_hostname=name)
        except (OSError, EOFError) as error:
            raise Failure(socket_error(error)) from None


@dataclass(slots=True)
class Progress:
    """Whether the name is still asked for and the connection stands, which tells one timeout from another."""

    connected: bool = False
    resolving: bool = False


@asynccontextmanager
async def timed(probe: Probe) -> AsyncIterator[Progress]:
    """Ends what lasts too long. Raises Failure: resolver, connect_timeout, read_timeout."""
    progress = Progress()
    try:
        async with asyncio.timeout(probe.timeout):
            yield progress
    except TimeoutError:
        late: Error = "read_timeout" if progress.connected else "connect_timeout"
        raise Failure("resolver" if progress.resolving else late) from None


@asynccontextmanager
async def connected(
    probe: Probe, network: Network, progress: Progress, trust: ssl.SSLContext | None
) -> AsyncIterator[Dialogue]:
    """A connection to the target, in TLS when `trust` is given. Raises Failure."""
    target = probe.where
    progress.resolving = True
    address = await network.address(target.host, target.port)
    progress.resolving = False
    name = target.host if trust else None
    try:
        reader, writer = await asyncio.open_connection(
            address, target.port, ssl=trust, server_hostname=name, limit=MOST_REPLY
        )
    except (OSError, EOFError) as error:
        raise Failure(socket_error(error)) from None
    progress.connected = True
    try:
        yield Dialogue(reader, writer)
    finally:
        writer.transport.abort()  # a polite farewell would wait for a target that may never answer it

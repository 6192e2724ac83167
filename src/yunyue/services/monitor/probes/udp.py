"""The UDP probe: something is sent, and a reply must come. Silence proves nothing, so it is a failure."""

import asyncio

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, socket_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import timed
from yunyue.services.monitor.reading import octets


async def probe_udp(probe: Probe, network: Network) -> None:
    """Returns when a reply came that contains what the order asks. Raises Failure."""
    async with timed(probe) as progress:
        target = probe.where
        address = await network.address(target.host, target.port)
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        progress.connected = True
        transport = await _send(address, target.port, octets(probe.send), reply)
        try:
            heard = await reply
        finally:
            transport.abort()
    if octets(probe.expect) not in heard:
        raise Failure("reply")


async def _send(address: str, port: int, text: bytes, reply: asyncio.Future[bytes]) -> asyncio.DatagramTransport:
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.create_datagram_endpoint(lambda: _Hearing(reply), remote_addr=(address, port))
    except OSError as error:
        raise Failure(socket_error(error)) from None
    transport.sendto(text)
    return transport


class _Hearing(asyncio.DatagramProtocol):
    """The socket is bound to the target, so nobody else's datagram is heard."""

    def __init__(self, reply: asyncio.Future[bytes]) -> None:
        self._reply = reply

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """The first reply is the one that is judged."""
        del addr
        if not self._reply.done():
            self._reply.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """The host said that nobody listens."""
        if not self._reply.done():
            self._reply.set_exception(Failure(socket_error(exc) if isinstance(exc, OSError) else "reset"))

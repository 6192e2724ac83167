"""The ICMP probe: one echo request and its reply (RFC 792, RFC 4443).

Linux lends unprivileged processes a socket for echoes alone when net.ipv4.ping_group_range allows their group; else a
raw socket needs CAP_NET_RAW. Where neither is to be had, an order is refused and a probe is a gap.
"""

import asyncio
import socket
import struct
from itertools import count

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, NotMade, socket_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import timed

FORBIDDEN = "this system lets us send no ICMP echo: allow our group in net.ipv4.ping_group_range, or give CAP_NET_RAW"
_NUMBERS = count(1)


async def probe_icmp(probe: Probe, network: Network) -> None:
    """Returns when the target echoes. Raises Failure; NotMade where the system forbids echoes."""
    async with timed(probe) as progress:
        address = await network.address(probe.where.host, 0)
        number = next(_NUMBERS)
        with echo_socket(6 if ":" in address else 4) as opened:
            progress.connected = True
            await _echo(opened, address, number)


async def _echo(opened: socket.socket, address: str, number: int) -> None:
    loop = asyncio.get_running_loop()
    newer = ":" in address
    try:
        opened.connect((address, 0))
        await loop.sock_sendall(opened, request(number, newer=newer))
        while not is_reply(await loop.sock_recv(opened, 2_048), number, newer=newer):
            pass
    except OSError as error:
        raise Failure(socket_error(error)) from None


def echo_socket(version: int) -> socket.socket:
    """A socket for echoes, best without privilege. Raises NotMade."""
    family, protocol = (
        (socket.AF_INET6, socket.getprotobyname("ipv6-icmp")) if version == 6 else (socket.AF_INET, socket.IPPROTO_ICMP)
    )
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            opened = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        except OSError:
            continue
        return opened
    raise NotMade(FORBIDDEN)


def unable() -> str:
    """Why no echo can be sent from here; empty when it can."""
    try:
        echo_socket(4).close()
    except NotMade as reason:
        return str(reason)
    return ""


def request(number: int, *, newer: bool) -> bytes:
    """An echo request that carries its number, so that a stray reply is not taken for its own."""
    body = struct.pack(">BBHHHQ", 128 if newer else 8, 0, 0, 0x7975, number & 0xFFFF, number)
    return body if newer else body[:2] + struct.pack(">H", checksum(body)) + body[4:]


def is_reply(packet: bytes, number: int, *, newer: bool) -> bool:
    """Whether the packet answers the request of that number. A raw socket also hears other traffic, and IPv4's head."""
    if not newer and packet[:1] and packet[0] >> 4 == 4:
        packet = packet[(packet[0] & 15) * 4 :]
    return len(packet) >= 16 and packet[0] == (129 if newer else 0) and packet[8:16] == struct.pack(">Q", number)


def checksum(octets: bytes) -> int:
    """The ones' complement sum of RFC 1071."""
    total: int = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF

"""Lines, shells and ports of a pod, over the API server: streams of lines, and WebSockets with channels.

Of the channels the first octet of a message tells which: 0 input, 1 output, 2 errors, 3 how it ended, 4 the window's
size. A forwarded port has two: 0 the octets, 1 what went wrong; the first message of each only repeats the port.
"""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import httpx2

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command, Follow, Line, Shell, Tunnel
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.api import Api, said
from yunyue.services.containers.kubernetes.reach import Reach

EXEC: Final = "v4.channel.k8s.io"
FORWARD: Final = "v4.channel.k8s.io"
INPUT, OUTPUT, ERRORS, STATUS, SIZE = range(5)
PIECE: Final = 32_768
CLOSED: Final = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


async def logs(reach: Reach, namespace: str, pod: str, which: Follow) -> AsyncIterator[Line]:
    """The lines of a pod; none when there is no such pod. Raises EngineGone.

    The cluster keeps one stream of both; which of the two a line came from it does not say.
    """
    query = {"timestamps": "true", "follow": "true" if which.follow else "false"}
    if which.tail:
        query["tailLines"] = str(which.tail)
    if which.previous:
        query["previous"] = "true"
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
    async with Api(reach) as api:
        with contextlib.suppress(EngineSaid):
            async with contextlib.aclosing(api.lines(path, **query)) as found:
                async for line in found:
                    at, _, text = line.partition(" ")
                    if at:
                        yield Line(at, "stdout", text)


class _Channels:
    """A WebSocket to the API server."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._socket = socket

    async def receive(self) -> tuple[int, bytes] | None:
        """The next message: its channel and octets; None at the end."""
        message = await self._socket.receive()
        if message.type in CLOSED:
            return None
        octets = message.data if isinstance(message.data, bytes) else str(message.data).encode()
        return (octets[0], octets[1:]) if octets else await self.receive()

    async def send(self, channel: int, octets: bytes) -> None:
        """One message."""
        with contextlib.suppress(ConnectionError):
            await self._socket.send_bytes(bytes([channel]) + octets)

    async def close(self) -> None:
        """Hang up at once: a farewell over TLS may be waited for longer than the loop that asked lives."""
        await self._session.close()


class _PodShell:
    """A command in a pod."""

    def __init__(self, channels: _Channels) -> None:
        self._channels = channels
        self._status = -1

    async def read(self) -> bytes:
        """Shell: the next output."""
        while (found := await self._channels.receive()) is not None:
            channel, octets = found
            if channel == STATUS:
                self._status = _exit_status(octets)
            elif channel in (OUTPUT, ERRORS) and octets:
                return octets
        return b""

    async def write(self, octets: bytes) -> None:
        """Shell: type."""
        for start in range(0, len(octets), PIECE):
            await self._channels.send(INPUT, octets[start : start + PIECE])

    async def end_input(self) -> None:
        """Shell: this protocol has no word for it; what ends a terminal's input is sent."""
        await self._channels.send(INPUT, b"\x04")

    async def resize(self, rows: int, columns: int) -> None:
        """Shell: the window changed."""
        await self._channels.send(SIZE, json.dumps({"Width": columns, "Height": rows}).encode())

    async def status(self) -> int:
        """Shell: how it ended."""
        return self._status

    async def close(self) -> None:
        """Shell: leave."""
        await self._channels.close()


def _exit_status(octets: bytes) -> int:
    try:
        found = json.loads(octets)
    except ValueError:
        return -1
    if found.get("status") == "Success":
        return 0
    for cause in (found.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    return -1


async def shell(reach: Reach, where: tuple[str, str, str], command: Command) -> Shell | Refused:
    """A command in a pod's container. `where`: namespace, pod, container. Refused: it cannot be run."""
    namespace, pod, container = where
    words = command.words
    if command.environment:
        words = ("env", *(f"{name}={value}" for name, value in command.environment), *words)
    query = [("container", container), ("stdin", "true"), ("stdout", "true"), ("stderr", _word(not command.terminal))]
    query += [("tty", _word(command.terminal)), *(("command", one) for one in words)]
    try:
        channels = await _open(reach, f"/api/v1/namespaces/{namespace}/pods/{pod}/exec", query, EXEC)
    except EngineSaid as error:
        return Refused(f"the command cannot be run: {error.words}"[:400], "command", "C37")
    except EngineGone as error:
        return Refused(str(error), "engine", "C37")
    made = _PodShell(channels)
    if command.terminal:
        await made.resize(command.rows, command.columns)
    return made


def _word(value: bool) -> str:
    return "true" if value else "false"


class _PodTunnel:
    """A connection to a port of a pod."""

    def __init__(self, channels: _Channels) -> None:
        self._channels = channels
        self._begun: set[int] = set()

    async def read(self) -> bytes:
        """Tunnel: what came."""
        while (found := await self._channels.receive()) is not None:
            channel, octets = found
            if channel not in self._begun:
                self._begun.add(channel)
                octets = octets[2:]
            if channel == 1 and octets:
                return b""
            if channel == 0 and octets:
                return octets
        return b""

    async def write(self, octets: bytes) -> None:
        """Tunnel: send."""
        for start in range(0, len(octets), PIECE):
            await self._channels.send(0, octets[start : start + PIECE])

    async def end_input(self) -> None:
        """Tunnel: the cluster's protocol cannot end one direction; both end together."""

    async def close(self) -> None:
        """Tunnel: end it."""
        await self._channels.close()


async def tunnel(reach: Reach, namespace: str, pod: str, port: int) -> Tunnel | Refused:
    """A connection to a port of a pod. Refused: the server or the pod does not open it."""
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/portforward"
    try:
        return _PodTunnel(await _open(reach, path, [("ports", str(port))], FORWARD))
    except (EngineSaid, EngineGone) as error:
        return Refused(f"nobody answers at port {port}: {error}"[:400], "port", "C37")


async def _open(reach: Reach, path: str, query: list[tuple[str, str]], protocol: str) -> _Channels:
    """Raises EngineGone, EngineSaid."""
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, connect=5))
    try:
        headers = await identified(reach)
        socket = await session.ws_connect(
            reach.server + path,
            params=query,
            headers=headers,
            ssl=reach.tls,
            protocols=(protocol,),
            max_msg_size=0,
            autoclose=False,
        )
        return _Channels(session, socket)
    except aiohttp.WSServerHandshakeError as error:
        await session.close()
        raise EngineSaid(error.status, await _asked_again(reach, path, query, error.status)) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        await session.close()
        raise EngineGone(f"the cluster does not answer: {type(error).__name__}") from error


async def _asked_again(reach: Reach, path: str, query: list[tuple[str, str]], status: int) -> str:
    """What the server says of a WebSocket it refuses: the client keeps only the number, so it is asked in the plain."""
    try:
        async with httpx2.AsyncClient(verify=reach.tls, auth=reach.identity, trust_env=False, timeout=5) as client:
            answer = await client.get(reach.server + path, params=tuple(query))
    except (httpx2.HTTPError, OSError):
        return f"status {status}"
    return said(status, answer.content)


async def identified(reach: Reach) -> dict[str, str]:
    """The header that says who we are; none when TLS says it."""
    if reach.identity is None:
        return {}
    request = httpx2.Request("GET", reach.server)
    flow = reach.identity.async_auth_flow(request)
    found = await anext(flow)
    await flow.aclose()
    header = found.headers.get("Authorization")
    return {"Authorization": header} if header else {}

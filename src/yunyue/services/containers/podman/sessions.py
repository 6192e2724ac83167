"""What is asked of a running container from outside the loop: its lines, a shell, a connection to a port."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command, Follow, Line, Shell, Tunnel
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.podman.libpod import BASE, Libpod
from yunyue.services.containers.podman.places import Places

HEADER: Final = 8
"""Octets before each piece of a container's output: the stream, three zeros, the length."""

PIECE: Final = 65_536


async def logs(places: Places, container: str, which: Follow) -> AsyncIterator[Line]:
    """The lines of a container; none when there is no such container. Raises EngineGone."""
    tail = which.tail or "all"
    query = {"follow": which.follow, "stdout": True, "stderr": True, "timestamps": True, "tail": tail}
    async with Libpod(places.socket) as libpod:
        if await libpod.inspect(container) is None:
            return
        held = b""
        async for piece in libpod.stream("GET", f"/containers/{container}/logs", **query):
            held += piece
            while len(held) >= HEADER and len(held) >= (size := HEADER + int.from_bytes(held[4:HEADER], "big")):
                yield _line(held[0], held[HEADER:size])
                held = held[size:]


def _line(stream: int, octets: bytes) -> Line:
    at, _, text = octets.decode("utf-8", "replace").rstrip("\n").partition(" ")
    return Line(at, "stderr" if stream == 2 else "stdout", text)


class _Stream:
    """A connection, read and written."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read(self) -> bytes:
        """What came."""
        try:
            return await self.reader.read(PIECE)
        except ConnectionError:
            return b""

    async def write(self, octets: bytes) -> None:
        """Send."""
        self.writer.write(octets)
        await self.writer.drain()

    async def end_input(self) -> None:
        """No more will be typed."""
        if self.writer.can_write_eof():
            self.writer.write_eof()

    async def close(self) -> None:
        """End."""
        self.writer.close()


class _PodmanShell(_Stream):
    """A command podman runs. Without a terminal its output comes in pieces with headers, which are taken off."""

    def __init__(self, stream: _Stream, libpod: Libpod, session: str, *, terminal: bool) -> None:
        super().__init__(stream.reader, stream.writer)
        self._libpod = libpod
        self._session = session
        self._terminal = terminal

    async def read(self) -> bytes:
        """The next output."""
        if self._terminal:
            return await super().read()
        try:
            header = await self.reader.readexactly(HEADER)
            return await self.reader.readexactly(int.from_bytes(header[4:], "big"))
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def resize(self, rows: int, columns: int) -> None:
        """The window changed; of a command that has ended it does not matter."""
        try:
            await self._libpod.ask("POST", f"/exec/{self._session}/resize", None, h=rows, w=columns)
        except EngineSaid:
            return

    async def status(self) -> int:
        """How it ended."""
        for _ in range(100):
            found = await self._libpod.ask("GET", f"/exec/{self._session}/json")
            if not found["Running"]:
                return int(found["ExitCode"])
            await asyncio.sleep(0.05)
        return -1

    async def close(self) -> None:
        """Leave; a terminal that goes away takes its command along."""
        await super().close()
        await self._libpod.__aexit__()


async def shell(places: Places, container: str, command: Command) -> Shell | Refused:
    """A command in a container. Refused: the container is gone, or has no such program."""
    libpod = await Libpod(places.socket).__aenter__()
    body: dict[str, Any] = {
        "Cmd": list(command.words),
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": command.terminal,
        "Env": [f"{name}={value}" for name, value in command.environment],
    }
    try:
        made = await libpod.ask("POST", f"/containers/{container}/exec", body)
        session = str(made["Id"])
        stream = await _attached(places, session, command)
        return _PodmanShell(stream, libpod, session, terminal=command.terminal)
    except EngineSaid as error:
        await libpod.__aexit__()
        return Refused(f"the command cannot be run: {error.words}"[:400], "command", "C37")
    except EngineGone as error:
        await libpod.__aexit__()
        return Refused(str(error), "engine", "C37")


async def _attached(places: Places, session: str, command: Command) -> _Stream:
    """Begin the command; the connection of the request becomes that of the command. Raises EngineGone, EngineSaid."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(places.socket))
    except OSError as error:
        raise EngineGone(f"podman does not answer: {error}") from error
    body = {"Detach": False, "Tty": command.terminal, "h": command.rows, "w": command.columns}
    text = json.dumps(body if command.terminal else {"Detach": False, "Tty": False})
    writer.write(
        f"POST {BASE}/exec/{session}/start HTTP/1.1\r\nHost: podman\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
    )
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status not in (101, 200):
        words = (await reader.read(PIECE)).decode("utf-8", "replace")
        writer.close()
        raise EngineSaid(status, words.strip() or "no words")
    return _Stream(reader, writer)


async def tunnel(address: str, port: int) -> Tunnel | Refused:
    """A connection to an address of ours. Refused: nobody listens there."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(address, port)
    except (OSError, TimeoutError) as error:
        return Refused(f"nobody answers at port {port}: {error or 'no answer'}", "port", "C37")
    return _Stream(reader, writer)

"""What goes over a connection of the containers' door: lines one way, what is typed and written both ways."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from dataclasses import asdict
from time import monotonic
from typing import Any, Final

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from yunyue.services.containers.engine import Line, Shell, Tunnel
from yunyue.services.containers.errors import EngineGone, EngineSaid

ENDED: Final = 1000
TURNED_OUT: Final = 1008
GONE: Final = 1011
IDLE: Final = 4408
"""Why a connection was closed (RFC 6455 §7.4; 4000 and up are an application's own)."""


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What a text to a command says: the window's size, or that no more will be typed."""

    rows: int = 0
    columns: int = 0
    end: bool = False


class Wire:
    """A connection that knows when something last came or went."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self._last = monotonic()

    async def come(self) -> bytes | str | None:
        """What comes next; None when the other side is gone."""
        message = await self.socket.receive()
        self._last = monotonic()
        if message["type"] != "websocket.receive":
            return None
        found: bytes | str | None = message.get("bytes")
        return found if found is not None else message.get("text") or ""

    async def go(self, said: bytes | str) -> None:
        """Send. Raises WebSocketDisconnect."""
        if isinstance(said, bytes):
            await self.socket.send_bytes(said)
        else:
            await self.socket.send_text(said)
        self._last = monotonic()

    async def idle(self, seconds: float) -> int:
        """Why to close, once nothing came or went for so long."""
        while (left := self._last + seconds - monotonic()) > 0:
            await asyncio.sleep(left)
        return IDLE

    async def close(self, code: int) -> None:
        """End it; the other side may have been faster."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
            await self.socket.close(code)


Part = Coroutine[Any, Any, int]
"""One direction; the code to close with when it is done."""


async def told(wire: Wire, lines: AsyncIterator[Line]) -> int:
    """Lines as they are written, each a JSON text."""
    async for line in lines:
        await wire.go(msgspec.json.encode(asdict(line)).decode())
    return ENDED


async def deaf(wire: Wire) -> int:
    """Until the other side is gone; what it says meanwhile is nobody's."""
    while await wire.come() is not None:
        pass
    return ENDED


async def typed(wire: Wire, shell: Shell) -> int:
    """What is typed reaches the command. A text that says nothing we know ends the connection."""
    while (piece := await wire.come()) is not None:
        if isinstance(piece, bytes):
            await shell.write(piece)
            continue
        try:
            said = msgspec.json.decode(piece, type=Said)
        except msgspec.DecodeError:
            return TURNED_OUT
        if said.end:
            await shell.end_input()
        elif said.rows > 0 and said.columns > 0:
            await shell.resize(min(said.rows, 1000), min(said.columns, 1000))
    return ENDED


async def shown(wire: Wire, shell: Shell) -> int:
    """What the command writes, and at the end how it ended."""
    while piece := await shell.read():
        await wire.go(piece)
    await wire.go(msgspec.json.encode({"status": await shell.status()}).decode())
    return ENDED


async def sent(wire: Wire, tunnel: Tunnel) -> int:
    """What comes over the connection reaches the port; a text says that no more will come."""
    while (piece := await wire.come()) is not None:
        if isinstance(piece, bytes):
            await tunnel.write(piece)
        else:
            await tunnel.end_input()
    return ENDED


async def answered(wire: Wire, tunnel: Tunnel) -> int:
    """What the port answers."""
    while piece := await tunnel.read():
        await wire.go(piece)
    return ENDED


async def first_of(*parts: Part) -> int:
    """Run them together until one is done; the others are cut off. The code it gave, or what broke stands for."""
    tasks = [asyncio.ensure_future(one) for one in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return _code(next(iter(done)))
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _code(done: "asyncio.Task[int]") -> int:
    match done.exception():
        case None:
            return done.result()
        case EngineGone() | EngineSaid() | OSError():
            return GONE
        case WebSocketDisconnect() | RuntimeError():
            # The other side left while something was on its way to it.
            return ENDED
        case broken:
            raise broken

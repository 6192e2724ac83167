"""The way in for what goes on: lines as they are written, commands one types into, ports; over WebSocket (RFC 6455).

Under /containers/v1/{contract}/{project}: `logs/{replica}`, `exec/{replica}?word=sh`, `forward?target=web-1&port=80`.
Who asks is looked at before the connection stands, and again every minute while it does; what they ask is put on record
first. A connection nobody uses for a quarter of an hour is closed.

Lines are JSON texts. Of commands and ports everything binary is what is typed or sent, and what comes; a text to a
command is `{"rows": 24, "columns": 80}` or `{"end": true}` (to a port that too), and its last from us `{"status": 0}`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from yunyue.answer import Refused
from yunyue.doors.data.containers_wire import TURNED_OUT, Part, Wire, answered, deaf, first_of, sent, shown, told, typed
from yunyue.services.containers.engine import Command, Engine, Follow
from yunyue.services.containers.project.project import Project

PREFIX: Final = "/containers/v1/{contract}/{project}"
IDLE_SECONDS: Final = 900.0
LOOK_SECONDS: Final = 60.0
MOST_STREAMS: Final = 16
"""Of one account at once."""

MOST_WORDS: Final = 64
MOST_LETTERS: Final = 4096
MOST_WIDE: Final = 1000


@dataclass(frozen=True, slots=True)
class Guest:
    """Who came in, what they asked of, and whether they still may."""

    actor: str
    project: Project
    engine: Engine
    may: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Turned:
    """Who asks is turned away: 401 for nobody, 403 for who may not, 404 for what is not theirs to see."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks: the verb (logs, exec, forward), of which project, and about what."""

    verb: str
    contract: str
    project: str
    about: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str


Who = Callable[[Asked], Guest | Turned]
"""Lets in or turns away, and puts it on record. It may wait for a database."""


def routes(who: Who) -> tuple[WebSocketRoute, ...]:
    """What the front door offers."""
    door = Streams(who)
    return (
        WebSocketRoute(f"{PREFIX}/logs/{{replica}}", door.logs),
        WebSocketRoute(f"{PREFIX}/exec/{{replica}}", door.exec),
        WebSocketRoute(f"{PREFIX}/forward", door.forward),
    )


class Streams:
    """Every connection that stands."""

    def __init__(self, who: Who, idle: float = IDLE_SECONDS, look: float = LOOK_SECONDS) -> None:
        self._who = who
        self._idle = idle
        self._look = look
        self._standing: dict[str, int] = {}

    async def logs(self, socket: WebSocket) -> None:
        """The last lines (`tail`, 0: all) and, unless `follow=0`, those to come; `previous=1`: of the one before."""
        query, replica = socket.query_params, socket.path_params["replica"]
        which = Follow(query.get("follow") != "0", _number(query.get("tail"), 200), query.get("previous") == "1")
        async with self._let_in(socket, "logs", replica) as guest:
            if guest is not None:
                wire = Wire(socket)
                await socket.accept()
                await self._held(wire, guest, told(wire, guest.engine.logs(guest.project, replica, which)), deaf(wire))

    async def exec(self, socket: WebSocket) -> None:
        """Run the words of `word=…&word=…`; with `terminal=1` one types into it, `rows` and `columns` wide."""
        command, replica = _command(socket), socket.path_params["replica"]
        if command is None:
            await _deny(socket, Turned(422, f"expected 1 to {MOST_WORDS} words"))
            return
        async with self._let_in(socket, "exec", f"{replica} {' '.join(command.words)}") as guest:
            if guest is None:
                return
            shell = await guest.engine.exec(guest.project, replica, command)
            if isinstance(shell, Refused):
                await _deny(socket, Turned(422, str(shell)))
                return
            try:
                wire = Wire(socket)
                await socket.accept()
                await self._held(wire, guest, shown(wire, shell), typed(wire, shell))
            finally:
                await shell.close()

    async def forward(self, socket: WebSocket) -> None:
        """To `port` of `target`: a replica, or service/NAME."""
        target, port = socket.query_params.get("target", ""), _number(socket.query_params.get("port"), 0)
        async with self._let_in(socket, "forward", f"{target}:{port}") as guest:
            if guest is None:
                return
            tunnel = await guest.engine.forward(guest.project, target, port)
            if isinstance(tunnel, Refused):
                await _deny(socket, Turned(422, str(tunnel)))
                return
            try:
                wire = Wire(socket)
                await socket.accept()
                await self._held(wire, guest, answered(wire, tunnel), sent(wire, tunnel))
            finally:
                await tunnel.close()

    @contextlib.asynccontextmanager
    async def _let_in(self, socket: WebSocket, verb: str, about: str) -> AsyncIterator[Guest | None]:
        """Whoever may; None when they were turned away, which they have been told by then."""
        place, client = socket.path_params, socket.client
        address = client.host if client is not None else ""
        asked = Asked(verb, place["contract"], place["project"], about, socket.headers, socket.cookies, address)
        guest = await run_in_threadpool(self._who, asked)
        if isinstance(guest, Guest) and self._standing.get(guest.actor, 0) >= MOST_STREAMS:
            guest = Turned(429, f"an account has at most {MOST_STREAMS} streams at once")
        if isinstance(guest, Turned):
            await _deny(socket, guest)
            yield None
            return
        self._standing[guest.actor] = self._standing.get(guest.actor, 0) + 1
        try:
            yield guest
        finally:
            self._standing[guest.actor] -= 1
            if not self._standing[guest.actor]:
                del self._standing[guest.actor]

    async def _held(self, wire: Wire, guest: Guest, *parts: Part) -> None:
        """Both directions and who watches them, until the first is done; then the connection is closed, saying why."""
        code = TURNED_OUT
        try:
            code = await first_of(*parts, wire.idle(self._idle), self._allowed(guest))
        finally:
            await wire.close(code)

    async def _allowed(self, guest: Guest) -> int:
        """Why to close, once they may no longer."""
        while await run_in_threadpool(guest.may):
            await asyncio.sleep(self._look)
        return TURNED_OUT


async def _deny(socket: WebSocket, why: Turned) -> None:
    await socket.send_denial_response(JSONResponse({"error": {"reason": why.reason}}, why.status))


def _command(socket: WebSocket) -> Command | None:
    query = socket.query_params
    words = tuple(query.getlist("word"))
    if not 0 < len(words) <= MOST_WORDS or any(len(one) > MOST_LETTERS for one in words):
        return None
    rows, columns = _number(query.get("rows"), 24), _number(query.get("columns"), 80)
    return Command(words, query.get("terminal") == "1", min(rows, MOST_WIDE), min(columns, MOST_WIDE))


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 7 else otherwise

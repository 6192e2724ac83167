"""A project on another machine: the engine's verbs over that platform's API, and its streams over WebSocket.

What may be asked is decided there, by the token's account; nothing is read or kept on this machine.
"""

import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.engine import (
    Applied,
    Change,
    Command,
    Event,
    Follow,
    Line,
    Replica,
    Rollout,
    Shell,
    Shown,
    Tunnel,
    Use,
)
from yunyue.services.containers.errors import EngineGone
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.project import Project

T = TypeVar("T")
PATIENCE_SECONDS: Final = 60
LARGEST: Final = 64 << 20
ORDERED: Final = tuple(one.name for one in msgspec.structs.fields(ProjectOrder))
TURNED: Final = {
    401: "the token is not known there",
    403: "you may not do this there",
    404: "there is no such contract or project there",
    422: "there is no such running replica, port or command there",
    429: "too many streams are open there",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A platform's address, a token of an account there, and the contract."""

    address: str
    token: str
    contract: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request shows."""
        return {"Authorization": f"Bearer {self.token}"}

    def projects(self) -> tuple[Project, ...] | Refused:
        """Those of the contract that the token's account may see. Refused: as `ask`."""
        found = self.ask("GET", "")
        return found if isinstance(found, Refused) else tuple(_project(one) for one in found)

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any | Refused:
        """What the API answers below the contract's containers. Refused: its own words, or nobody answers."""
        words = urlencode(query)
        root = f"{self.address}/api/v1/contracts/{quote(self.contract, safe='')}/containers"
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{root}{path}?{words}", content, headers, method=method)  # noqa: S310 - `reached` took http and https only
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the same
                return json.loads(answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            return _said(error)
        except (OSError, ValueError) as error:
            return Refused(f"the platform does not answer: {getattr(error, 'reason', error)}", "server")


def _said(error: urllib.error.HTTPError) -> Refused:
    with error:
        try:
            found = json.loads(error.read(LARGEST))
            return Refused(str(found["reason"]), str(found.get("field", "")), str(found.get("clause", "")))
        except (OSError, ValueError, KeyError, TypeError):
            return Refused(f"the platform answers {error.code}", "server")


def _project(one: dict[str, Any]) -> Project:
    """A project from what programs are told of it."""
    wanted = msgspec.convert({name: one[name] for name in ORDERED}, ProjectOrder)
    place = (one["order"], one["contract"], one["tenant"], one["name"], one["number"])
    return Project(*place, wanted, one["made"], paused=one["paused"])


def reached(address: str, token: str, contract: str) -> Server | Refused:
    """A platform. Refused: an address that is none, no contract."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Refused("an address begins with http:// or https://", "server")
    if not contract:
        return Refused("say which contract of that platform with --contract", "contract")
    return Server(address.rstrip("/"), token, contract)


class ServerEngine:
    """engine.Engine over a platform's API. Who acts is the token's account, whatever `actor` says."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def apply(self, project: Project, text: str, actor: str) -> Applied | Refused:
        """Engine: keep what a manifest asks for."""
        del actor
        found = each(Change, self._server.ask("POST", f"/{project.name}/apply", {"manifest": text}))
        return found if isinstance(found, Refused) else Applied(found)

    def diff(self, project: Project, text: str) -> Applied | Refused:
        """Engine: what apply would do."""
        found = each(Change, self._server.ask("POST", f"/{project.name}/diff", {"manifest": text}))
        return found if isinstance(found, Refused) else Applied(found)

    def get(self, project: Project, kind: str = "", name: str = "") -> tuple[Shown, ...] | Refused:
        """Engine: objects as they stand."""
        return each(Shown, self._server.ask("GET", f"/{project.name}/objects", kind=kind, name=name))

    def replicas(self, project: Project, workload: str = "") -> tuple[Replica, ...] | Refused:
        """Engine: replicas."""
        return each(Replica, self._server.ask("GET", f"/{project.name}/replicas", workload=workload))

    def delete(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Engine: forget an object."""
        del actor
        return _one(Change, self._server.ask("DELETE", _object(project, kind, name)))

    def scale(self, project: Project, kind: str, name: str, replicas: int, actor: str) -> Change | Refused:
        """Engine: so many replicas."""
        del actor
        return _one(Change, self._server.ask("POST", f"{_object(project, kind, name)}/scale", {"replicas": replicas}))

    def rollout(self, project: Project, kind: str, name: str) -> Rollout | Refused:
        """Engine: how far a workload is."""
        return _one(
            Rollout, self._server.ask("GET", f"/{project.name}/rollouts/{quote(kind, safe='')}/{quote(name, safe='')}")
        )

    def undo(self, project: Project, kind: str, name: str, to: int, actor: str) -> Change | Refused:
        """Engine: back to a revision."""
        del actor
        return _one(Change, self._server.ask("POST", f"{_object(project, kind, name)}/undo", {"to": to}))

    def restart(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Engine: every replica anew."""
        del actor
        return _one(Change, self._server.ask("POST", f"{_object(project, kind, name)}/restart"))

    def events(self, project: Project, after: int = 0, most: int = 200) -> tuple[Event, ...] | Refused:
        """Engine: what happened."""
        return each(Event, self._server.ask("GET", f"/{project.name}/events", after=after, most=min(most, 1000)))

    def top(self, project: Project) -> tuple[Use, ...] | Refused:
        """Engine: what replicas use."""
        return each(Use, self._server.ask("GET", f"/{project.name}/top"))

    async def logs(self, project: Project, replica: str, which: Follow) -> AsyncIterator[Line]:
        """Engine: lines of a replica. Raises EngineGone."""
        query = {"tail": which.tail, "follow": int(which.follow), "previous": int(which.previous)}
        stream = await self._stream(project, f"logs/{quote(replica, safe='')}", query)
        if isinstance(stream, Refused):
            raise EngineGone(stream.reason)
        try:
            async for message in stream.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    yield msgspec.json.decode(message.data, type=Line)
        finally:
            await stream.close()

    async def exec(self, project: Project, replica: str, command: Command) -> Shell | Refused:
        """Engine: a command in a replica."""
        size = [
            ("rows", str(command.rows)),
            ("columns", str(command.columns)),
            ("terminal", str(int(command.terminal))),
        ]
        query = [*(("word", one) for one in command.words), *size]
        return await self._stream(project, f"exec/{quote(replica, safe='')}", query)

    async def forward(self, project: Project, target: str, port: int) -> Tunnel | Refused:
        """Engine: a connection."""
        return await self._stream(project, "forward", {"target": target, "port": port})

    async def _stream(self, project: Project, path: str, query: Any) -> "_Stream | Refused":
        place = f"{self._server.address}/containers/v1/{quote(self._server.contract, safe='')}/{project.name}/{path}"
        session = aiohttp.ClientSession()
        try:
            socket = await session.ws_connect(place, params=query, headers=self._server.headers, heartbeat=60)
        except aiohttp.WSServerHandshakeError as error:
            await session.close()
            return Refused(TURNED.get(error.status, f"the platform answers {error.status}"), "server", "C37")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await session.close()
            return Refused(f"the platform does not answer: {error}", "server")
        return _Stream(session, socket)


def each(kind: type[T], found: Any | Refused) -> tuple[T, ...] | Refused:
    return found if isinstance(found, Refused) else tuple(msgspec.convert(one, kind) for one in found)


def _one(kind: type[T], found: Any | Refused) -> T | Refused:
    return found if isinstance(found, Refused) else msgspec.convert(found, kind)


class _Stream:
    """engine.Shell and engine.Tunnel over a WebSocket."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._session = session
        self._status = -1

    async def read(self) -> bytes:
        """What came; empty at the end."""
        while True:
            message = await self.socket.receive()
            match message.type:
                case aiohttp.WSMsgType.BINARY if message.data:
                    return bytes(message.data)
                case aiohttp.WSMsgType.TEXT:
                    self._status = int(json.loads(message.data).get("status", -1))
                    return b""
                case aiohttp.WSMsgType.BINARY:
                    continue
                case _:
                    return b""

    async def write(self, octets: bytes) -> None:
        """Send. Raises ConnectionError."""
        await self.socket.send_bytes(octets)

    async def end_input(self) -> None:
        """No more will be typed."""
        await self.socket.send_str('{"end": true}')

    async def resize(self, rows: int, columns: int) -> None:
        """The window changed."""
        await self.socket.send_str(json.dumps({"rows": rows, "columns": columns}))

    async def status(self) -> int:
        """How it ended; -1 when the connection broke off first."""
        return self._status

    async def close(self) -> None:
        """Leave."""
        await self.socket.close()
        await self._session.close()


def _object(project: Project, kind: str, name: str) -> str:
    return f"/{project.name}/objects/{quote(kind, safe='')}/{quote(name, safe='')}"

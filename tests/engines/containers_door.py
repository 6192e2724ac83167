"""The console and the containers' streams behind one open front door, and who comes to it."""

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
import uvicorn
from cli_cast import CONTRACT
from console_cast import SETTINGS
from containers_cast import OURS
from django.conf import settings as django
from wishing import until

from yunyue.doors.data import containers_streams
from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.web import setup
from yunyue.doors.web.accounts.roles import Role
from yunyue.services.containers.project.project import Project

T = TypeVar("T")


@dataclass(frozen=True)
class Door:
    """A front door that is open: where, and a session or a token to come in with."""

    address: str
    project: Project
    headers: dict[str, str]
    person: str = ""

    def words(self, folder: Path) -> list[str]:
        """What a command takes to come here from another machine; the token lies in a file of its own."""
        path = folder / f"token-{os.urandom(4).hex()}"
        path.write_text(self.headers["Authorization"].removeprefix("Bearer "))
        server = ["--server", self.address, "--token-file", str(path), "--contract", CONTRACT]
        return [*server, "-p", self.project.name]

    def asked(self, path: str, talk: Callable[[aiohttp.ClientWebSocketResponse], Awaitable[T]]) -> T:
        """Talk over a connection. Raises WSServerHandshakeError for one that is not made."""

        async def talked() -> T:
            place = f"{self.address}/containers/v1/{CONTRACT}/{self.project.name}/{path}"
            async with aiohttp.ClientSession() as session, session.ws_connect(place, headers=self.headers) as socket:
                return await asyncio.wait_for(talk(socket), 60)

        return asyncio.run(talked())

    def status(self, path: str) -> int:
        """How a connection is refused."""
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            self.asked(path, ended)
        return refused.value.status


async def ended(socket: aiohttp.ClientWebSocketResponse) -> int:
    """The code a connection is closed with."""
    async for _ in socket:
        pass
    assert socket.close_code is not None
    return socket.close_code


async def said(socket: aiohttp.ClientWebSocketResponse) -> tuple[bytes, int]:
    """All that a command writes, and its status."""
    written, status = b"", -1
    async for message in socket:
        if message.type is aiohttp.WSMsgType.BINARY:
            written += message.data
        else:
            status = json.loads(message.data)["status"]
    return written, status


@contextlib.contextmanager
def opened() -> Iterator[str]:
    """The console and the streams behind one front door; under /brief and /strict streams end much sooner."""
    before, django.ALLOWED_HOSTS = django.ALLOWED_HOSTS, ["127.0.0.1", "testserver"]

    def caller(asked: containers_streams.Asked) -> containers_streams.Guest | containers_streams.Turned:
        from yunyue.doors.data.containers_callers import caller

        return caller(asked)

    routes = (*containers_streams.routes(caller), *hurried(caller))
    app = front_door(Parts(console=setup.console(SETTINGS), routes=routes))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    django.ALLOWED_HOSTS = before


def hurried(who: containers_streams.Who) -> Iterator[Any]:
    """The same streams for people in a hurry: under /brief idle at once, under /strict looked after all the time."""
    from starlette.routing import Mount, WebSocketRoute

    path = f"{containers_streams.PREFIX}/exec/{{replica}}"
    brief, strict = containers_streams.Streams(who, idle=0.2), containers_streams.Streams(who, look=0.05)
    yield Mount("/brief", routes=[WebSocketRoute(path, brief.exec)])
    yield Mount("/strict", routes=[WebSocketRoute(path, strict.exec)])


def by_session(address: str, project: Project, client: Any) -> Door:
    """As whoever logged in, from our own pages."""
    session = client.cookies["sessionid"].value
    return Door(address, project, {"Cookie": f"sessionid={session}", "Origin": address})


def by_token(address: str, project: Project, *scopes: str, tenant: str = OURS) -> Door:
    """As a new tenant user, with a token for the scopes."""
    from yunyue.doors.web.accounts import tokens
    from yunyue.doors.web.accounts.models import Account
    from yunyue.kernel import Recorder

    holder = Account.objects.create(username=f"streams-{os.urandom(4).hex()}", role=Role.TENANT_USER, tenant=tenant)
    made = tokens.make(holder, tokens.Asked("ci", scopes, "", 30), Recorder("user:1", "/test"), holder)
    assert isinstance(made, tuple), made
    return Door(address, project, {"Authorization": f"Bearer {made[1]}"}, holder.pseudonym)

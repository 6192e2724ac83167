"""A server on the wire that repeats what a real API server said: a stub, fed with recorded answers and streams."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from yunyue.services.containers.kubernetes.api import Api
from yunyue.services.containers.kubernetes.reach import Reach

Json = dict[str, Any]


@dataclass
class Wire:
    """What is answered: by path, or for each watch in turn its lines and then its end. `later`: from a watch on."""

    answers: dict[str, Json | tuple[int, Json]] = field(default_factory=dict)
    watches: list[list[str]] = field(default_factory=list)
    later: dict[str, Json | tuple[int, Json]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    address: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path, dict(request.query)))
        if request.can_read_body:
            self.bodies.append(json.loads(await request.read()))
        if request.query.get("watch"):
            return await self._watch(request)
        more = f"{request.path}?{request.query['continue']}" if "continue" in request.query else request.path
        found = self.answers.get(f"{request.method} {request.path}", self.answers.get(more))
        if found is None:
            message = f"{request.path} not found"
            return web.json_response({"kind": "Status", "code": 404, "message": message}, status=404)
        status, body = found if isinstance(found, tuple) else (200, found)
        return web.json_response(body, status=status)

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        self.answers |= self.later
        for line in self.watches.pop(0) if self.watches else ():
            await answer.write(line.encode() + b"\n")
        if not self.watches:
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await asyncio.Event().wait()
        return answer


@contextlib.asynccontextmanager
async def on_the_wire(wire: Wire) -> AsyncIterator[Api]:
    """A client of a server that says what the wire holds."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", wire.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    wire.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]  # the port that 0 became
    try:
        async with Api(Reach(wire.address, ssl.create_default_context(), None)) as api:
            yield api
    finally:
        await runner.cleanup()

"""The way in for probe points and for Prometheus: what to probe, outcomes, and remote write, under /monitor/v1.

A point shows its token (Authorization: Bearer), or, on the listener that asks for one, its client certificate. Who
shows neither learns nothing, not even which contracts there are.
"""

import hashlib
import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.services.monitor.metrics import remote
from yunyue.services.monitor.metrics.scraped import Labels, Scraped, sort
from yunyue.services.monitor.metrics.store import store
from yunyue.services.monitor.points.ingest import take, work_of
from yunyue.services.monitor.points.register import Point, Points
from yunyue.services.monitor.points.wire import PREFIX, Batch
from yunyue.sla.span import milliseconds

Find = Callable[[str], Host | None]
"""The host of a contract's monitoring; None when there is no such contract."""

MOST_BODY: Final = 4 << 20
CERTIFICATE: Final = "yunyue.client_certificate"
_NOBODY: Final = Response("no probe point has this token or certificate", 401, {"WWW-Authenticate": "Bearer"})
_TOO_LARGE: Final = Response("the body is too large", 413)
_DECODER: Final = msgspec.json.Decoder(Batch)


def routes(find: Find) -> tuple[Route, ...]:
    """What the front door offers to probe points."""
    desk = Desk(find)
    place = f"{PREFIX}/{{contract}}"
    return (
        Route(f"{place}/work", desk.work, methods=["GET"]),
        Route(f"{place}/samples", desk.samples, methods=["POST"]),
        Route(f"{place}/write", desk.write, methods=["POST"]),
    )


class Desk:
    """Answers probe points."""

    def __init__(self, find: Find) -> None:
        self._find = find

    async def work(self, request: Request) -> Response:
        """All the point has to do."""
        return await self._answered(request, lambda point, host, _: _json(work_of(point, host)))

    async def samples(self, request: Request) -> Response:
        """Outcomes, durable before they are acknowledged."""
        return await self._answered(request, _samples)

    async def write(self, request: Request) -> Response:
        """Prometheus' remote write 1.0: 204 when kept, 400 for what will never be taken, 5xx to be sent again."""
        return await self._answered(request, _write)

    async def _answered(self, request: Request, how: Callable[[Point, Host, bytes], Response]) -> Response:
        host = await run_in_threadpool(self._find, request.path_params["contract"])
        point = None if host is None else await run_in_threadpool(_shown, request, host)
        if host is None or point is None:
            return _NOBODY
        body = await _body(request)
        return _TOO_LARGE if body is None else await run_in_threadpool(how, point, host, body)


def _shown(request: Request, host: Host) -> Point | None:
    points = Points(Path(host.folder))
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found = points.by_token(token.strip()) if kind.lower() == "bearer" else None
    return found or points.by_certificate(str(request.scope.get(CERTIFICATE, "")))


async def _body(request: Request) -> bytes | None:
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BODY:
            return None
    return bytes(found)


def _samples(point: Point, host: Host, body: bytes) -> Response:
    try:
        batch = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        return Response(f"samples: {error}", 400)
    receipt = take(point, batch, host)
    return _refused(receipt) if isinstance(receipt, Refused) else _json(receipt)


def _write(point: Point, host: Host, body: bytes) -> Response:
    found = remote.read(body)
    if isinstance(found, Refused):
        return Response(str(found), 400)
    mine = Scraped(tuple((_at_point(labels, point.name), values) for labels, values in found.series))
    kept = store(Path(host.folder)).add(mine, milliseconds(host.now()))
    return _refused(kept) if isinstance(kept, Refused) else Response(status_code=204)


@lru_cache(maxsize=50_000)
def _at_point(labels: Labels, point: str) -> Labels:
    """With whose it is; a label of that name that was sent says nothing."""
    return sort({**dict(labels), "point": point})


def _refused(why: Refused) -> Response:
    """A full disk may be emptied, so that is to be sent again; everything else would be refused again."""
    return Response(str(why), 503 if "disk is full" in why.reason else 400)


def _json(said: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(said), media_type="application/json")


class CertifiedProtocol(HttpToolsProtocol):
    """HTTP whose requests carry the digest of the client's certificate, where TLS asked for one and checked it.

    Give it to uvicorn as `http=` with `ssl_ca_certs` and `ssl_cert_reqs=ssl.CERT_REQUIRED`.
    """

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        connection: Any = self.transport.get_extra_info("ssl_object")
        shown = connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLObject) else None
        if shown:
            scope: dict[str, Any] = self.scope  # type: ignore[assignment] # a scope may carry more than its type says
            scope[CERTIFICATE] = hashlib.sha256(shown).hexdigest()

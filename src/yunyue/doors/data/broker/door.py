"""The routes of the broker: /broker/CONTRACT/v2/…, on the front door, each answered in a thread."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from yunyue.answer import Refused
from yunyue.doors.data.broker import bindings, instances
from yunyue.doors.data.broker.answers import BAD, FORBIDDEN, MISSING, OK, UNAVAILABLE, UNKNOWN, Answer, error
from yunyue.doors.data.broker.call import MOST_BYTES, Call, body_of, wrong_id, wrong_version
from yunyue.doors.data.broker.callers import Act, Caller, caller, connections
from yunyue.doors.data.broker.catalog import catalog
from yunyue.doors.data.broker.instances import Desk
from yunyue.host.log import logger
from yunyue.kernel.hosting import Hosting
from yunyue.store.access import Access

Work = Callable[[Desk, Request], Answer]
Note = Callable[[Access], Refused | None]
"""Puts an access on record; Refused when that cannot be done."""

_log = logger(__name__)

INSTANCE: Final = "/{contract}/v2/service_instances/{instance:str}"
BINDING: Final = INSTANCE + "/service_bindings/{binding:str}"
VERSION_HEADER: Final = "X-Broker-API-Version"
IDENTITY_HEADER: Final = "X-Broker-API-Request-Identity"


def broker(hosting: Hosting, note: Note = lambda _record: None) -> Mount:
    """The broker as one mount of the front door. `note` puts each call on record before it is answered."""
    door = _Door(hosting, note)
    return Mount(
        "/broker",
        routes=[
            door.route("/{contract}/v2/catalog", "GET", "read", lambda desk, _: Answer(OK, catalog(desk.plans))),
            door.route(f"{INSTANCE}/last_operation", "GET", "read", _of_instance(instances.last_operation)),
            door.route(f"{BINDING}/last_operation", "GET", "read", _of_binding(bindings.last_operation)),
            door.route(BINDING, "PUT", "order", _of_binding(bindings.bind)),
            door.route(BINDING, "GET", "read", _of_binding(bindings.fetch)),
            door.route(BINDING, "DELETE", "order", _of_binding(bindings.unbind)),
            door.route(INSTANCE, "PUT", "order", _of_instance(instances.provision)),
            door.route(INSTANCE, "PATCH", "change", _of_instance(instances.update)),
            door.route(INSTANCE, "GET", "read", _of_instance(instances.fetch)),
            door.route(INSTANCE, "DELETE", "end", _of_instance(instances.deprovision)),
            Route("/{rest:path}", door.nothing, methods=["GET", "PUT", "PATCH", "DELETE", "POST"]),
        ],
    )


class _Door:
    """Checks what every call needs, in the order of the protocol, and answers in JSON."""

    def __init__(self, hosting: Hosting, note: Note) -> None:
        self._hosting = hosting
        self._note = note

    def route(self, path: str, method: str, act: Act, work: Work) -> Route:
        """One operation."""

        async def answered(request: Request) -> Response:
            content = await _content(request)
            if isinstance(content, Answer):
                return _response(content, request)
            return _response(await asyncio.to_thread(self._answer, request, content, act, work), request)

        return Route(path, answered, methods=[method])

    async def nothing(self, request: Request) -> Response:
        """Whatever is no address of the protocol."""
        return _response(error(MISSING, "there is no such address"), request)

    def _answer(self, request: Request, content: bytes, act: Act, work: Work) -> Answer:
        refused = wrong_version(request.headers.get(VERSION_HEADER))
        if refused is not None:
            return refused
        with connections():
            known = caller(request.headers.get("Authorization", ""), request.client.host if request.client else "")
            if isinstance(known, Answer):
                return self._recorded(request, None, known)
            desk = self._desk(request, content, known, act)
            return self._recorded(request, known, desk if isinstance(desk, Answer) else work(desk, request))

    def _recorded(self, request: Request, who: Caller | None, answer: Answer) -> Answer:
        """The answer, once the call is on record; 503 when it cannot be put there."""
        refused = self._note(_record(request, who, answer, self._hosting.kernel.clock.now()))
        if refused is None:
            return answer
        _log.error("access.unrecorded", reason=str(refused))
        return error(UNAVAILABLE, "this access could not be put on record, so it is not answered")

    def _desk(self, request: Request, content: bytes, who: Caller, act: Act) -> Desk | Answer:
        contract = request.path_params["contract"]
        refused = who.refused(contract, act)
        if refused is not None:
            return refused
        known = self._hosting.kernel.known(contract)
        if isinstance(known, Refused):
            return error(MISSING, str(known))
        ids = [value for name, value in request.path_params.items() if name in ("instance", "binding")]
        refused = wrong_id(*ids)
        body = body_of(content) if request.method in ("PUT", "PATCH") else {}
        if refused is not None:
            return refused
        if isinstance(body, Answer):
            return body
        return Desk(self._hosting, known, who, Call(request.method, contract, dict(request.query_params), body))


def _record(request: Request, who: Caller | None, answer: Answer, now: datetime) -> Access:
    """A call as the access records tell it: orders are business, whoever shows no good token is a stranger."""
    account = None if who is None else who.token.account
    turned_away = answer.status in (UNKNOWN, FORBIDDEN)
    return Access(
        at=int(now.timestamp() * 1000),
        actor="" if who is None or account is None else f"{who.token.pseudonym} {account.pseudonym}",
        role=account.role if account else "",
        tenant=account.tenant if account else "",
        door="broker",
        kind="business",
        what=f"{request.method} {request.url.path.rpartition('/v2/')[2].partition('/')[0]}",
        about=" ".join(request.path_params[one] for one in ("instance", "binding") if one in request.path_params),
        contract=request.path_params["contract"],
        outcome="refused" if turned_away else "granted" if answer.status < 400 else "failed",
        status=answer.status,
        address=request.client.host if request.client else "",
        request=request.headers.get("X-Request-ID", ""),
    )


async def _content(request: Request) -> bytes | Answer:
    """The body, refused once it is too long: nothing is kept of more than is taken."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
            return error(BAD, f"the body has more than {MOST_BYTES} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _of_instance(work: Callable[[Desk, str], Answer]) -> Work:
    return lambda desk, request: work(desk, request.path_params["instance"])


def _of_binding(work: Callable[[Desk, str, str], Answer]) -> Work:
    return lambda desk, request: work(desk, request.path_params["instance"], request.path_params["binding"])


def _response(answer: Answer, request: Request) -> Response:
    headers = {"Cache-Control": "no-store", **answer.headers}
    identity = request.headers.get(IDENTITY_HEADER)
    if identity is not None and len(identity) <= 200 and identity.isascii() and identity.isprintable():
        headers[IDENTITY_HEADER] = identity
    content = msgspec.json.encode(answer.body)
    return Response(content, answer.status, headers, "application/json")

"""Puts on record what the doors beside the console let through, and whom they turned away, before the answer leaves.

The console, the API and the doors of THEMSELVES note for themselves. Doors that machines ask many times a second have
their own sealed records of what they did (the crypto service's use log, a point's samples): here only whom they turned
away. When the record cannot be written nobody is answered (503).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.store.access import Access
from yunyue.store.access.record import Outcome

Note = Callable[[Access], Refused | None]
"""Puts an access on record; Refused when that cannot be done."""

Now = Callable[[], datetime]

REFUSED: Final = frozenset({401, 403})
SEEN: Final = "yunyue.seen"
"""What a door writes on a request: who asks, as far as it found out."""

UNRECORDED: Final = b"this access could not be put on record, so it is not answered\n"
_OBJECTS: Final = ("upload", "job", "name")
"""Parameters that name an object. A link to results is a secret, and never one of them."""

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who asks: pseudonym, role and department; all empty for a stranger."""

    actor: str = ""
    role: str = ""
    tenant: str = ""


STRANGER: Final = Seen()


@dataclass(frozen=True, slots=True)
class Door:
    """A door by how its addresses begin, and the verbs whose every use is on record."""

    name: str
    prefix: str
    recorded: frozenset[str] = frozenset()


DOORS: Final = (
    # Not HEAD and PATCH: a film arrives in hundreds of pieces, and its opening is on record.
    Door("films", "/transcode/v1/", frozenset({"GET", "POST", "DELETE"})),
    # A player reads hundreds of pieces by one link; the making of the link is on record.
    Door("films", "/transcode/files/"),
    Door("points", "/monitor/v1/"),
    Door("events", "/events", frozenset({"GET"})),
)

THEMSELVES: Final = ("/broker", "/containers/v1/")
"""Doors beside the console that note for themselves: they know more of who asks for what."""


class Noting:
    """ASGI middleware around the doors of DOORS; whatever else comes passes through untouched."""

    def __init__(self, app: ASGIApp, note: Note, now: Now) -> None:
        """`now` is the clock of the records."""
        self._app = app
        self._note = note
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and hold its answer back until it is on record."""
        door = door_of(scope) if scope["type"] == "http" else None
        if door is None:
            await self._app(scope, receive, send)
            return
        lost = False

        async def noting(message: Message) -> None:
            nonlocal lost
            if message["type"] == "http.response.start" and not await self._recorded(door, scope, message["status"]):
                lost = True
                await unanswered(send)
            if not lost:
                await send(message)

        async def hearing() -> Message:
            """Whoever answers on without end, such as a stream, is told that nobody listens."""
            return {"type": "http.disconnect"} if lost else await receive()

        await self._app(scope, hearing, noting)

    async def _recorded(self, door: Door, scope: Scope, status: int) -> bool:
        seen: Seen = scope.get(SEEN, STRANGER)
        outcome = outcome_of(status, seen)
        if outcome != "refused" and scope["method"] not in door.recorded:
            return True
        return await put(self._note, record_of(door.name, scope, seen, self._now()), status, outcome)


def door_of(scope: Scope) -> Door | None:
    """The door an address belongs to; None for one that notes for itself, or shows nothing protected."""
    path: str = scope["path"]
    return next((one for one in DOORS if path == one.prefix or path.startswith(one.prefix.rstrip("/") + "/")), None)


def outcome_of(status: int, seen: Seen) -> Outcome:
    """A department that asks for what it cannot see is told there is no such thing: that is a refusal too."""
    if status in REFUSED or (status == 404 and seen.tenant):
        return "refused"
    return "granted" if status < 400 else "failed"


def record_of(door: str, scope: Scope, seen: Seen, now: datetime) -> dict[str, Any]:
    """What a record says of a request: everything but how it ended."""
    params: dict[str, Any] = scope.get("path_params", {})
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("contract", [""])[0]
    client = scope.get("client")
    headers = dict(scope["headers"])
    return {
        "at": int(now.timestamp() * 1000),
        "actor": seen.actor,
        "role": seen.role,
        "tenant": seen.tenant,
        "door": door,
        "kind": "business",
        "what": f"{scope['method']} {_operation(scope['path'], params)}",
        "about": " ".join(str(params[one]) for one in _OBJECTS if one in params),
        "contract": str(params.get("contract", asked)),
        "address": client[0] if client else "",
        "request": headers.get(b"x-request-id", b"").decode("latin-1"),
    }


async def put(note: Note, said: dict[str, Any], status: int, outcome: Outcome) -> bool:
    """Whether the access is on record now."""
    refused = await asyncio.to_thread(note, Access(**said, status=status, outcome=outcome))
    if refused is None:
        return True
    _log.error("access.unrecorded", reason=str(refused))
    return False


async def unanswered(send: Send) -> None:
    """The answer to an access that could not be put on record."""
    head = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(UNRECORDED)).encode())]
    await send({"type": "http.response.start", "status": 503, "headers": head})
    await send({"type": "http.response.body", "body": UNRECORDED})


def _operation(path: str, params: dict[str, Any]) -> str:
    """The address without its objects: "transcode/v1/uploads", "events"."""
    named = {str(value) for value in params.values()}
    return "/".join(one for one in path.strip("/").split("/") if one not in named and len(one) <= 20)

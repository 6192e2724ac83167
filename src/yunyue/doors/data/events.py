"""What happens, told to open pages while it happens: one stream of server-sent events at /events for every room.

A room publishes to the feed; who may see an event stands in the event itself, so no stream can leak what a page would
not show. A reader that lost its connection resumes after the last event it saw (Last-Event-ID). When that lies too far
back, or in an earlier run of the server, it is told "reset" and asks for the page again. Format: HTML, section 9.2.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from yunyue.doors.data.noting import SEEN, Seen
from yunyue.host.randomness import token

KEPT: Final = 4096
STREAMS: Final = 400
OF_ONE_SESSION: Final = 8
HEARTBEAT_SECONDS: Final = 15.0
AGAIN_MILLISECONDS: Final = 3000
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `roles` may see it, and of these tenant users only when `tenant` is their department.

    `topic` is a room's word for it, such as "fact"; `body` is written as JSON and holds no secrets.
    """

    topic: str
    body: Mapping[str, Any]
    roles: frozenset[str]
    tenant: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads a stream: a role, and the department of a tenant user ("" for every other role); their pseudonym.

    `contracts` are those a third party supervises, and nothing else is told to it; None for who works under all.
    """

    role: str
    tenant: str = ""
    actor: str = field(default="", compare=False)
    contracts: frozenset[str] | None = None

    def sees(self, event: Event) -> bool:
        """Deny first: another role sees nothing, a tenant user nothing of another department."""
        if self.contracts is not None and event.contract not in self.contracts:
            return False
        return self.role in event.roles and self.tenant in ("", event.tenant)


Who = Callable[[Mapping[str, str]], Awaitable[Viewer | None]]
"""Whose the cookies are, asked again at each heartbeat; None ends the stream."""


class Feed:
    """The newest events of this process. Any thread may publish; streams read in the server's loop."""

    def __init__(self, kept: int = KEPT) -> None:
        """Empty; numbers mean something within one run only, so an id also names the run."""
        self._run = token()[:10]
        self._events: deque[tuple[int, Event]] = deque(maxlen=kept)
        self._last = 0
        self._lock = Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.closed = False

    @property
    def watched(self) -> bool:
        """Whether anybody reads; who asks others what happened may rest meanwhile."""
        return bool(self._waiting)

    def publish(self, events: Iterable[Event]) -> None:
        """Tell everybody who may see them."""
        with self._lock:
            for event in events:
                self._last += 1
                self._events.append((self._last, event))
            self._wake()

    def close(self) -> None:
        """End every stream, so that the server can stop at once."""
        with self._lock:
            self.closed = True
            self._wake()

    def since(self, last: int) -> list[tuple[int, Event]]:
        """The events after a number, as far as they are kept."""
        with self._lock:
            return [one for one in self._events if one[0] > last]

    def id(self, number: int | None = None) -> str:
        """A place in the stream; the newest without a number."""
        return f"{self._run}-{self._last if number is None else number}"

    def place(self, identifier: str) -> int | None:
        """The number an id names; None when what followed it is not kept, or it is of another run."""
        run, _, number = identifier.rpartition("-")
        if run != self._run or not number.isascii() or not number.isdigit():
            return None
        with self._lock:
            oldest = self._events[0][0] if self._events else self._last + 1
            return int(number) if oldest - 1 <= int(number) <= self._last else None

    def enter(self, woken: asyncio.Event) -> None:
        """Set `woken`, an event of the running loop, whenever something is published."""
        with self._lock:
            self._waiting.add((asyncio.get_running_loop(), woken))

    def leave(self, woken: asyncio.Event) -> None:
        """Wake it no more."""
        with self._lock:
            self._waiting.discard((asyncio.get_running_loop(), woken))

    def _wake(self) -> None:
        for loop, woken in self._waiting:
            loop.call_soon_threadsafe(woken.set)


class Events:
    """The endpoint. `?topic=` (again for another) and `?contract=` narrow what is told."""

    def __init__(self, feed: Feed, who: Who, heartbeat: float = HEARTBEAT_SECONDS, session: str = "sessionid") -> None:
        """`session`: the cookie that names a session, of which only a few streams may be open."""
        self._feed = feed
        self._who = who
        self._heartbeat = heartbeat
        self._session = session
        self._open: list[str] = []

    async def answer(self, request: Request) -> Response:
        """401 without an account, 503 when too many streams are open, else events until the reader leaves."""
        viewer = await self._who(request.cookies)
        if viewer is None:
            return PlainTextResponse("log in first\n", 401, HEADERS)
        request.scope[SEEN] = Seen(viewer.actor, viewer.role, viewer.tenant)
        seat = request.cookies.get(self._session, "")
        if len(self._open) >= STREAMS or self._open.count(seat) >= OF_ONE_SESSION:
            return PlainTextResponse("too many streams are open\n", 503, {**HEADERS, "Retry-After": "30"})
        return StreamingResponse(self._told(request, viewer, seat), media_type="text/event-stream", headers=HEADERS)

    async def _told(self, request: Request, viewer: Viewer | None, seat: str) -> AsyncIterator[bytes]:
        self._open.append(seat)
        woken = asyncio.Event()
        self._feed.enter(woken)
        try:
            last, first = self._begin(request.headers.get("Last-Event-ID", ""))
            due = time.monotonic() + self._heartbeat
            yield first
            while viewer is not None and not self._feed.closed:
                woken.clear()
                events = self._feed.since(last)
                wanted = [(number, one) for number, one in events if viewer.sees(one) and _asked(request, one)]
                last = events[-1][0] if events else last
                if wanted:
                    yield b"".join(_written(self._feed.id(number), event) for number, event in wanted)
                if time.monotonic() >= due:
                    viewer, due = await self._who(request.cookies), time.monotonic() + self._heartbeat
                    yield f": alive\nid: {self._feed.id(last)}\n\n".encode()
                elif not events:
                    await _set_within(woken, due - time.monotonic())
        finally:
            self._feed.leave(woken)
            self._open.remove(seat)

    def _begin(self, seen: str) -> tuple[int, bytes]:
        """Where the stream begins, and its first words: how soon to come again, and whether something was missed."""
        now = self._feed.id()
        place = self._feed.place(seen or now)
        head = f"retry: {AGAIN_MILLISECONDS}\nid: {now if place is None else self._feed.id(place)}\n"
        if place is None:
            return int(now.rpartition("-")[2]), f"{head}event: reset\ndata: {{}}\n\n".encode()
        return place, f"{head}\n".encode()


async def _set_within(woken: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(seconds, 0.001)):
            await woken.wait()


def _asked(request: Request, event: Event) -> bool:
    topics, contract = request.query_params.getlist("topic"), request.query_params.get("contract", "")
    return (not topics or event.topic in topics) and contract in ("", event.contract)


def _written(identifier: str, event: Event) -> bytes:
    """JSON holds no line break, so one data line is enough."""
    body = msgspec.json.encode({**event.body, "contract": event.contract})
    return f"id: {identifier}\nevent: {event.topic}\ndata: ".encode() + body + b"\n\n"

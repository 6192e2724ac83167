"""Server-sent events: who may see what, resuming after a break, heartbeats, limits, and the end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message

from yunyue.doors.data.events import OF_ONE_SESSION, Event, Events, Feed, Viewer, Who

CLIENT, TENANT, ENGINEER = Viewer("client_manager"), Viewer("tenant_user", "dept-1"), Viewer("engineer")
OTHER = Viewer("tenant_user", "dept-2")
EVERYBODY = frozenset({"client_manager", "tenant_user", "engineer"})
QUICK = 0.05


class Reader:
    """One open stream: its status and headers, and the messages that came."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.ended = False
        self._changed = asyncio.Condition()

    async def send(self, message: Message) -> None:
        async with self._changed:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.text += message.get("body", b"").decode()
                self.ended = not message.get("more_body", False)
            self._changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(condition), 20)

    @property
    def messages(self) -> list[dict[str, str]]:
        """The fields of each message."""
        blocks = [block for block in self.text.split("\n\n") if block]
        return [dict(line.split(": ", 1) for line in block.split("\n") if line[0] != ":") for block in blocks]

    def bodies(self, topic: str) -> list[Any]:
        return [json.loads(one["data"]) for one in self.messages if one.get("event") == topic]


def known(viewer: Viewer | None) -> Who:
    async def who(_cookies: Mapping[str, str]) -> Viewer | None:
        return viewer

    return who


@asynccontextmanager
async def reading(
    events: Events, query: str = "", last: str = "", cookie: str = "sessionid=a"
) -> AsyncIterator[Reader]:
    app = Starlette(routes=[Route("/events", events.answer)])
    headers = [(b"cookie", cookie.encode())] + ([(b"last-event-id", last.encode())] if last else [])
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/events",
        "query_string": query.encode(),
        "headers": headers,
    }
    reader, gone = Reader(), asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    task = asyncio.create_task(app(scope, receive, reader.send))
    try:
        await reader.until(lambda: reader.ended or bool(reader.text))
        yield reader
    finally:
        gone.set()
        await asyncio.wait_for(task, 20)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def event(number: int, roles: frozenset[str] = EVERYBODY, tenant: str = "dept-1", topic: str = "fact") -> Event:
    return Event(topic, {"number": number}, roles, tenant, "c-1")


def numbers(reader: Reader, topic: str = "fact") -> list[int]:
    return [one["number"] for one in reader.bodies(topic)]


def test_nobody_without_an_account_gets_a_stream() -> None:
    async def story() -> None:
        async with reading(Events(Feed(), known(None))) as reader:
            assert reader.status == 401

    run(story())


def test_an_event_reaches_an_open_stream() -> None:
    async def story() -> None:
        feed = Feed()
        async with reading(Events(feed, known(CLIENT))) as reader:
            await asyncio.to_thread(feed.publish, [event(1), event(2)])
            await reader.until(lambda: len(numbers(reader)) == 2)
            assert reader.headers["content-type"].startswith("text/event-stream")
            assert reader.headers["cache-control"] == "no-store"
            assert reader.bodies("fact") == [{"number": 1, "contract": "c-1"}, {"number": 2, "contract": "c-1"}]

    run(story())


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [(CLIENT, [1, 3, 5]), (TENANT, [1, 5]), (OTHER, [3, 5]), (ENGINEER, [2, 5]), (Viewer("third_party"), [5])],
)
def test_a_role_and_a_department_see_only_what_is_theirs(viewer: Viewer, seen: list[int]) -> None:
    clients = frozenset({"client_manager", "tenant_user"})

    async def story() -> None:
        feed = Feed()
        async with reading(Events(feed, known(viewer))) as reader:
            everybody = Event("fact", {"number": 5}, frozenset({viewer.role}), viewer.tenant)
            feed.publish([event(1, clients), event(2, frozenset({"engineer"})), event(3, clients, "dept-2"), everybody])
            await reader.until(lambda: 5 in numbers(reader))
            assert numbers(reader) == seen

    run(story())


def test_an_event_of_no_department_is_not_for_tenant_users() -> None:
    assert not TENANT.sees(event(1, tenant=""))
    assert CLIENT.sees(event(1, tenant=""))


def test_a_stream_may_ask_for_topics_and_one_contract() -> None:
    async def story() -> None:
        feed = Feed()
        async with reading(Events(feed, known(CLIENT)), "topic=fact&topic=last&contract=c-1") as reader:
            other = Event("fact", {"number": 9}, EVERYBODY, "", "c-2")
            feed.publish([event(1), event(2, topic="sample"), other, event(3, topic="last")])
            await reader.until(lambda: numbers(reader, "last") == [3])
            assert (numbers(reader), numbers(reader, "sample")) == ([1], [])

    run(story())


def test_a_reader_that_comes_back_is_told_what_it_missed() -> None:
    async def story() -> None:
        feed = Feed()
        events = Events(feed, known(CLIENT))
        async with reading(events) as reader:
            feed.publish([event(1)])
            await reader.until(lambda: numbers(reader) == [1])
            last = reader.messages[-1]["id"]
        feed.publish([event(2), event(3)])
        async with reading(events, last=last) as again:
            await again.until(lambda: len(numbers(again)) == 2)
            assert numbers(again) == [2, 3]

    run(story())


@pytest.mark.parametrize("last", ["", "elsewhere-1", "{run}-99", "{run}-x", "{run}-1", "nothing"])
def test_a_reader_whose_place_is_not_kept_is_told_to_begin_anew(last: str) -> None:
    async def story() -> None:
        feed = Feed(kept=2)
        feed.publish([event(number) for number in range(5)])
        run_name = feed.id().rpartition("-")[0]
        async with reading(Events(feed, known(CLIENT)), last=last.format(run=run_name)) as reader:
            assert [one.get("event") for one in reader.messages] == ([None] if not last else ["reset"])
            assert reader.messages[0]["id"] == feed.id()

    run(story())


def test_a_silent_stream_shows_that_it_lives_and_moves_its_place_on() -> None:
    async def story() -> None:
        feed = Feed()
        async with reading(Events(feed, known(ENGINEER), QUICK)) as reader:
            feed.publish([event(1, frozenset({"client_manager"}))])
            await reader.until(lambda: f": alive\nid: {feed.id(1)}" in reader.text)
            assert numbers(reader) == []

    run(story())


def test_a_stream_ends_when_its_session_does_however_much_happens() -> None:
    async def story() -> None:
        feed, seen = Feed(), [CLIENT, CLIENT]

        async def who(_cookies: Mapping[str, str]) -> Viewer | None:
            return seen.pop() if seen else None

        async with reading(Events(feed, who, QUICK)) as reader:
            while not reader.ended:
                feed.publish([event(1)])
                await asyncio.sleep(0)
            feed.publish([event(2)])
            assert 2 not in numbers(reader)

    run(story())


def test_one_session_opens_only_a_few_streams_and_gets_its_places_back() -> None:
    async def story() -> None:
        events = Events(Feed(), known(CLIENT))
        async with asyncio.TaskGroup() as group:
            opened, leave = asyncio.Semaphore(0), asyncio.Event()

            async def hold() -> None:
                async with reading(events):
                    opened.release()
                    await leave.wait()

            for _ in range(OF_ONE_SESSION):
                group.create_task(hold())
            for _ in range(OF_ONE_SESSION):
                await opened.acquire()
            async with reading(events) as refused, reading(events, cookie="sessionid=b") as other:
                assert (refused.status, refused.headers["retry-after"], other.status) == (503, "30", 200)
            leave.set()
        async with reading(events) as again:
            assert again.status == 200

    run(story())


def test_a_server_that_stops_ends_every_stream() -> None:
    async def story() -> None:
        feed = Feed()
        async with reading(Events(feed, known(CLIENT))) as reader:
            feed.close()
            await reader.until(lambda: reader.ended)

    run(story())


def test_a_feed_knows_whether_anybody_reads() -> None:
    async def story() -> None:
        feed = Feed()
        async with reading(Events(feed, known(CLIENT))):
            assert feed.watched
        assert not feed.watched

    run(story())

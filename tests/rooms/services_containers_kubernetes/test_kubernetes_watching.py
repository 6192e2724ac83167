"""Watches, against a stub on the wire that repeats what a real 1.20.2 said."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wire_server import Wire, on_the_wire

from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.watching import Watch

Json = dict[str, Any]
WIRE = Path(__file__).parent / "wire"
PODS = "/api/v1/namespaces/ns/pods"
LISTED: Json = json.loads((WIRE / "pods-1.20.2.json").read_text())
LINES = (WIRE / "watch-1.20.2.jsonl").read_text().splitlines()
GONE = json.dumps({"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old resource version"}})


class Heard:
    """What a watch told, and what it holds."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def __call__(self, deed: str, one: Json) -> None:
        self.told.append((deed, one["metadata"]["name"]))


def watched(wire: Wire, until: Callable[[Watch, Heard], bool]) -> tuple[Watch, Heard]:
    """A watch that runs until something is so."""

    async def run() -> tuple[Watch, Heard]:
        async with on_the_wire(wire) as api:
            heard = Heard()
            watch = Watch(api, PODS, "yunyue/project=o1", heard)
            task = asyncio.create_task(watch.run())
            async with asyncio.timeout(30):
                while not until(watch, heard):
                    await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return watch, heard

    return asyncio.run(run())


def changed(name: str, version: str, deed: str = "MODIFIED") -> str:
    one = {"metadata": {"name": name, "uid": name, "resourceVersion": version}}
    return json.dumps({"type": deed, "object": one})


def listed(version: str, *names: str) -> Json:
    items = [{"metadata": {"name": name, "uid": name, "resourceVersion": "1"}} for name in names]
    return {"metadata": {"resourceVersion": version}, "items": items}


def test_recorded_changes_end_in_the_state_the_server_had() -> None:
    watch, heard = watched(Wire({PODS: LISTED}, [LINES]), lambda _, heard: len(heard.told) == 1 + len(LINES))
    first = LISTED["items"][0]["metadata"]["name"]
    assert heard.told[0] == ("ADDED", first)
    assert len(watch.held) == 2
    last = json.loads(LINES[-1])["object"]
    assert watch.held[last["metadata"]["name"]]["status"]["phase"] == "Running"
    assert watch.version == last["metadata"]["resourceVersion"]


def test_only_what_is_ours_is_asked_for() -> None:
    wire = Wire({PODS: LISTED}, [[]])
    watched(wire, lambda watch, _: watch.lists == 1 and len(wire.asked) > 1)
    assert all(query["labelSelector"] == "yunyue/project=o1" for _, _, query in wire.asked)


def test_a_watch_that_ends_is_taken_up_where_it_stopped_without_a_new_list() -> None:
    wire = Wire({PODS: listed("5", "a")}, [[changed("a", "6")], [changed("a", "7")]])
    watch, heard = watched(wire, lambda watch, _: watch.version == "7")
    assert watch.lists == 1
    assert [query["resourceVersion"] for _, _, query in wire.asked if query.get("watch")][:2] == ["5", "6"]
    assert heard.told == [("ADDED", "a"), ("MODIFIED", "a"), ("MODIFIED", "a")]


def test_a_bookmark_moves_the_place_and_tells_nobody() -> None:
    line = json.dumps({"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": "42"}}})
    watch, heard = watched(Wire({PODS: listed("5")}, [[line]]), lambda watch, _: watch.version == "42")
    assert heard.told == []
    assert watch.held == {}


def test_a_server_that_forgot_is_listed_again_and_what_is_gone_by_then_is_told() -> None:
    lines = [[changed("a", "6"), GONE], []]
    wire = Wire({PODS: listed("5", "a", "b")}, lines, later={PODS: listed("9", "b", "c")})
    watch, heard = watched(wire, lambda watch, _: "c" in watch.held)
    assert heard.told[-2:] == [("DELETED", "a"), ("ADDED", "c")]
    assert sorted(watch.held) == ["b", "c"]


def test_a_list_in_pages_is_one_list() -> None:
    first = {"metadata": {"resourceVersion": "5", "continue": "more"}, "items": listed("5", "a")["items"]}
    wire = Wire({PODS: first, f"{PODS}?more": listed("5", "b")})

    async def run() -> list[str]:
        async with on_the_wire(wire) as api:
            watch = Watch(api, PODS, "", lambda *_: None)
            await watch.list()
            return sorted(watch.held)

    assert asyncio.run(run()) == ["a", "b"]


@pytest.mark.parametrize("line", ["{", "[]", '{"type": "ADDED"}', "null"])
def test_a_line_that_was_cut_off_breaks_the_watch_and_not_the_platform(line: str) -> None:
    async def run() -> None:
        wire = Wire({PODS: listed("5")}, [[line], []])
        async with on_the_wire(wire) as api:
            watch = Watch(api, PODS, "", lambda *_: None)
            await watch.list()
            await watch.follow()

    with pytest.raises(EngineGone, match="cut off"):
        asyncio.run(run())


def test_another_error_of_a_watch_is_told_in_the_servers_words() -> None:
    line = json.dumps({"type": "ERROR", "object": {"kind": "Status", "code": 500, "message": "etcd is away"}})

    async def run() -> None:
        async with on_the_wire(Wire({PODS: listed("5")}, [[line], []])) as api:
            watch = Watch(api, PODS, "", lambda *_: None)
            await watch.list()
            await watch.follow()

    with pytest.raises(EngineSaid, match="etcd is away"):
        asyncio.run(run())


def test_a_server_that_does_not_answer_is_said_to_be_gone() -> None:
    async def run() -> None:
        wire = Wire()
        async with on_the_wire(wire) as api:
            await api.close()
            again = type(api)(type(api.reach)("http://127.0.0.1:9", api.reach.tls, None))
            try:
                await again.ask("GET", "/version")
            finally:
                await again.close()

    with pytest.raises(EngineGone, match="the cluster does not answer"):
        asyncio.run(run())

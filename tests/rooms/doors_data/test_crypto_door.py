"""The way into the crypto service: raw requests in, answers out, bodies bounded, what is not its own passed on."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from crypto_cast import Desk, b64
from door_cast import PASSED_ON, ask, desk, door, root, run
from starlette.applications import Starlette
from starlette.types import Message

from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.data.crypto import MOST_BYTES, CryptoDoor

__all__ = ["desk", "door"]


def test_a_key_is_made_and_used_through_the_door(desk: Desk, door: CryptoDoor) -> None:
    async def work() -> None:
        await ask(door, "POST", "/v1/transit/keys/k", {"type": "sm2"}, root(desk))
        made, head = await ask(door, "POST", "/v1/transit/sign/k", {"input": b64("x")}, root(desk))
        assert made.data["signature"].startswith("vault:v1:")
        assert head[b"content-type"] == b"application/json"
        assert head[b"cache-control"] == b"no-store"
        listed, _ = await ask(door, "GET", "/v1/transit/keys?list=true", None, root(desk))
        assert listed.data == {"keys": ["k"]}

    run(work)


def test_an_answer_without_a_body_has_no_length(desk: Desk, door: CryptoDoor) -> None:
    async def work() -> None:
        made, head = await ask(door, "POST", "/v1/sys/mounts/other", {"type": "transit"}, root(desk))
        assert (made.status, made.json) == (204, None)
        assert b"content-length" not in head

    run(work)


def test_head_has_the_head_only(desk: Desk, door: CryptoDoor) -> None:
    async def work() -> None:
        shown, head = await ask(door, "HEAD", "/v1/sys/health")
        assert (shown.status, shown.json) == (200, None)
        assert int(head[b"content-length"]) > 0

    run(work)


def test_other_paths_go_on_to_what_is_behind(door: CryptoDoor) -> None:
    async def work() -> None:
        for path in ("/", "/v1", "/v2/sys/health", "/api/v1/x"):
            assert (await ask(door, "GET", path))[0].status == 418
            assert PASSED_ON.pop() == path

    run(work)


def test_a_bearer_header_serves_as_a_token(desk: Desk, door: CryptoDoor) -> None:
    async def work() -> None:
        shown, _ = await ask(door, "GET", "/v1/auth/token/lookup-self", None, {"Authorization": f"Bearer {desk.root}"})
        assert shown.data["policies"] == ["root"]
        assert (await ask(door, "GET", "/v1/auth/token/lookup-self"))[0].status == 403

    run(work)


def test_namespaces_are_not_known_but_for_the_root(desk: Desk, door: CryptoDoor) -> None:
    async def work() -> None:
        named = {**root(desk), "X-Vault-Namespace": "a/"}
        assert (await ask(door, "GET", "/v1/sys/mounts", None, named))[0].error == "namespace not found"
        for plain in ("", "/", "root"):
            given = {**root(desk), "X-Vault-Namespace": plain}
            assert (await ask(door, "GET", "/v1/sys/mounts", None, given))[0].status == 200

    run(work)


def test_a_wrapped_answer_is_asked_for_by_header(desk: Desk, door: CryptoDoor) -> None:
    async def work() -> None:
        shown, _ = await ask(door, "GET", "/v1/sys/mounts", None, {**root(desk), "X-Vault-Wrap-TTL": "60s"})
        assert shown.json["wrap_info"]["ttl"] == 60

    run(work)


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 400), (MOST_BYTES + 1, 413), (3 * MOST_BYTES, 413)])
def test_a_body_has_at_most_four_mebibytes(desk: Desk, door: CryptoDoor, size: int, status: int) -> None:
    async def work() -> None:
        shown, _ = await ask(door, "POST", "/v1/transit/decrypt/k", b" " * size, root(desk))
        assert shown.status == status

    run(work)


def test_the_door_stands_in_front_of_the_house(desk: Desk) -> None:
    """Health and the console keep working behind it, and the house's own start and end pass through."""
    began: list[str] = []

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        began.append("start")
        yield
        began.append("end")

    def console(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"console"]

    door = CryptoDoor(desk.vault, front_door(Parts(console=console, lifespan=lifespan)), harden=False)
    waiting: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        began.append(message["type"])

    async def work() -> None:
        await door({"type": "lifespan", "asgi": {}, "state": {}}, receive, send)
        assert (await ask(door, "GET", "/v1/sys/health"))[0].json["sealed"] is False
        assert (await ask(door, "GET", "/readyz"))[0].json == {"ready": True, "parts": {}}

    run(work)
    assert began == ["start", "lifespan.startup.complete", "end", "lifespan.shutdown.complete"]


def test_a_request_cut_off_in_its_body_does_nothing(desk: Desk, door: CryptoDoor) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async def work() -> None:
        await ask(door, "POST", "/v1/transit/keys/k", {"type": "sm2"}, root(desk))
        headers = [(b"x-vault-token", desk.root.encode())]
        scope = {"type": "http", "method": "POST", "path": "/v1/transit/keys/k/rotate", "query_string": b""}
        await door({**scope, "headers": headers}, receive, send)

    run(work)
    assert sent[0]["status"] == 400
    assert desk("GET", "transit/keys/k").data["latest_version"] == 1

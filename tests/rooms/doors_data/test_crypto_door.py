"""The way into the crypto service: raw requests in, answers out only when their use is recorded, LIST understood."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crypto_cast import Desk, Shown, b64
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from yunyue.doors.data.app import Parts, front_door
from yunyue.doors.data.crypto import MOST_BYTES, CryptoDoor, ListingProtocol
from yunyue.services.crypto.asn1 import OCTETS, integer, oid, sequence, tlv
from yunyue.services.crypto.errors import StorageFailed
from yunyue.services.crypto.uselog import Use

SHA256 = oid("2.16.840.1.101.3.4.2.1")
SM3 = oid("1.2.156.10197.1.401")
PASSED_ON: list[str] = []


async def behind(scope: Scope, receive: Receive, send: Send) -> None:
    """Whatever is behind the door."""
    PASSED_ON.append(scope["path"])
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "vault").make()
    yield made
    made.vault.close()


@pytest.fixture
def door(desk: Desk) -> CryptoDoor:
    return CryptoDoor(desk.vault, behind, harden=False)


async def ask(
    door: CryptoDoor, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[Shown, dict[bytes, bytes]]:
    """One request, its body in pieces of 1 MiB."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    pieces = [content[start : start + (1 << 20)] for start in range(0, len(content), 1 << 20)] or [b""]
    sent: list[Message] = []
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }

    async def receive() -> Message:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    await door(scope, receive, send)
    text = sent[1]["body"]
    return Shown(sent[0]["status"], json.loads(text) if text else None), dict(sent[0]["headers"])


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        return await work()

    return asyncio.run(whole())


def root(desk: Desk) -> dict[str, str]:
    return {"X-Vault-Token": desk.root}


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


def test_many_at_once_share_the_writes_and_all_are_recorded(
    desk: Desk, door: CryptoDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.key("k", "sm4-gcm96")
    before, batches, append = desk.vault.log.head()[0], [], desk.vault.log.append

    def counting(uses: list[Use]) -> None:
        batches.append(len(uses))
        append(uses)

    monkeypatch.setattr(desk.vault.log, "append", counting)

    async def work() -> None:
        asked = [ask(door, "POST", "/v1/transit/encrypt/k", {"plaintext": b64(str(n))}, root(desk)) for n in range(300)]
        shown = await asyncio.gather(*asked)
        assert {one.status for one, _ in shown} == {200}
        assert len({one.data["ciphertext"] for one, _ in shown}) == 300

    run(work)
    assert desk.vault.log.head()[0] == before + 300 == before + sum(batches)
    assert len(batches) < 30
    assert desk.vault.log.faults() == []


def test_no_answer_leaves_before_its_use_is_recorded(
    desk: Desk, door: CryptoDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.key("k")

    def failing(uses: list[Use]) -> None:
        raise StorageFailed("the disk is gone")

    monkeypatch.setattr(desk.vault.log, "append", failing)

    async def work() -> None:
        for path, body in (("encrypt/k", {"plaintext": b64("x")}), ("keys/new", {})):
            shown, _ = await ask(door, "POST", f"/v1/transit/{path}", body, root(desk))
            assert (shown.status, "use log" in shown.error) == (500, True)
        assert (await ask(door, "GET", "/v1/sys/health"))[0].status == 200

    run(work)


def test_a_slow_operation_does_not_hold_up_a_quick_one(desk: Desk, door: CryptoDoor) -> None:
    desk.key("slow", "rsa-4096")
    desk.key("quick")
    order: list[str] = []

    async def one(name: str, path: str, body: Any) -> None:
        await ask(door, "POST", f"/v1/transit/{path}", body, root(desk))
        order.append(name)

    async def work() -> None:
        batch = {"batch_input": [{"input": b64(str(number))} for number in range(40)]}
        await asyncio.gather(one("slow", "sign/slow", batch), one("quick", "encrypt/quick", {"plaintext": b64("x")}))

    run(work)
    assert order == ["quick", "slow"]


def test_house_is_kept_until_it_is_cancelled(desk: Desk, door: CryptoDoor) -> None:
    desk.key("k", auto_rotate_period="1h")
    desk.clock.move(timedelta(hours=2))

    async def work() -> None:
        task = asyncio.create_task(door.keep_house())
        while desk.space.get("k").config.latest == 1:  # type: ignore[union-attr]  # the key was just made
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(work)
    assert desk("GET", "transit/keys/k").data["latest_version"] == 2


class Wire(asyncio.Transport):
    """The network's side of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


LIST = b"LIST /v1/keys HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\n"
BODY = b"LIST /not-a-request HTTP/1"


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        ([LIST], ["GET /v1/keys?list=true"]),
        ([LIST.replace(b"keys", b"keys?a=b")], ["GET /v1/keys?a=b&list=true"]),
        ([LIST[:3], LIST[3:]], ["GET /v1/keys?list=true"]),
        ([LIST[:20], LIST[20:]], ["GET /v1/keys?list=true"]),
        ([bytes([byte]) for byte in LIST], ["GET /v1/keys?list=true"]),
        ([LIST, LIST], ["GET /v1/keys?list=true"] * 2),
        ([POST, BODY, LIST], ["POST /v1/x?", "GET /v1/keys?list=true"]),
        ([POST + BODY, LIST], ["POST /v1/x?", "GET /v1/keys?list=true"]),
        ([b"GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"], ["GET /v1/x?"]),
        ([b"LINK /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"], ["LINK /v1/x?"]),
    ],
)
def test_the_list_verb_becomes_a_get_however_it_is_cut(pieces: list[bytes], wanted: list[str]) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        seen.append(f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def work() -> None:
        config = Config(app, http=ListingProtocol, lifespan="off", log_config=None, access_log=False)
        config.load()
        wire = Wire()
        protocol = ListingProtocol(config, ServerState(), {}, asyncio.get_running_loop())
        protocol.connection_made(wire)
        for piece in pieces:
            protocol.data_received(piece)
            for _ in range(5):
                await asyncio.sleep(0)
        protocol.connection_lost(None)

    run(work)
    assert seen == wanted


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


async def raw(door: CryptoDoor, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes, bytes]:
    """Status, media and content of an answer that is no JSON."""
    sent: list[Message] = []
    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await door(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])[b"content-type"], sent[1]["body"]


class TestStamps:
    QUERY = "application/timestamp-query"

    @pytest.fixture
    def open_door(self, desk: Desk, door: CryptoDoor) -> CryptoDoor:
        assert desk.post("sys/mounts/tsa", type="tsa").status == 204
        return door

    def asked(self, algorithm: bytes) -> bytes:
        return sequence(integer(1), sequence(sequence(algorithm), tlv(OCTETS, bytes(32))))

    @pytest.mark.parametrize("path", ["/tsa", "/tsa/p256", "/tsa/sm2"])
    def test_anybody_gets_a_stamp_at_a_stable_address(self, open_door: CryptoDoor, path: str) -> None:
        status, media, content = run(lambda: raw(open_door, "POST", path, self.asked(SHA256), self.QUERY))
        assert (status, media) == (200, b"application/timestamp-reply")
        assert content.startswith(b"\x30\x82")

    def test_whoever_shows_sm3_gets_sm2(self, desk: Desk, open_door: CryptoDoor) -> None:
        for algorithm, key in ((SM3, "sm2"), (SHA256, "p256")):
            asked = self.asked(algorithm)
            asyncio.run(raw(open_door, "POST", "/tsa", asked, self.QUERY))
            size, _ = desk.vault.log.head()
            use = desk.vault.log.read(size - 1, size)[0][1]
            assert (use.key, use.actor, use.status) == (key, "", 200)

    def test_the_certificate_is_shown(self, desk: Desk, open_door: CryptoDoor) -> None:
        async def work() -> None:
            for path, key in (("/tsa", "p256"), ("/tsa/p256", "p256"), ("/tsa/sm2", "sm2")):
                shown, _ = await ask(open_door, "GET", path)
                assert shown.data["certificate"] == desk("GET", f"tsa/stamp/{key}", token="").data["certificate"]

        run(work)

    def test_other_content_is_refused(self, open_door: CryptoDoor) -> None:
        status, _, content = run(lambda: raw(open_door, "POST", "/tsa", b"{}", "application/json"))
        assert status == 415
        assert b"timestamp-query" in content

    def test_nonsense_gets_rfc_3161s_no(self, open_door: CryptoDoor) -> None:
        status, media, content = run(lambda: raw(open_door, "POST", "/tsa", b"nonsense", self.QUERY))
        assert (status, media) == (200, b"application/timestamp-reply")
        assert b"no element" in content

    def test_without_the_service_it_says_so(self, door: CryptoDoor) -> None:
        status, _, content = run(lambda: raw(door, "POST", "/tsa", self.asked(SHA256), self.QUERY))
        assert status == 404
        assert b"bao secrets enable tsa" in content

    def test_the_keys_behind_are_managed_with_a_token_only(self, desk: Desk, open_door: CryptoDoor) -> None:
        del open_door
        assert desk("GET", "tsa/keys/p256").data["type"] == "ecdsa-p256"
        assert desk.post("tsa/keys/sm2/rotate").data["latest_version"] == 2
        for method, path in (("GET", "tsa/keys/p256"), ("POST", "tsa/keys/sm2/rotate"), ("GET", "tsa/stamp")):
            assert desk(method, path, token="").status == 403
        assert desk.post("tsa/sign/p256", input=b64("x")).status == 404

    def test_a_text_with_a_digest_of_one_byte_less_is_refused(self, open_door: CryptoDoor) -> None:
        wrong = sequence(integer(1), sequence(sequence(SHA256), tlv(OCTETS, bytes(31))))
        content = run(lambda: raw(open_door, "POST", "/tsa", wrong, self.QUERY))[2]
        assert b"another length" in content


class TestDigits:
    def test_the_short_address_is_the_mounts_own(self, desk: Desk, door: CryptoDoor) -> None:
        desk.key("ids", "sm4-ff1")

        async def work() -> None:
            body = {"value": "110101199003070011"}
            made, _ = await ask(door, "POST", "/fpe/transit/encrypt/ids", body, root(desk))
            assert made.data["value"] != body["value"]
            back, _ = await ask(door, "POST", "/fpe/transit/decrypt/ids", made.data, root(desk))
            assert back.data["value"] == body["value"]
            refused, _ = await ask(door, "POST", "/fpe/transit/encrypt/ids", body)
            assert refused.status == 403
            for path in ("/fpe/x", "/fpe/", "/fpe/encrypt/ids"):
                assert (await ask(door, "POST", path, body, root(desk)))[0].status == 418

        run(work)

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"value": "12345"}, "too easy to guess"),
            ({"value": ""}, "2 to 4096 characters"),
            ({"value": "1" * 4097}, "2 to 4096 characters"),
            ({"value": "12345678", "alphabet": "0"}, "2 to 65536 characters"),
            ({"value": "12345678", "alphabet": "01234567899"}, "appears twice"),
            ({"value": "1234-5678", "strict": True}, "character at place 5"),
            ({"value": "12345678", "tweak": "?"}, "illegal base64"),
            ({"value": "12345678", "tweak": b64("x" * 4097)}, "at most 4096"),
            ({"value": "12345678", "key_version": 9}, "higher than the latest"),
        ],
    )
    def test_what_cannot_be_encrypted_is_named(self, desk: Desk, body: dict[str, Any], reason: str) -> None:
        desk.key("ids", "sm4-ff1")
        assert reason in desk("POST", "transit/fpe/encrypt/ids", body).error

    def test_another_verb_is_no_path(self, desk: Desk) -> None:
        desk.key("ids", "sm4-ff1")
        assert desk.post("transit/fpe/forget/ids", value="12345678").status == 404


@pytest.mark.parametrize("error", [OverflowError("too large"), StorageFailed("the disk is full")])
def test_whatever_fails_in_the_log_refuses_one_request_and_blocks_no_other(
    desk: Desk, door: CryptoDoor, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(uses: list[Use]) -> None:
        raise error

    async def work() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(desk.vault.log, "append", broken)
            refused, _ = await asyncio.wait_for(ask(door, "POST", "/v1/transit/random/16", {}, root(desk)), 10)
        assert refused.status == 500
        assert "data" not in refused.json
        done, _ = await asyncio.wait_for(ask(door, "POST", "/v1/transit/random/16", {}, root(desk)), 10)
        assert done.status == 200

    run(work)


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

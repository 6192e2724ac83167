"""The two short addresses: /tsa for time stamps, for everybody, and /fpe for digits into digits."""

import asyncio
from typing import Any

import pytest
from crypto_cast import Desk, b64
from door_cast import ask, desk, door, root, run
from starlette.types import Message

from yunyue.doors.data.crypto import CryptoDoor
from yunyue.services.crypto.asn1 import OCTETS, integer, oid, sequence, tlv

SHA256 = oid("2.16.840.1.101.3.4.2.1")
SM3 = oid("1.2.156.10197.1.401")
__all__ = ["desk", "door"]


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

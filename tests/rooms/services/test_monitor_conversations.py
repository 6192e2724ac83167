"""Probes that talk (TCP with a reply, TLS, WebSocket, mail, PostgreSQL), against servers that misbehave."""

import asyncio
import base64
import hashlib
import ssl
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from monitor_servers import Behaviour, against, answers, hangs, network, outcome, page, probe, server_tls, serving

from yunyue.services.monitor.outcome import NotMade
from yunyue.services.monitor.parameters import Kind
from yunyue.services.monitor.probe import run as probed
from yunyue.services.monitor.probes.postgres import login

SHORT = 200
Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


def says(text: bytes) -> Behaviour:
    """Says this to everybody and waits for them to hang up."""

    async def behave(reader: Reader, writer: Writer) -> None:
        writer.write(text)
        await writer.drain()
        await reader.read()

    return behave


class TestTcpReply:
    def test_a_banner_that_must_be_there_is_waited_for(self) -> None:
        assert against(says(b"SSH-2.0-OpenSSH_9.2\r\n"), "tcp", expect="SSH-2.0").ok
        assert against(says(b"HTTP/1.1"), "tcp", expect="SSH-2.0", timeout_ms=SHORT).error == "read_timeout"

    def test_a_question_gets_its_reply(self) -> None:
        async def redis(reader: Reader, writer: Writer) -> None:
            writer.write(b"+PONG\r\n" if await reader.readline() == b"PING\r\n" else b"-ERR\r\n")

        assert against(redis, "tcp", send="hex:50494e470d0a", expect="+PONG").ok
        assert against(redis, "tcp", send="QUIT\n", expect="+PONG").error == "reply"

    def test_a_flood_without_the_reply_is_cut_off(self) -> None:
        async def floods(reader: Reader, writer: Writer) -> None:
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()

        assert against(floods, "tcp", expect="never").error == "reply"


def tls(version: ssl.TLSVersion | None = None, suites: str = "") -> ssl.SSLContext:
    """A server that takes `version` only, or these suites only, weak ones too."""
    fresh = server_tls.__wrapped__()
    assert isinstance(fresh, ssl.SSLContext)
    fresh.set_ciphers(suites or "ALL:@SECLEVEL=0")
    if version is not None:
        fresh.minimum_version = version
    if suites:
        fresh.maximum_version = ssl.TLSVersion.TLSv1_2
    return fresh


class TestTlsWeaknesses:
    """Python deprecates the old versions; these servers speak them on purpose."""

    pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")

    def test_a_modern_server_is_a_success(self) -> None:
        assert against(hangs, "tls", server_tls()).error == ""

    @pytest.mark.parametrize("oldest", ["1.1", "1.2"])
    def test_a_server_that_takes_tls_1_0_is_a_version_failure(self, oldest: str) -> None:
        assert against(hangs, "tls", tls(ssl.TLSVersion.TLSv1), tls_min=oldest).error == "tls_version"

    def test_a_server_that_takes_tls_1_2_fails_where_1_3_is_asked_for(self) -> None:
        assert against(hangs, "tls", tls(ssl.TLSVersion.TLSv1_2), tls_min="1.3").error == "tls_version"
        assert against(hangs, "tls", tls(ssl.TLSVersion.TLSv1_3), tls_min="1.3").ok

    @pytest.mark.parametrize("suite", ["ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA"])
    def test_a_server_that_takes_a_weak_suite_beside_a_strong_one_is_a_suite_failure(self, suite: str) -> None:
        weak = tls(suites=f"ECDHE-ECDSA-AES128-GCM-SHA256:{suite}:@SECLEVEL=0")
        weak.minimum_version = ssl.TLSVersion.TLSv1_2
        assert against(hangs, "tls", weak).error == "tls_suite"

    def test_an_expired_certificate_comes_first(self) -> None:
        assert against(hangs, "tls", server_tls(days=-2)).error == "tls_expired"
        assert against(hangs, "tls", server_tls(days=3)).error == "expires_soon"


def upgraded(then: Behaviour) -> Behaviour:
    """The handshake of RFC 6455 by hand, then `then`."""

    async def behave(reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        proof = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(proof) + b"\r\n\r\n"
        )
        await then(reader, writer)

    return behave


def frames(*texts: bytes) -> Behaviour:
    return says(b"".join(b"\x81" + bytes([len(one)]) + one for one in texts))


class TestWebSocket:
    def test_a_handshake_is_a_success(self) -> None:
        assert against(upgraded(hangs), "websocket").ok
        assert against(upgraded(hangs), "websocket", server_tls()).ok

    def test_a_message_that_must_come_is_waited_for(self) -> None:
        assert against(upgraded(frames(b"hello", b"ready")), "websocket", send="hi", expect="ready").ok
        silent = against(upgraded(frames(b"hello")), "websocket", expect="ready", timeout_ms=SHORT)
        assert silent.error == "read_timeout"

    def test_a_server_that_closes_instead_of_replying_is_a_failure(self) -> None:
        assert against(upgraded(says(b"\x88\x02\x03\xe8")), "websocket", expect="ready").error == "reply"

    def test_a_web_page_instead_of_a_handshake_is_a_status_failure(self) -> None:
        async def site(reader: Reader, writer: Writer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(page())

        assert against(site, "websocket").error == "status"

    def test_a_redirect_is_not_followed_wherever_it_leads(self) -> None:
        """To an address in figures the library goes past every resolver: it would be a way into our own network."""
        reached: list[str] = []

        async def inside(reader: Reader, writer: Writer) -> None:
            reached.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(page())

        async def run() -> str:
            async with serving(inside) as port:
                move = page(b"", "302 Found", f"Location: http://127.0.0.1:{port}/secret\r\n")
                async with serving(answers(move)) as there:
                    return (await probed(probe("websocket", f"ws://localhost:{there}/"), network())).error

        assert (asyncio.run(run()), reached) == ("status", [])

    def test_a_false_proof_is_a_protocol_error(self) -> None:
        async def forged(reader: Reader, writer: Writer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"
            )

        assert against(forged, "websocket").error == "protocol"

    def test_a_message_over_the_cap_is_too_large(self) -> None:
        huge = upgraded(says(b"\x81\x7f" + struct.pack(">Q", 10_000) + b"x" * 10_000))
        assert against(huge, "websocket", max_body=5_000, expect="never").error == "too_large"

    def test_a_handshake_that_hangs_is_a_read_timeout(self) -> None:
        assert against(hangs, "websocket", timeout_ms=SHORT).error == "read_timeout"

    def test_a_private_target_is_denied(self) -> None:
        assert outcome(probe("websocket", "ws://127.0.0.1:9/"), private=False).error == "denied"


def mail(lines: dict[bytes, bytes], greeting: bytes, encrypt: Callable[[], ssl.SSLContext] | None = None) -> Behaviour:
    """A mail server by the word a line holds: its answer, and TLS after a yes to STARTTLS."""

    async def behave(reader: Reader, writer: Writer) -> None:
        writer.write(greeting)
        while line := await reader.readline():
            word = next((one for one in lines if one in line.upper()), b"")
            writer.write(lines.get(word, b"500 what\r\n"))
            await writer.drain()
            if word == b"STARTTLS" and encrypt is not None:
                await writer.start_tls(encrypt())

    return behave


SMTP = {b"EHLO": b"250-mail\r\n250-SIZE 1\r\n250 STARTTLS\r\n", b"STARTTLS": b"220 go\r\n", b"QUIT": b"221 bye\r\n"}
IMAP = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev2 STARTTLS\r\na1 OK\r\na3 OK\r\n",
    b"STARTTLS": b"a2 OK go\r\n",
}


class TestMail:
    @pytest.mark.parametrize(
        ("kind", "talk", "hello"), [("smtp", SMTP, b"220 mail\r\n"), ("imap", IMAP, b"* OK hi\r\n")]
    )
    def test_a_greeting_and_an_encrypted_conversation_are_a_success(
        self, kind: Kind, talk: dict[bytes, bytes], hello: bytes
    ) -> None:
        answers = {b"A1 CAPABILITY": b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"A3": b"a3 OK\r\n", **talk}
        assert against(mail(answers, hello, server_tls), kind).error == ""
        assert against(mail(answers, hello, server_tls), kind, security="starttls").error == ""
        assert against(mail(answers, hello), kind, server_tls(), security="implicit").error == ""

    @pytest.mark.parametrize(
        ("kind", "hello", "error"),
        [
            ("smtp", b"554 no service\r\n", "greeting"),
            ("smtp", b"220-slow\r\n220 mail\r\n", ""),
            ("smtp", b"HTTP/1.1 400 Bad\r\n", "protocol"),
            ("smtp", b"2" * 70_000, "protocol"),
            ("imap", b"* BYE closed\r\n", "greeting"),
            ("imap", b"+OK pop3\r\n", "protocol"),
        ],
    )
    def test_greetings_are_told_apart(self, kind: Kind, hello: bytes, error: str) -> None:
        assert against(mail(SMTP, hello), kind).error == error

    def test_the_greeting_must_hold_the_text_expected(self) -> None:
        assert against(mail(SMTP, b"220 mx1.example ESMTP\r\n"), "smtp", expect="mx1.example").ok
        assert against(mail(SMTP, b"220 other\r\n"), "smtp", expect="mx1.example").error == "reply"

    def test_a_server_without_encryption_is_told_apart(self) -> None:
        plain = {**SMTP, b"EHLO": b"250 mail\r\n"}
        assert against(mail(plain, b"220 mail\r\n"), "smtp", security="starttls").error == "no_starttls"
        refusing = {**SMTP, b"STARTTLS": b"454 not now\r\n"}
        assert against(mail(refusing, b"220 mail\r\n"), "smtp", security="starttls").error == "no_starttls"
        bare = {b"CAPABILITY": b"* CAPABILITY IMAP4rev2\r\na1 OK\r\n"}
        assert against(mail(bare, b"* OK hi\r\n"), "imap", security="starttls").error == "no_starttls"

    def test_a_certificate_after_starttls_is_checked(self) -> None:
        expired = mail(SMTP, b"220 mail\r\n", lambda: server_tls(days=-2))
        assert against(expired, "smtp", security="starttls").error == "tls_expired"

    def test_words_slipped_in_before_the_handshake_are_a_protocol_error(self) -> None:
        """The injection of CVE-2011-0411, seen from the client: an answer in clear, taken for one in TLS."""
        slipped = {**SMTP, b"STARTTLS": b"220 go\r\n250 injected\r\n"}
        assert against(mail(slipped, b"220 mail\r\n", server_tls), "smtp", security="starttls").error == "protocol"

    def test_silence_is_a_read_timeout(self) -> None:
        assert against(hangs, "smtp", timeout_ms=SHORT).error == "read_timeout"


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body) + 4) + body


TRUSTED = message(b"R", struct.pack(">I", 0)) + message(b"Z", b"I")


def database(*answers: bytes, query: bytes = b"") -> Behaviour:
    """A server as the wire shows it: these messages after the start-up, `query` after a query."""

    async def behave(reader: Reader, writer: Writer) -> None:
        (length,) = struct.unpack(">I", await reader.readexactly(4))
        await reader.readexactly(length - 4)
        writer.write(b"".join(answers))
        await writer.drain()
        await reader.read(4_096)
        writer.write(query)
        await writer.drain()
        await reader.read()

    return behave


def error(code: bytes) -> bytes:
    return message(b"E", b"SFATAL\0C" + code + b"\0Mno\0\0")


class TestPostgresOnTheWire:
    @pytest.mark.parametrize(
        ("code", "name"),
        [(b"28P01", "login"), (b"3D000", "login"), (b"57P03", "server_failure"), (b"53300", "server_failure")],
    )
    def test_refusals_are_told_apart_by_their_code(self, code: bytes, name: str) -> None:
        assert against(database(error(code)), "postgres").error == name

    def test_a_query_that_is_refused_is_a_query_failure(self) -> None:
        broken = message(b"E", b"SERROR\0C58030\0Mdisk\0\0") + message(b"Z", b"I")
        assert against(database(TRUSTED, query=broken), "postgres").error == "query"

    def test_an_answer_that_is_no_number_is_a_query_failure(self) -> None:
        column = b"\0\x01" + b"n\0" + struct.pack(">IHIhiH", 0, 0, 23, 4, -1, 0)
        row = message(b"T", column) + message(b"D", b"\0\x01\0\0\0\x03abc")
        told = row + message(b"C", b"SELECT 1\0") + message(b"Z", b"I")
        assert against(database(TRUSTED, query=told), "postgres").error == "query"

    @pytest.mark.parametrize("asked", [b"\0\0\0\x03", b"\0\0\0\x05"])
    def test_a_server_that_wants_the_password_in_clear_does_not_get_it(self, asked: bytes) -> None:
        assert against(database(message(b"R", asked + b"salt")), "postgres").error == "login"

    def test_what_is_no_database_is_a_protocol_error(self) -> None:
        assert against(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "postgres").error == "protocol"

    def test_no_encryption_where_it_is_asked_for_is_told_apart(self) -> None:
        assert against(says(b"N"), "postgres", security="starttls").error == "no_starttls"

    def test_silence_is_a_read_timeout(self) -> None:
        assert against(hangs, "postgres", timeout_ms=SHORT).error == "read_timeout"

    def test_a_private_target_is_denied(self) -> None:
        assert outcome(probe("postgres", "127.0.0.1:5432"), private=False).error == "denied"


class TestLogin:
    def test_it_is_read_from_the_operators_file(self, tmp_path: Path) -> None:
        file = tmp_path / "main.toml"
        file.write_text('user = "watch"\npassword = "p"\n')
        file.chmod(0o600)
        wanted = probe("postgres", "db.example.gov.cn", login="main", ca="")
        assert login(wanted, replace(network(), logins=tmp_path)) == ("watch", "p")

    @pytest.mark.parametrize(
        ("name", "mode", "reason"), [("main", 0o644, "mode 600"), ("other", 0o600, "cannot be read")]
    )
    def test_one_that_is_missing_or_open_to_others_makes_no_probe(
        self, tmp_path: Path, name: str, mode: int, reason: str
    ) -> None:
        (tmp_path / "main.toml").write_text('user = "watch"\n')
        (tmp_path / "main.toml").chmod(mode)
        wanted = probe("postgres", "db.example.gov.cn", login=name, ca="")
        with pytest.raises(NotMade, match=reason):
            login(wanted, replace(network(), logins=tmp_path))

"""Probes against targets that hang, cut, lie and send in circles: every failure has its own name, none is a success."""

import asyncio
import gzip
import socket

import pytest
from monitor_servers import (
    against,
    answers,
    drips,
    hangs,
    issuer,
    network,
    outcome,
    page,
    probe,
    resets,
    server_tls,
    serving,
)

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.parameters import Kind
from yunyue.services.monitor.probe import run

SHORT = 200
"""Milliseconds."""


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class TestHttp:
    def test_an_expected_answer_is_a_success_with_its_latency(self) -> None:
        found = against(answers(page()))
        assert found.ok
        assert 0 < found.latency_us < 1_000_000

    def test_a_text_that_must_be_there_is_looked_for(self) -> None:
        assert against(answers(page("政务云".encode())), body_contains="政务").error == ""
        assert against(answers(page(b"under construction")), body_contains="政务").error == "body"

    def test_another_status_is_a_failure(self) -> None:
        assert against(answers(page(status="500 Broken"))).error == "status"

    def test_an_expected_404_is_a_success(self) -> None:
        assert against(answers(page(status="404 Gone")), status_min=404, status_max=404).ok

    def test_nobody_listening_is_refused(self) -> None:
        assert outcome(probe("http", f"http://127.0.0.1:{closed_port()}/")).error == "refused"

    def test_an_unknown_name_is_a_resolver_error(self) -> None:
        assert outcome(probe("http", "http://no-such-host.invalid/")).error == "resolver"

    @pytest.mark.parametrize("kind", ["http", "tcp"])
    def test_a_name_nobody_answers_for_in_time_is_a_resolver_error(
        self, kind: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def silent(_self: Network, _name: str, _port: int) -> str:
            await asyncio.Event().wait()
            return ""

        monkeypatch.setattr(Network, "address", silent)
        target = "http://example.gov.cn/" if kind == "http" else "example.gov.cn:80"
        assert outcome(probe(kind, target, timeout_ms=SHORT)).error == "resolver"

    def test_a_target_that_takes_the_connection_and_hangs_is_a_read_timeout(self) -> None:
        assert against(hangs, timeout_ms=SHORT).error == "read_timeout"

    def test_a_target_that_sends_a_byte_at_a_time_does_not_outlast_the_timeout(self) -> None:
        found = against(drips, timeout_ms=SHORT)
        assert found.error in ("read_timeout", "protocol")
        assert found.latency_us < 900_000

    def test_a_connection_cut_in_mid_request_is_a_reset(self) -> None:
        assert against(resets).error == "reset"

    def test_a_target_that_hangs_up_without_an_answer_is_a_reset(self) -> None:
        assert against(answers(b"")).error == "reset"

    def test_a_body_shorter_than_announced_is_truncated(self) -> None:
        lie = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello"
        assert against(answers(lie)).error == "truncated"

    def test_a_broken_chunk_is_truncated_and_no_success(self) -> None:
        lie = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello"
        assert against(answers(lie)).error in ("truncated", "protocol")

    def test_a_text_hidden_behind_the_announced_length_does_not_count(self) -> None:
        lie = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nnosecret"
        assert against(answers(lie), body_contains="secret").error in ("body", "protocol")

    def test_what_is_not_http_is_a_protocol_error(self) -> None:
        assert against(answers(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")).error == "protocol"

    def test_endless_headers_are_a_protocol_error(self) -> None:
        many = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: y\r\n" * 2_000 + b"\r\n"
        assert against(answers(many)).error == "protocol"

    def test_a_body_over_the_cap_is_too_large(self) -> None:
        assert against(answers(page(b"x" * 5_000)), max_body=4_999).error == "too_large"
        assert against(answers(page(b"x" * 5_000)), max_body=5_000).ok

    def test_a_small_body_that_unpacks_to_a_large_one_is_not_unpacked(self) -> None:
        bomb = gzip.compress(b"alive " * 1_000_000)
        found = against(answers(page(bomb, headers="Content-Encoding: gzip\r\n")), body_contains="alive")
        assert found.error == "body"


class TestRedirects:
    def test_a_redirect_is_followed_to_the_page(self) -> None:
        async def both() -> Outcome:
            async with serving(answers(page(b"arrived"))) as there:
                move = page(b"", "302 Found", f"Location: http://localhost:{there}/x\r\n")
                async with serving(answers(move)) as here:
                    return await run(probe("http", f"http://localhost:{here}/", body_contains="arrived"), network())

        assert asyncio.run(both()).ok

    def test_a_circle_is_a_redirect_loop(self) -> None:
        assert against(answers(page(b"", "301 Moved", "Location: /\r\n"))).error == "redirect_loop"

    def test_an_endless_chain_is_a_redirect_loop(self) -> None:
        async def onward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            writer.write(page(b"", "307 Onward", f"Location: {path}x\r\n"))
            await writer.drain()

        assert against(onward).error == "redirect_loop"

    @pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://localhost/", "http://:80/", "http://a b/"])
    def test_a_redirect_to_what_is_no_web_page_is_a_protocol_error(self, location: str) -> None:
        assert against(answers(page(b"", "302 Found", f"Location: {location}\r\n"))).error == "protocol"

    def test_a_redirect_from_https_to_http_is_a_downgrade(self) -> None:
        move = answers(page(b"", "302 Found", "Location: http://localhost/\r\n"))
        assert against(move, "https", server_tls()).error == "downgrade"

    def test_a_redirect_without_a_place_is_judged_by_its_status(self) -> None:
        assert against(answers(page(b"", "302 Found"))).error == "status"

    def test_a_redirect_into_a_forbidden_network_is_denied(self) -> None:
        """Link-local addresses, where clouds keep their metadata, are denied even where private ones are allowed."""
        move = answers(page(b"", "302 Found", "Location: http://169.254.169.254/latest/meta-data/\r\n"))
        assert against(move).error == "denied"


class TestTls:
    def test_a_valid_certificate_is_a_success(self) -> None:
        assert against(answers(page()), "https", server_tls()).ok

    @pytest.mark.parametrize("kind", ["https", "tls_expiry"])
    def test_an_expired_certificate_is_told_apart(self, kind: Kind) -> None:
        assert against(answers(page()), kind, server_tls(days=-2)).error == "tls_expired"

    @pytest.mark.parametrize("kind", ["https", "tls_expiry"])
    def test_another_name_on_the_certificate_is_told_apart(self, kind: Kind) -> None:
        assert against(answers(page()), kind, server_tls(host="other.example")).error == "tls_hostname"

    @pytest.mark.parametrize("kind", ["https", "tls_expiry"])
    def test_an_issuer_nobody_trusts_is_told_apart(self, kind: Kind) -> None:
        assert against(answers(page()), kind, server_tls(by="Other CA")).error == "tls_untrusted"

    def test_without_a_ca_of_their_own_the_systems_decides(self) -> None:
        assert against(answers(page()), "https", server_tls(), ca="").error == "tls_untrusted"

    @pytest.mark.parametrize("kind", ["https", "tls_expiry"])
    def test_a_target_that_does_not_speak_tls_is_a_tls_error_or_a_reset(self, kind: Kind) -> None:
        async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(page() * 10)
            await writer.drain()
            await reader.read()

        assert against(plain, kind).error in ("tls", "reset")

    @pytest.mark.parametrize("kind", ["https", "tls_expiry"])
    def test_a_handshake_that_hangs_is_a_connect_timeout(self, kind: Kind) -> None:
        assert against(hangs, kind, timeout_ms=SHORT).error == "connect_timeout"

    def test_a_certificate_that_ends_soon_fails_before_it_ends(self) -> None:
        assert against(hangs, "tls_expiry", server_tls(days=10), days_before=14).error == "expires_soon"
        assert against(hangs, "tls_expiry", server_tls(days=10), days_before=10).ok

    def test_an_ip_address_is_checked_against_the_certificate_too(self) -> None:
        async def both() -> Outcome:
            async with serving(answers(page()), server_tls()) as port:
                return await run(probe("https", f"https://127.0.0.1:{port}/", ca=issuer("Test CA").pem), network())

        assert asyncio.run(both()).ok


class TestTcp:
    def test_a_connection_is_a_success(self) -> None:
        assert against(hangs, "tcp").ok

    def test_nobody_listening_is_refused(self) -> None:
        assert outcome(probe("tcp", f"127.0.0.1:{closed_port()}")).error == "refused"

    def test_a_host_that_takes_no_connection_is_a_connect_timeout(self) -> None:
        """A full queue of connections: the kernel leaves further ones without an answer."""
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(0)
            port = deaf.getsockname()[1]
            fillers = [socket.socket() for _ in range(4)]
            for one in fillers:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            assert outcome(probe("tcp", f"127.0.0.1:{port}", timeout_ms=SHORT)).error == "connect_timeout"
            for one in fillers:
                one.close()


class TestForbidden:
    @pytest.mark.parametrize("target", ["http://localhost/", "http://127.0.0.1/", "http://[::1]/", "http://127.1/"])
    def test_the_machine_itself_is_denied_unless_private_targets_are_allowed(self, target: str) -> None:
        assert outcome(probe("http", target), private=False).error == "denied"

    def test_a_denied_target_sees_no_connection(self) -> None:
        seen: list[int] = []

        async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(1)

        async def both() -> Outcome:
            async with serving(counting) as port:
                return await run(probe("http", f"http://127.0.0.1:{port}/"), network(private=False))

        assert asyncio.run(both()).error == "denied"
        assert seen == []

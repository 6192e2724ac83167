"""Probes without a connection (UDP, ICMP), against servers that answer, lie, and say nothing."""

import asyncio
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_servers import Reply, listening, network, outcome, probe
from services_cast import TestHost, order

from yunyue.answer import Refused
from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.probe import run
from yunyue.services.monitor.probes import icmp
from yunyue.services.monitor.service import service

SHORT = 200


def asked(reply: Reply, **more: object) -> Outcome:
    async def both() -> Outcome:
        async with listening(reply) as port:
            return await run(probe("udp", f"localhost:{port}", **({"send": "ping"} | more)), network())

    return asyncio.run(both())


class TestUdp:
    def test_a_reply_is_a_success(self) -> None:
        assert asked(lambda text: [b"pong " + text], expect="pong ping").ok

    def test_bytes_are_sent_and_expected_in_hexadecimal(self) -> None:
        assert asked(lambda text: [text[::-1]], send="hex:00ff01", expect="hex:01ff00").ok

    def test_another_reply_is_a_failure(self) -> None:
        assert asked(lambda _: [b"error"], expect="pong").error == "reply"

    def test_silence_is_a_read_timeout(self) -> None:
        assert asked(lambda _: [], timeout_ms=SHORT).error == "read_timeout"

    def test_a_host_that_says_nobody_listens_is_refused(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        assert outcome(probe("udp", f"127.0.0.1:{port}", send="x")).error == "refused"

    def test_a_private_target_is_denied(self) -> None:
        assert outcome(probe("udp", "127.0.0.1:53", send="x"), private=False).error == "denied"


class TestIcmp:
    def test_this_machine_echoes(self) -> None:
        if reason := icmp.unable():
            pytest.skip(reason)
        assert outcome(probe("icmp", "127.0.0.1")).ok

    def test_an_address_nobody_has_does_not_echo(self) -> None:
        """2001:db8::/32 (RFC 3849) is routed nowhere: silence or an unreachable, never a success."""
        if reason := icmp.unable():
            pytest.skip(reason)
        found = outcome(probe("icmp", "[2001:db8::1]", timeout_ms=SHORT))
        assert found.error in ("read_timeout", "unreachable")

    def test_a_private_target_is_denied(self) -> None:
        assert outcome(probe("icmp", "127.0.0.1"), private=False).error == "denied"

    def test_where_the_system_forbids_echoes_an_order_is_refused_and_a_probe_is_not_made(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def forbidden(*_: object) -> socket.socket:
            raise PermissionError(1, "Operation not permitted")

        host = TestHost(tmp_path)
        with monkeypatch.context() as patched:
            patched.setattr("socket.socket", forbidden)
            answer = service.provision(order(kind="icmp", target="127.0.0.1"), host)
        assert isinstance(answer, Refused)
        assert "ping_group_range" in answer.reason
        assert answer.field == "parameters.kind"

    @given(st.integers(0, 2**64 - 1), st.booleans())
    def test_only_the_reply_to_its_own_number_counts(self, number: int, newer: bool) -> None:
        sent = icmp.request(number, newer=newer)
        reply = bytes([129 if newer else 0]) + sent[1:]
        assert icmp.is_reply(reply, number, newer=newer)
        assert not icmp.is_reply(sent, number, newer=newer)
        assert not icmp.is_reply(reply, number ^ 1, newer=newer)
        assert icmp.checksum(icmp.request(number, newer=False)) == 0

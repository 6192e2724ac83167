"""Endpoints are looked at over real connections: real TLS servers of many strengths, a server that speaks TLCP."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from endpoint_cast import DAY, TlcpServer, certificate, sm2_certificate, tls_server

from yunyue.services.crypto.selfcheck.endpoints import Endpoint, look
from yunyue.services.crypto.selfcheck.finding import Finding
from yunyue.services.crypto.selfcheck.reaching import Reach
from yunyue.services.monitor.target import forbidden

OPEN = Reach(lambda _address: "", timeout=20)
"""With patience: many tests may run at the same time."""
CHANNEL = {"8.2b", "8.2c", "8.4d", "8.4f"}


def found(port: int, host: str = "127.0.0.1", reach: Reach = OPEN, days: int = 0) -> dict[str, Finding]:
    """By requirement, some days from now."""
    every = look(Endpoint(host, port), reach, datetime.now(UTC) + timedelta(days))
    assert {one.item for one in every} == CHANNEL | {"8.2a"}
    assert all(one.looked_at == f"{host}:{port}" for one in every)
    return {one.item: one for one in every}


def channel(findings: dict[str, Finding]) -> tuple[str, str]:
    """The state and words of all four requirements of a channel, which are the same."""
    (one,) = {(findings[item].state, findings[item].said.en) for item in CHANNEL}
    return one


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("usual"), "usual", "-newkey", "rsa:2048")


def test_a_sound_server_with_international_algorithms_partly_meets(tmp_path: Path, usual: tuple[Path, Path]) -> None:
    with tls_server(tmp_path, usual) as port:
        findings = found(port)
    state, said = channel(findings)
    assert state == "partly"
    assert "TLS 1.2/TLS 1.3" in said
    assert findings["8.2a"].state == "partly"


def test_a_server_of_tls_1_3_alone_shows_its_certificate_too(tmp_path: Path, usual: tuple[Path, Path]) -> None:
    with tls_server(tmp_path, usual, "-tls1_3") as port:
        findings = found(port)
    assert channel(findings)[1].startswith("accepts TLS 1.3 with")
    assert "in date" in findings["8.2a"].said.en


def test_old_versions_are_found(tmp_path: Path, usual: tuple[Path, Path]) -> None:
    with tls_server(tmp_path, usual, "-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0") as port:
        assert channel(found(port)) == ("fails", "accepts TLS 1.0")


@pytest.mark.parametrize(("suite", "number"), [("NULL-SHA256", "003B"), ("ADH-AES128-SHA256", "006C")])
def test_weak_suites_are_found(tmp_path: Path, usual: tuple[Path, Path], suite: str, number: str) -> None:
    with tls_server(tmp_path, usual, "-tls1_2", "-cipher", f"{suite}:@SECLEVEL=0") as port:
        findings = found(port)
    state, said = channel(findings)
    assert state == "fails"
    assert f"0x{number}" in said


def test_a_server_that_shows_no_certificate_fails_to_say_who_it_is(tmp_path: Path) -> None:
    with tls_server(tmp_path, None, "-tls1_2", "-cipher", "ADH-AES128-SHA256:@SECLEVEL=0") as port:
        findings = found(port)
    assert (findings["8.2a"].state, findings["8.2a"].said.en) == ("fails", "no certificate was shown")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-newkey", "rsa:1024"), "RSA of 1024 bits only"),
        (("-newkey", "rsa:2048", "-sha1"), "signed with sha1_rsa"),
    ],
)
def test_weak_certificates_are_found(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    made = certificate(tmp_path, "weak", *arguments)
    with tls_server(tmp_path, made, "-cipher", "ALL:@SECLEVEL=0") as port:
        identity = found(port)["8.2a"]
    assert identity.state == "fails"
    assert said in identity.said.en


def test_a_certificate_that_ended_is_found(tmp_path: Path, usual: tuple[Path, Path]) -> None:
    with tls_server(tmp_path, usual) as port:
        assert "not in date" in found(port, days=4000)["8.2a"].said.en


@pytest.fixture(scope="module")
def dual() -> tuple[bytes, bytes]:
    return sm2_certificate("sign"), sm2_certificate("encrypt")


@pytest.mark.parametrize(
    ("suite", "name"), [(0xE013, "ECC_SM4_CBC_SM3"), (0xE053, "ECC_SM4_GCM_SM3"), (0xE051, "ECDHE_SM4_GCM_SM3")]
)
@pytest.mark.parametrize("fragment", [1 << 14, 100])
def test_a_server_of_tlcp_meets(dual: tuple[bytes, bytes], suite: int, name: str, fragment: int) -> None:
    server = TlcpServer(dual, suite, fragment)
    with server as port:
        findings = found(port)
    assert channel(findings) == ("meets", f"answers with TLCP {name}")
    assert findings["8.2a"].state == "meets"
    assert "two SM2 certificates" in findings["8.2a"].said.en
    assert b"\x16\x01\x01" in {hello[:3] for hello in server.seen}


def test_a_server_of_tls_1_3_with_chinese_suites_meets() -> None:
    with TlcpServer((), chinese_tls13=True) as port:
        findings = found(port)
    assert channel(findings) == ("meets", "answers with TLS 1.3 TLS_SM4_GCM_SM3 (RFC 8998)")
    assert findings["8.2a"].state == "unchecked"


def test_one_certificate_is_too_few_for_tlcp(dual: tuple[bytes, bytes]) -> None:
    with TlcpServer(dual[:1]) as port:
        assert found(port)["8.2a"].state == "partly"


def test_a_certificate_of_tlcp_that_ended_fails(dual: tuple[bytes, bytes]) -> None:
    today = datetime.now(UTC).replace(microsecond=0)
    ended = sm2_certificate("ended", today - 3 * DAY, today - DAY)
    with TlcpServer((dual[0], ended)) as port:
        assert "not in date" in found(port)["8.2a"].said.en


def test_what_is_no_certificate_is_said(dual: tuple[bytes, bytes]) -> None:
    with TlcpServer((b"junk", dual[1])) as port:
        assert "cannot be read" in found(port)["8.2a"].said.en


def test_an_endpoint_without_encryption_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
        listening.settimeout(10)

        def shrug() -> None:
            for _ in range(20):
                try:
                    connection, _peer = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        worker = threading.Thread(target=shrug, daemon=True)
        worker.start()
        assert channel(found(port))[0] == "fails"
        listening.shutdown(socket.SHUT_RDWR)
        worker.join(10)


def test_an_endpoint_nobody_listens_at_is_unchecked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = int(closing.getsockname()[1])
    assert channel(found(port))[0] == "unchecked"


def test_a_server_that_never_answers_is_unchecked_and_soon_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent:
        began = time.monotonic()
        findings = found(int(silent.getsockname()[1]), reach=Reach(lambda _address: "", timeout=0.3))
        assert channel(findings) == ("unchecked", "no answer in time")
        assert time.monotonic() - began < 5


def test_a_name_that_does_not_resolve_is_unchecked() -> None:
    assert "does not resolve" in channel(found(443, host="nobody.invalid"))[1]


@pytest.fixture
def counted() -> Iterator[tuple[int, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield int(listening.getsockname()[1]), listening


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::ffff:127.0.0.1"])
def test_a_private_address_is_not_even_connected_to(counted: tuple[int, socket.socket], host: str) -> None:
    port, listening = counted
    denying = Reach(lambda address: forbidden(address, private_allowed=False))
    every = look(Endpoint(host, port), denying, datetime.now(UTC))
    assert {one.state for one in every} == {"unchecked"}
    assert all("may not be reached" in one.said.en for one in every)
    with pytest.raises(BlockingIOError):
        listening.accept()


def test_the_metadata_address_is_never_reached_even_where_private_ones_may_be() -> None:
    allowing = Reach(lambda address: forbidden(address, private_allowed=True))
    every = look(Endpoint("169.254.169.254", 80), allowing, datetime.now(UTC))
    assert all("link-local" in one.said.en for one in every)


def test_a_server_that_drips_is_left_in_time() -> None:
    stop = threading.Event()

    def drip(listening: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _peer = listening.accept()
            except OSError:
                return
            threading.Thread(target=slowly, args=(connection,), daemon=True).start()

    def slowly(connection: socket.socket) -> None:
        with connection:
            try:
                for octet in b"\x16\x03\x03\x40\x00" + bytes(1 << 14):
                    connection.sendall(bytes((octet,)))
                    if stop.wait(0.05):
                        return
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        worker = threading.Thread(target=drip, args=(listening,), daemon=True)
        worker.start()
        began = time.monotonic()
        found(int(listening.getsockname()[1]), reach=Reach(lambda _address: "", timeout=0.3))
        assert time.monotonic() - began < 6
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
        worker.join(10)

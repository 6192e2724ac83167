"""Endpoints to look at: real TLS servers by OpenSSL, and one that answers TLCP with real SM2 certificates."""

import contextlib
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openbao import free_port

from yunyue.answer import Refused
from yunyue.host.ciphers.interface import Unavailable
from yunyue.host.ciphers.pair_makers import generate_pair
from yunyue.services.crypto.certificate import Wanted, self_signed

DAY = timedelta(days=1)


def certificate(folder: Path, name: str, *arguments: str) -> tuple[Path, Path]:
    """A key and a certificate for itself, by the openssl command; `arguments` such as -newkey rsa:1024."""
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*command, *arguments], check=True, capture_output=True)
    return key, made


@contextlib.contextmanager
def tls_server(folder: Path, made: tuple[Path, Path] | None, *arguments: str) -> Iterator[int]:
    """`openssl s_server` with these arguments; its port, once it answers."""
    port = free_port()
    shown = ["-nocert"] if made is None else ["-key", str(made[0]), "-cert", str(made[1])]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", *shown, *arguments]
    with (folder / "s_server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.PIPE)
        try:
            _wait(port, process)
            yield port
        finally:
            process.kill()
            process.communicate(timeout=10)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(400):
        assert process.poll() is None, "the server ended before it answered"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError("the server does not answer")


def sm2_certificate(name: str, begins: datetime | None = None, ends: datetime | None = None) -> bytes:
    """A certificate (DER) with a key on the SM2 curve, signed by SM2 with SM3."""
    pair = generate_pair("sm2")
    assert not isinstance(pair, Unavailable)
    now = datetime.now(UTC).replace(microsecond=0)
    made = self_signed(Wanted(name, 7, begins or now - DAY, ends or now + DAY, "server_auth"), "sm2", pair)
    assert not isinstance(made, Refused)
    return made


@dataclass
class TlcpServer:
    """Answers the first flight of GB/T 38636 as a server does: ServerHello, both certificates, done. No further.

    It speaks nothing else: another version is answered with an alert, as its peers do; with `chinese_tls13` it
    answers a suite of RFC 8998 instead, in TLS 1.3.
    """

    certificates: tuple[bytes, ...]
    suite: int = 0xE013
    fragment: int = 1 << 14
    chinese_tls13: bool = False
    seen: list[bytes] = field(default_factory=list)

    def __enter__(self) -> int:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return int(self._listening.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        hello = connection.recv(4096)
        if not hello:
            return
        self.seen.append(hello)
        offered = struct.unpack(">H", hello[9:11])[0]
        length = struct.unpack(">H", hello[44:46])[0]
        suites = struct.unpack(f">{length // 2}H", hello[46 : 46 + length])
        if self.chinese_tls13 and 0x00C6 in suites:
            chosen = b"\x00\x2b\x00\x02\x03\x04"
            body = b"\x03\x03" + bytes(32) + b"\x00\x00\xc6\x00" + struct.pack(">H", len(chosen)) + chosen
            message = b"\x02" + _long(body)
            connection.sendall(b"\x16\x03\x03" + struct.pack(">H", len(message)) + message)
            return
        if self.chinese_tls13 or offered != 0x0101 or self.suite not in suites:
            connection.sendall(b"\x15\x01\x01\x00\x02\x02\x46")
            return
        body = b"\x01\x01" + bytes(32) + b"\x00" + struct.pack(">H", self.suite) + b"\x00"
        listed = b"".join(_long(one) for one in self.certificates)
        flight = b"\x02" + _long(body) + b"\x0b" + _long(_long(listed)) + b"\x0e" + bytes(3)
        for start in range(0, len(flight), self.fragment):
            part = flight[start : start + self.fragment]
            connection.sendall(b"\x16\x01\x01" + struct.pack(">H", len(part)) + part)


def _long(octets: bytes) -> bytes:
    return len(octets).to_bytes(3, "big") + octets

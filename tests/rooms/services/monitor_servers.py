"""Targets that behave and targets that do not: real servers on the loopback, with real certificates."""

import asyncio
import ipaddress
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.parameters import Kind, Probe
from yunyue.services.monitor.probe import run

PLAIN = ("http", "tcp", "udp", "icmp", "dns")
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

Reply = Callable[[bytes], list[bytes]]


@dataclass(frozen=True)
class Issuer:
    """A certificate authority of our own."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


@cache
def issuer(name: str) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        _builder(name, name, key, 3650)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return Issuer(key, certificate)


@cache
def server_tls(days: int = 90, host: str = "localhost", by: str = "Test CA") -> ssl.SSLContext:
    """A server with a certificate for `host` and 127.0.0.1 that ends in so many days."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        context.load_cert_chain(*write_certificate(Path(folder), days, host, by))
    return context


def write_certificate(
    folder: Path,
    days: int = 90,
    host: str = "localhost",
    by: str = "Test CA",
    use: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
) -> tuple[Path, Path]:
    """The files of a certificate and its key."""
    authority = issuer(by)
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    parent = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    certificate = (
        _builder(host, by, key, days)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(parent, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o600)
    return chain, private


def answers(reply: bytes) -> Behaviour:
    """Reads a request, sends these bytes, hangs up."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()

    return behave


def page(body: bytes = b"hello", status: str = "200 OK", headers: str = "") -> bytes:
    """A well-formed answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and says nothing until the other side hangs up."""
    await reader.read()


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends a header for ever, a byte at a time, so that no single wait is long."""
    while not reader.at_eof():
        writer.write(b"x")
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                await reader.read(1)


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads the request and cuts the connection with a TCP reset."""
    await reader.read(1)
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def serving(behave: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that behaves like that to everybody who connects."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(OSError, EOFError, asyncio.CancelledError):
                await behave(reader, writer)
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                async with asyncio.timeout(1):  # a handshake that failed half-way never reports its end
                    await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        for one in self.reply(data):
            self.transport.sendto(one, addr)


@asynccontextmanager
async def listening(reply: Reply) -> AsyncIterator[int]:
    """The port of a UDP server."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(reply), local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def network(private: bool = True) -> Network:
    return Network(lambda: datetime.now(UTC), monotonic, lambda _name: private)


def probe(kind: Kind, target: str, **more: object) -> Probe:
    values: dict[str, object] = {
        "timeout_ms": 1_000,
        "ca": issuer("Test CA").pem if kind not in PLAIN else "",
    }
    return Probe(kind=kind, target=target, **{**values, **more})  # type: ignore[arg-type] # fields by name


def outcome(one: Probe, private: bool = True) -> Outcome:
    return asyncio.run(run(one, network(private)))


def against(behave: Behaviour, kind: Kind = "http", tls: ssl.SSLContext | None = None, **more: object) -> Outcome:
    """How a probe of a server that behaves like that ends."""

    async def both() -> Outcome:
        async with serving(behave, tls) as port:
            place = f"{kind}://localhost:{port}/" if kind in ("http", "https") else f"localhost:{port}"
            place = f"{'wss' if tls else 'ws'}://localhost:{port}/" if kind == "websocket" else place
            return await run(probe(kind, place, **more), network())

    return asyncio.run(both())

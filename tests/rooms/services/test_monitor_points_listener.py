"""The listener for probe points that show a certificate: who gets in, who does not, and how it ends."""

import asyncio
import hashlib
import ssl
from pathlib import Path

import httptools
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from monitor_servers import issuer, write_certificate
from points_cast import free_port
from services_cast import TestHost
from starlette.applications import Starlette

from yunyue.doors.data.monitor import routes
from yunyue.doors.points import listen
from yunyue.host.settings import Settings
from yunyue.services.monitor.points.register import Points

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "points"
    folder.mkdir()
    chain, key = write_certificate(folder)
    chain.rename(folder / "chain.pem")
    key.rename(folder / "key.pem")
    (folder / "ca.pem").write_text(issuer("Test CA").pem)
    return tmp_path


def shown(folder: Path, by: str = "Test CA") -> tuple[ssl.SSLContext, str]:
    """A client with a certificate by that issuer, and the certificate's digest."""
    folder.mkdir()
    chain, key = write_certificate(folder, host="point.example", by=by, use=CLIENT)
    context = ssl.create_default_context(cadata=issuer("Test CA").pem)
    context.load_cert_chain(chain, key)
    octets = load_pem_x509_certificate(chain.read_bytes()).public_bytes(Encoding.DER)
    return context, hashlib.sha256(octets).hexdigest()


def asked(home: Path, context: ssl.SSLContext, bound: str = "") -> int:
    """The status of a request for work; 0 when the connection was refused."""
    host = TestHost(home)
    Points(host.folder).enrol("a", "", 1)
    if bound:
        Points(host.folder).bind("a", bound)
    port = free_port()

    app = Starlette(routes=list(routes(lambda contract: host if contract == "c1" else None)))

    async def run() -> int:
        settings = Settings(home=home, points_port=port)
        serving = asyncio.ensure_future(listen(settings, app))
        try:
            return await _status(port, context)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    return asyncio.run(run())


async def _status(port: int, context: ssl.SSLContext) -> int:
    while True:
        try:
            reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
    writer.write(b"GET /monitor/v1/c1/work HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    try:
        octets = await reader.read()
    except (ssl.SSLError, ConnectionError):
        return 0
    finally:
        writer.close()
    if not octets:
        return 0

    class Head:
        pass

    parser = httptools.HttpResponseParser(Head())
    parser.feed_data(octets)
    return int(parser.get_status_code())


def test_a_point_whose_certificate_is_bound_is_told_its_work(home: Path) -> None:
    context, digest = shown(home / "client")
    assert asked(home, context, digest) == 200


def test_a_certificate_that_is_bound_to_nobody_opens_nothing(home: Path) -> None:
    context, _ = shown(home / "client")
    assert asked(home, context) == 401


def test_anothers_issuer_gets_no_connection(home: Path) -> None:
    context, digest = shown(home / "client", by="Other CA")
    assert asked(home, context, digest) == 0


def test_without_a_certificate_there_is_no_connection(home: Path) -> None:
    assert asked(home, ssl.create_default_context(cadata=issuer("Test CA").pem)) == 0

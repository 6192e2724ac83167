"""A second listener for probe points that show a client certificate; off unless YUNYUE_POINTS_PORT says where.

Its own certificate and key, and the authority that issued the points' certificates, are three files in the home folder:
points/chain.pem, points/key.pem, points/ca.pem. Nothing but the door for probe points answers there.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from yunyue.catalog import Host
from yunyue.doors.accesses import accesses
from yunyue.doors.data.monitor import CertifiedProtocol, routes
from yunyue.doors.data.noting import Noting
from yunyue.doors.office import Office
from yunyue.host.log import logger
from yunyue.host.settings import Settings

FILES = ("chain.pem", "key.pem", "ca.pem")

log = logger(__name__)


class _Beside(uvicorn.Server):
    """A server beside another one, which is the one that hears signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def monitoring(office: Office, contract: str) -> Host | None:
    """What probe points of a contract report to."""
    return office.hosting.host(contract, "monitor") if contract in office.kernel.contracts() else None


async def points(office: Office) -> None:
    """Listen until cancelled, where the operator wants it."""
    settings = office.settings
    missing = [one for one in FILES if not (settings.home / "points" / one).exists()]
    if not settings.points_port or missing:
        if settings.points_port:
            log.error("probe points cannot come in by certificate", missing=", ".join(missing))
        await asyncio.Event().wait()
    doors = Starlette(routes=list(routes(lambda contract: monitoring(office, contract))))
    await listen(settings, Noting(doors, lambda record: accesses(office).note(record), office.clock.now))


async def listen(settings: Settings, app: ASGIApp) -> None:
    """Serve probe points at their port until cancelled."""
    server = _Beside(configuration(settings.home / "points", settings.bind, settings.points_port, app))
    serving = asyncio.ensure_future(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


def configuration(folder: Path, bind: str, port: int, app: ASGIApp) -> uvicorn.Config:
    """TLS 1.2 and later; without a certificate of ours nobody gets as far as a request."""
    chain, key, ca = (str(folder / one) for one in FILES)
    return uvicorn.Config(
        app,
        host=bind,
        port=port,
        http=CertifiedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ssl_certfile=chain,
        ssl_keyfile=key,
        ssl_ca_certs=ca,
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )

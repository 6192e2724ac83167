"""The HTTP probe. What the target sends is untrusted: its size, its length header, its redirects, its encoding."""

import asyncio
import ssl
from dataclasses import dataclass, field
from socket import AF_INET, AF_INET6, AddressFamily
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure, socket_error, tls_error
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.target import Target, parse_target
from yunyue.services.monitor.tls import context

MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
HEADERS = {"User-Agent": "Yunyue-Probe/1", "Accept-Encoding": "identity"}


@dataclass(slots=True)
class Stage:
    """How far the probe came; a timeout means another thing before the connection stands than after."""

    connected: bool = False
    seen: set[str] = field(default_factory=set)


async def probe_http(probe: Probe, network: Network) -> None:
    """Returns when the target answered as the order asks. Raises Failure."""
    stage = Stage()
    try:
        async with asyncio.timeout(probe.timeout):
            await _follow(probe, network, stage)
    except TimeoutError:
        raise Failure("read_timeout" if stage.connected else "connect_timeout") from None


async def _follow(probe: Probe, network: Network, stage: Stage) -> None:
    target = probe.where
    while target.url not in stage.seen and len(stage.seen) <= MOST_REDIRECTS:
        stage.seen.add(target.url)
        stage.connected = False
        address = await network.address(target.host, target.port)
        try:
            location = await _visit(probe, target, address, stage)
        except aiohttp.ClientError as error:
            raise Failure(_client_error(error)) from None
        if location is None:
            return
        target = _redirected(target, location)
    raise Failure("redirect_loop")


def _redirected(target: Target, location: str) -> Target:
    url = urljoin(target.url, location).partition("#")[0]
    kind = url.partition(":")[0].lower()
    if target.scheme == "https" and kind == "http":
        raise Failure("downgrade")
    if kind not in ("http", "https"):
        raise Failure("protocol")
    try:
        return parse_target(kind, url)
    except ValueError:
        raise Failure("protocol") from None


async def _visit(probe: Probe, target: Target, address: str, stage: Stage) -> str | None:
    """One request. Where it sends us, or None when the answer is the one expected."""
    connector = aiohttp.TCPConnector(
        resolver=_Pinned(address), use_dns_cache=False, force_close=True, ssl=context(probe.ca)
    )
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(_note(stage))
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None),
        trace_configs=[tracing],
    )
    async with session, session.get(target.url, headers=HEADERS, allow_redirects=False) as response:
        location = response.headers.get("Location")
        if response.status in REDIRECTS and location is not None:
            return location
        if not probe.status_min <= response.status <= probe.status_max:
            raise Failure("status")
        body = await _read(response, probe.max_body)
        if probe.body_contains.encode() not in body:
            raise Failure("body")
        return None


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > most:
            raise Failure("too_large")
    return bytes(body)


def _client_error(error: aiohttp.ClientError) -> Error:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            cause = error.certificate_error
            return tls_error(cause) if isinstance(cause, ssl.SSLError) else "tls"
        case aiohttp.ClientConnectorSSLError():
            cause = error.os_error
            return tls_error(cause) if isinstance(cause, ssl.SSLError) else "tls"
        case aiohttp.ClientPayloadError():
            return "truncated"
        case aiohttp.ServerDisconnectedError():
            return "reset"
        case aiohttp.ClientConnectorError():
            return socket_error(error.os_error)
        case OSError():
            return socket_error(error)
        case _:
            return "protocol"


def _note(stage: Stage) -> Any:
    async def connected(_session: aiohttp.ClientSession, _context: SimpleNamespace, _params: Any) -> None:
        stage.connected = True

    return connected


class _Pinned(AbstractResolver):
    """Answers every question with the one address that was checked."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        """The pinned address, whatever the name."""
        del family
        kind = AF_INET6 if ":" in self._address else AF_INET
        return [ResolveResult(hostname=host, host=self._address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to give back."""

"""The HTTP probe: the request an order asks for, the redirects that follow, and the judgement of what comes at last."""

import asyncio
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import urljoin

from yunyue.services.monitor.expectation import Answer, judge, landed
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.page import inspect
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.exchange import Request, Stage, exchange
from yunyue.services.monitor.probes.trust import context
from yunyue.services.monitor.reading import octets, sendable
from yunyue.services.monitor.target import PORTS, Target, parse_target

REDIRECTS = {301, 302, 303, 307, 308}
ALWAYS = (("User-Agent", "Yunyue-Probe/1"), ("Accept", "*/*"))


async def probe_http(probe: Probe, network: Network) -> None:
    """Returns when the target answered as the order asks. Raises Failure."""
    stage = Stage()
    try:
        async with asyncio.timeout(probe.timeout):
            await _follow(probe, network, stage)
    except TimeoutError:
        raise Failure(stage.late) from None


async def _follow(probe: Probe, network: Network, stage: Stage) -> None:
    target = probe.where
    while target.url not in stage.seen:
        stage.seen.add(target.url)
        answer = await _visit(probe, target, network, stage)
        location = answer.headers.get("location")
        if not probe.max_redirects or answer.status not in REDIRECTS or location is None:
            if not landed(target.url, probe.lands_on):
                raise Failure("landing")
            judge(answer, probe.expectation)
            inspect(answer, target, probe.forbidden)
            return
        if len(stage.seen) > probe.max_redirects:
            break
        target = redirected(target, location)
    raise Failure("redirect_loop")


def redirected(target: Target, location: str) -> Target:
    """Where a Location sends us. Raises Failure: downgrade, protocol."""
    try:
        url = urljoin(target.url, location).partition("#")[0]
    except ValueError:
        raise Failure("protocol") from None
    kind = url.partition(":")[0].lower()
    if target.scheme == "https" and kind == "http":
        raise Failure("downgrade")
    if kind not in ("http", "https"):
        raise Failure("protocol")
    try:
        return parse_target(kind, url)
    except ValueError:
        raise Failure("protocol") from None


async def _visit(probe: Probe, target: Target, network: Network, stage: Stage) -> Answer:
    """One request; after a redirect it is a GET without what the order gave to the first target alone."""
    first = len(stage.seen) == 1
    method = probe.method if first else "HEAD" if probe.method == "HEAD" else "GET"
    written = _written(probe, target) if first else write(target, method, (), b"")
    return await send(target, written, network, stage, (probe.ca, probe.max_body, method == "HEAD"))


async def send(target: Target, written: bytes, network: Network, stage: Stage, limits: tuple[str, int, bool]) -> Answer:
    """The answer of the target to these bytes. `limits`: private CA, most bytes of the body, whether only the head."""
    ca, most, head_only = limits
    stage.connected, stage.resolving = False, True
    address = await network.address(target.host, target.port)
    stage.resolving = False
    tls = context(ca) if target.scheme == "https" else None
    return await exchange(Request(address, target.port, target.host, tls, written, most, head_only), stage)


@lru_cache(maxsize=16_384)
def _written(probe: Probe, target: Target) -> bytes:
    return write(target, probe.method, sendable(probe.headers), octets(probe.send))


def write(target: Target, method: str, headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """The request as it goes over the wire."""
    given = {name.lower() for name, _ in headers}
    lines = [("Host", _authority(target)), ("Accept-Encoding", "identity"), ("Connection", "close")]
    lines += [(name, value) for name, value in ALWAYS if name.lower() not in given]
    lines += headers
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(("Content-Length", str(len(body))))
    path = target.path if target.path.startswith("/") else f"/{target.path}"
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def _authority(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host and IPv6Address(target.host) else target.host
    return host if target.port == PORTS[target.scheme] else f"{host}:{target.port}"

"""One probe: run it, measure how long it took, and say how it ended."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Brought, Error, Failure, NotMade, Outcome
from yunyue.services.monitor.pages import cell
from yunyue.services.monitor.pages.sight import Sight
from yunyue.services.monitor.parameters import Kind, Probe
from yunyue.services.monitor.probes.http import probe_http
from yunyue.services.monitor.probes.icmp import probe_icmp
from yunyue.services.monitor.probes.icmp import unable as no_echo
from yunyue.services.monitor.probes.mail import probe_imap, probe_smtp
from yunyue.services.monitor.probes.openmetrics import probe_openmetrics
from yunyue.services.monitor.probes.page import probe_page
from yunyue.services.monitor.probes.postgres import probe_postgres
from yunyue.services.monitor.probes.steps import probe_steps
from yunyue.services.monitor.probes.tcp import probe_tcp
from yunyue.services.monitor.probes.tls import probe_expiry, probe_tls
from yunyue.services.monitor.probes.udp import probe_udp
from yunyue.services.monitor.probes.websocket import probe_websocket


async def _probe_web(probe: Probe, network: Network) -> None:
    await (probe_steps if probe.steps else probe_http)(probe, network)


async def _probe_dns(probe: Probe, network: Network) -> None:
    """Loaded when asked for: an installation without dnspython lacks this kind and no other."""
    if reason := unable("dns"):
        raise NotMade(reason)
    await import_module("yunyue.services.monitor.probes.dns").probe_dns(probe, network)


def unable(kind: Kind) -> str:
    """Why this installation cannot make probes of that kind; empty when it can."""
    match kind:
        case "icmp":
            return no_echo()
        case "dns":
            return "" if find_spec("dns") else "probes of kind dns need the package dnspython, which is not installed"
        case "page":
            return cell.missing()
        case _:
            return ""


KINDS: Final[Mapping[Kind, Callable[[Probe, Network], Awaitable[Brought | None]]]] = {
    "http": _probe_web,
    "https": _probe_web,
    "tcp": probe_tcp,
    "tls_expiry": probe_expiry,
    "tls": probe_tls,
    "udp": probe_udp,
    "icmp": probe_icmp,
    "dns": _probe_dns,
    "websocket": probe_websocket,
    "smtp": probe_smtp,
    "imap": probe_imap,
    "postgres": probe_postgres,
    "page": probe_page,
    "openmetrics": probe_openmetrics,
}


async def run(probe: Probe, network: Network) -> Outcome:
    """The outcome of one probe; it never lasts longer than its timeout and raises nothing a target can cause.

    Raises NotMade when no probe could be made for a reason on our side.
    """
    began = network.monotonic()
    error: Error | None = None
    try:
        brought = await KINDS[probe.kind](probe, network)
    except Failure as failure:
        error, brought = failure.error, failure.brought
    took = max(0, round((network.monotonic() - began) * 1_000_000))
    if isinstance(brought, Sight) and brought.waterfall.loaded >= 0:
        took = brought.waterfall.loaded  # not how long it took to start a browser and to look at the page
    return Outcome(error or "", took, brought)

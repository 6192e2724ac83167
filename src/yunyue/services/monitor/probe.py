"""One probe: run it, measure how long it took, and say how it ended."""

from typing import assert_never

from yunyue.services.monitor.http import probe_http
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Failure, Outcome
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.tls import probe_expiry, probe_tcp


async def run(probe: Probe, network: Network) -> Outcome:
    """The outcome of one probe; it never lasts longer than its timeout and raises nothing a target can cause."""
    began = network.monotonic()
    error: Error | None = None
    try:
        await _run(probe, network)
    except Failure as failure:
        error = failure.error
    return Outcome(error or "", max(0, round((network.monotonic() - began) * 1_000_000)))


async def _run(probe: Probe, network: Network) -> None:
    match probe.kind:
        case "http" | "https":
            await probe_http(probe, network)
        case "tcp":
            await probe_tcp(probe, network)
        case "tls_expiry":
            await probe_expiry(probe, network)
        case _:
            assert_never(probe.kind)

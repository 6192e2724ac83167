"""The metrics probe: an endpoint is scraped, and its numbers go to the metrics of the contract."""

import asyncio

from yunyue.services.monitor.expectation import Answer, judge
from yunyue.services.monitor.metrics.exposition import ACCEPTED, NoExposition, read
from yunyue.services.monitor.metrics.scraped import Scraped
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.exchange import Stage
from yunyue.services.monitor.probes.http import send, write
from yunyue.services.monitor.reading import sendable
from yunyue.services.monitor.target import Target
from yunyue.sla.span import milliseconds


async def probe_openmetrics(probe: Probe, network: Network) -> Scraped:
    """What the endpoint exposes. Raises Failure: metrics, when that is no exposition."""
    target = probe.where
    stage = Stage()
    written = write(target, "GET", (("Accept", ACCEPTED), *sendable(probe.headers)), b"")
    try:
        async with asyncio.timeout(probe.timeout):
            answer = await send(target, written, network, stage, (probe.ca, probe.max_body, False))
    except TimeoutError:
        raise Failure(stage.late) from None
    judge(answer, probe.expectation)
    return await asyncio.to_thread(_read, answer, target, milliseconds(network.now()))


def _read(answer: Answer, target: Target, now: int) -> Scraped:
    """In a thread: a long exposition takes a second to read, in which other probes would wait."""
    more = {"instance": f"{target.host}:{target.port}"}
    try:
        text = answer.body.decode("utf-8", "replace")
        return read(text, answer.headers.get("content-type", ""), now, more)
    except NoExposition:
        raise Failure("metrics") from None

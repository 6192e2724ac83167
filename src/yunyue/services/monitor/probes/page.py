"""The page probe: a whole page in a browser, with everything it loads. Success: it is there, loaded, and as asked."""

import asyncio
from typing import Final

from yunyue.services.monitor import element
from yunyue.services.monitor.expectation import landed
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Failure, NotMade
from yunyue.services.monitor.pages import cell
from yunyue.services.monitor.pages.browse import visit
from yunyue.services.monitor.pages.sight import Sight, shown_text
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import connected, timed
from yunyue.services.monitor.probes.trust import context
from yunyue.services.monitor.reading import statuses

MOST_AT_ONCE: Final = 2
"""A browser costs a core for a second and some hundred megabytes."""
WAITS: Final = 0.1
_running: list[str] = []


async def probe_page(probe: Probe, network: Network) -> Sight:
    """What was seen of a page that is as the order asks. Raises Failure, with the sight if there is one; NotMade."""
    if why := cell.missing():
        raise NotMade(why)
    await _turn(probe)
    try:
        trusted = await _verified(probe, network)
        visited = await visit(probe.where, probe.timeout, network, trusted)
    finally:
        _running.remove(probe.target)
    if visited.error:
        raise Failure(visited.error, visited.sight)
    _judge(visited.sight, probe)
    return visited.sight


async def _turn(probe: Probe) -> None:
    """Wait for a place; a page that gets none in time was not visited, and nothing is held against it."""
    left = probe.timeout
    while len(_running) >= MOST_AT_ONCE:
        if left <= 0:
            raise NotMade("too many pages are being visited")
        await asyncio.sleep(WAITS)
        left -= WAITS
    _running.append(probe.target)


async def _verified(probe: Probe, network: Network) -> bytes:
    """With a private CA we verify the certificate ourselves, and then have the browser take this very one."""
    if not probe.ca or probe.where.scheme != "https":
        return b""
    async with timed(probe) as progress, connected(probe, network, progress, context(probe.ca)) as there:
        found = there.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return bytes(found or b"")


def _judge(sight: Sight, probe: Probe) -> None:
    """Raises Failure: status, landing, body, element."""
    fall = sight.waterfall
    if fall.status not in statuses(probe.expectation.statuses):
        raise Failure("status", sight)
    if not landed(fall.landed, probe.lands_on):
        raise Failure("landing", sight)
    if probe.body_contains and probe.body_contains not in "\n".join(shown_text(sight.nodes)):
        raise Failure("body", sight)
    if probe.element and not element.stands(sight.nodes, probe.element, probe.element_text):
        raise Failure("element", sight)

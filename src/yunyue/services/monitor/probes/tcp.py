"""The TCP probe: a connection, and where the order says so a question and what its reply must contain."""

from yunyue.services.monitor.network import Network
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probes.dialogue import connected, timed
from yunyue.services.monitor.reading import octets


async def probe_tcp(probe: Probe, network: Network) -> None:
    """Returns when the target takes a connection and replies as the order asks. Raises Failure."""
    async with timed(probe) as progress, connected(probe, network, progress, None) as there:
        there.say(octets(probe.send))
        if probe.expect:
            await there.until(octets(probe.expect))

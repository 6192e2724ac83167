"""Hands the kept samples of a contract to the series, in order and exactly once.

A batch is numbered by what was sent before it; when the platform dies between the series' yes and our note of it, the
same samples are sent under the same numbers, which the series recognises.
"""

from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Host, Sample
from yunyue.host.log import logger
from yunyue.services.containers.metering.ledger import taken, waiting
from yunyue.services.containers.project.store import Store

AT_ONCE: Final = 1000
log = logger(__name__)


def send(store: Store, contract: str, host: Host) -> int:
    """Send what waits; how many samples the series took. When it takes none they wait on."""
    found = waiting(store, contract, AT_ONCE)
    if not found:
        return 0
    counter = f"sent:{contract}"
    before = store.rows("SELECT value FROM counters WHERE name = ?", (counter,))
    first = int(before[0][0]) if before else 0
    samples = [Sample(one.order, one.indicator, one.at, not one.error, one.error, one.micros) for _, one in found]
    done = host.series.append(samples, f"containers:{contract}", 1, first)
    if isinstance(done, Refused):
        log.warning("samples were not taken", contract=contract, reason=str(done))
        return 0
    taken(store, contract, found[-1][0], first + len(found))
    return len(found)

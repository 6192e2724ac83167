"""Keeps what a scrape brought among the metrics of the contract, under the order's id; and thins what is old."""

import asyncio
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.host.log import logger
from yunyue.services.monitor.instances import Instance
from yunyue.services.monitor.metrics.scraped import Scraped, sort
from yunyue.services.monitor.metrics.store import FILE, store
from yunyue.services.monitor.outcome import Outcome
from yunyue.sla.span import milliseconds

log = logger(__name__)

HOUSEKEEPING_MS: Final = 6 * 3_600_000


class Thinning:
    """Old values become summaries, and old summaries nothing; four times a day, where there are metrics at all."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._next = 0

    async def tick(self) -> None:
        """Do it when it is time."""
        now = milliseconds(self._host.now())
        if now < self._next or not (Path(self._host.folder) / FILE).exists():
            return
        self._next = now + HOUSEKEEPING_MS
        gone = await asyncio.to_thread(lambda: store(Path(self._host.folder)).keep_house(now))
        if gone:
            log.info("old metrics became summaries", values=gone)


def keep_metrics(host: Host, instance: Instance, outcome: Outcome) -> None:
    """Store what the outcome brought; when that is refused it is logged, and the probe counts all the same."""
    if not isinstance(outcome.brought, Scraped):
        return
    named = tuple(
        (sort({**dict(labels), "order": instance.order}), values) for labels, values in outcome.brought.series
    )
    kept = store(Path(host.folder)).add(Scraped(named), milliseconds(host.now()))
    if isinstance(kept, Refused):
        log.error("metrics were not kept", instance=instance.order, reason=str(kept))

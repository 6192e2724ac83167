"""Keeps what a scrape brought among the metrics of the contract, under the order's id."""

from pathlib import Path

from yunyue.answer import Refused
from yunyue.catalog import Host
from yunyue.host.log import logger
from yunyue.services.monitor.instances import Instance
from yunyue.services.monitor.metrics.scraped import Scraped, sort
from yunyue.services.monitor.metrics.store import store
from yunyue.services.monitor.outcome import Outcome
from yunyue.sla.span import milliseconds

log = logger(__name__)


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

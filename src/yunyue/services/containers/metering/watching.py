"""Has the monitoring service probe every declared endpoint, as its users do: at the Service's own address and port.

An answer of any kind is an answer; 502, 503 and 504 are the balancer's own words for "nobody is there". A Service
whose workloads were scaled to nothing is not asked: nobody declared that it should answer.
"""

import time
from datetime import UTC, datetime
from typing import Final

from yunyue.services.containers.entry import AVAILABILITY
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.podman.yard import Yard
from yunyue.services.containers.project.addresses import Address
from yunyue.services.containers.project.wishes import template_of
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.probe import run

EVERY_SECONDS: Final = 15.0
PATIENCE_MS: Final = 5_000
SOMEBODY: Final = "100-501,505-599"
ANSWERED: Final = ("too_large",)
"""A long answer is one too; it need not be read to its end."""


async def watch(yard: Yard, ledger: Ledger) -> int:
    """One attempt at each endpoint of a project; how many."""
    attempts = [(one, http) for one, http in endpoints(yard) if not yard.project.paused]
    for one, http in attempts:
        began = yard.machine.now()
        outcome = await _attempt(yard, one, http=http)
        error = "" if outcome.error in ANSWERED else outcome.error
        ledger.sample(yard.project, AVAILABILITY, began, error=error, micros=outcome.latency_us)
    return len(attempts)


def endpoints(yard: Yard) -> list[tuple[Address, bool]]:
    """The declared ones, and whether they speak HTTP."""
    found: list[tuple[Address, bool]] = []
    for service in yard.wishes.services:
        if not _meant(yard, service.spec.selector):
            continue
        for port in service.spec.ports:
            given = [one for one in yard.given if (one.service, one.port) == (service.name, port.port)]
            found += [(one, port.http) for one in given]
    return found


def _meant(yard: Yard, selector: dict[str, str]) -> bool:
    """Whether something that should run answers to these labels."""
    for _, one in yard.wishes.running():
        template = template_of(one)
        wanted = getattr(one.spec, "replicas", 0)
        if wanted and template is not None and selector.items() <= template.metadata.labels.items():
            return True
    return False


async def _attempt(yard: Yard, one: Address, *, http: bool) -> Outcome:
    """One probe of the monitoring service; it raises nothing an endpoint can cause."""
    place = f"{yard.machine.places.service_address(yard.project.number, one.host)}:{one.port}"
    probe = (
        Probe(kind="http", target=f"http://{place}/", statuses=SOMEBODY, max_redirects=0, timeout_ms=PATIENCE_MS)
        if http
        else Probe(kind="tcp", target=place, timeout_ms=PATIENCE_MS)
    )
    return await run(probe, Network(lambda: _now(yard), time.monotonic, lambda _: True))


def _now(yard: Yard) -> datetime:
    return datetime.fromtimestamp(yard.machine.now() / 1000, UTC)

"""Asks every declared endpoint, as its users do: through the balancer, at the Service's own address and port.

An answer of any kind is an answer; 502, 503 and 504 are the balancer's own words for "nobody is there". A Service
whose workloads were scaled to nothing is not asked: nobody declared that it should answer.
"""

import asyncio
from typing import Final

import aiohttp

from yunyue.services.containers.entry import AVAILABILITY
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.podman.yard import Yard
from yunyue.services.containers.project.addresses import Address
from yunyue.services.containers.project.wishes import template_of

EVERY_SECONDS: Final = 15.0
PATIENCE_SECONDS: Final = 5.0
NOBODY: Final = (502, 503, 504)


async def watch(yard: Yard, ledger: Ledger) -> int:
    """One attempt at each endpoint of a project; how many."""
    attempts = [(one, http) for one, http in endpoints(yard) if not yard.project.paused]
    for one, http in attempts:
        began = yard.machine.now()
        error = await _attempt(yard, one, http=http)
        micros = (yard.machine.now() - began) * 1000
        ledger.sample(yard.project, AVAILABILITY, began, error=error, micros=micros)
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


async def _attempt(yard: Yard, one: Address, *, http: bool) -> str:
    """Empty, or what was wrong."""
    address = yard.machine.places.service_address(yard.project.number, one.host)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            if not http:
                _, writer = await asyncio.open_connection(address, one.port)
                writer.close()
                return ""
            async with yard.machine.session.get(f"http://{address}:{one.port}/", allow_redirects=False) as answer:
                return f"status {answer.status}" if answer.status in NOBODY else ""
    except TimeoutError:
        return "read_timeout"
    except (aiohttp.ClientError, OSError):
        return "refused"

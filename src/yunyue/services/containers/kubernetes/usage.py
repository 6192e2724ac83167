"""What replicas use now: counts of processor time from each node's own page, else rates from the metrics API.

The node's page (`/metrics/resource`, by the API server's proxy) needs no metrics server and gives counts, which lose
nothing between two readings; the metrics API gives rates, which are multiplied by the time between readings.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.abilities import Abilities
from yunyue.services.containers.kubernetes.api import Api
from yunyue.services.containers.manifest.quantity import amount

Json = dict[str, Any]

SAMPLE: Final = re.compile(r"^(container_cpu_usage_seconds_total|container_memory_working_set_bytes)\{([^}]*)\} (\S+)")
LABEL: Final = re.compile(r'(\w+)="([^"]*)"')
BILLION: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One pod's: nanoseconds in all (None: only a rate is known), nanoseconds per second, and octets now."""

    pod: str
    total_ns: int | None
    rate: int | None
    octets: int


async def read_usage(api: Api, abilities: Abilities, namespace: str, nodes: Iterable[str]) -> dict[str, Reading]:
    """Every pod of a namespace that is known; none when neither source answers us."""
    pages = await asyncio.gather(*(_page(api, node) for node in sorted(set(nodes))))
    found = {name: one for page in pages for name, one in of_page(page, namespace).items()}
    if found or not abilities.has("PodMetrics"):
        return found
    return await _rates(api, abilities, namespace)


async def _page(api: Api, node: str) -> str:
    try:
        return await api.text(f"/api/v1/nodes/{node}/proxy/metrics/resource")
    except (EngineSaid, EngineGone):
        return ""


def of_page(page: str, namespace: str) -> dict[str, Reading]:
    """The containers of a namespace on a node's page, added up by pod."""
    totals: dict[str, int] = {}
    octets: dict[str, int] = {}
    for line in page.splitlines():
        read = SAMPLE.match(line)
        if read is None:
            continue
        labels = dict(LABEL.findall(read[2]))
        if labels.get("namespace") != namespace or "pod" not in labels:
            continue
        pod, value = labels["pod"], float(read[3])
        if read[1].startswith("container_cpu"):
            totals[pod] = totals.get(pod, 0) + round(value * BILLION)
        else:
            octets[pod] = octets.get(pod, 0) + round(value)
    return {pod: Reading(pod, totals.get(pod), None, octets.get(pod, 0)) for pod in {*totals, *octets}}


async def _rates(api: Api, abilities: Abilities, namespace: str) -> dict[str, Reading]:
    try:
        found = await api.ask("GET", abilities.kind("PodMetrics").path(namespace))
    except (EngineSaid, EngineGone):
        return {}
    return {str(one["metadata"]["name"]): _rate(one) for one in found.get("items") or ()}


def _rate(one: Json) -> Reading:
    rate = octets = 0
    for container in one.get("containers") or ():
        use = container.get("usage") or {}
        rate += _nanos(str(use.get("cpu", "0")))
        memory = amount(str(use.get("memory", "0")), "memory")
        octets += 0 if isinstance(memory, Refused) else int(memory)
    return Reading(str(one["metadata"]["name"]), None, rate, octets)


def _nanos(text: str) -> int:
    """Processors in nanoseconds per second; the metrics API writes 1234567n and 1500u beside 2 and 250m."""
    for unit, factor in (("n", 1), ("u", 1000)):
        if text.endswith(unit) and text[:-1].isdigit():
            return int(text[:-1]) * factor
    found = amount(text, "cpu")
    return 0 if isinstance(found, Refused) else int(found * BILLION)

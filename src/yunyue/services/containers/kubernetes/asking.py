"""Asks every declared endpoint through the API server, which stands where a project's own pods stand.

An answer of any kind is an answer; 502, 503 and 504 say that nobody is there. A port that speaks no HTTP cannot be
asked that way: it counts as answered while a replica behind it is ready.
"""

from typing import Final

from yunyue.services.containers.entry import AVAILABILITY
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.plot import Plot
from yunyue.services.containers.manifest.objects import Service, ServicePort
from yunyue.services.containers.metering.ledger import Ledger

NOBODY: Final = (502, 503, 504)
FORBIDDEN: Final = 403


async def ask_endpoints(plot: Plot, ledger: Ledger) -> int:
    """One attempt at each endpoint of a project; how many were judged. The platform's own trouble judges nobody."""
    judged = 0
    for service, port in _declared(plot):
        began = plot.cluster.now()
        error = await _attempt(plot, service, port)
        if error is not None:
            ledger.sample(plot.project, AVAILABILITY, began, error=error, micros=(plot.cluster.now() - began) * 1000)
            judged += 1
    return judged


def _declared(plot: Plot) -> list[tuple[Service, ServicePort]]:
    if plot.project.paused or plot.trouble:
        return []
    services = [one for one in plot.wishes.services if _meant(plot, one) and one.spec.cluster_ip != "None"]
    return [(one, port) for one in services for port in one.spec.ports]


def _meant(plot: Plot, service: Service) -> bool:
    """Whether something that should run answers to a Service's labels."""
    return any(
        getattr(one.spec, "replicas", 0) and service.spec.selector.items() <= one.spec.template.metadata.labels.items()
        for _, one in plot.wishes.running()
    )


async def _attempt(plot: Plot, service: Service, port: ServicePort) -> str | None:
    """Empty, or what was wrong; None when it cannot be told."""
    if not port.http:
        return "" if _ready(plot, service) else "refused"
    path = plot.cluster.abilities.kind("Service").path(plot.namespace, f"http:{service.name}:{port.port}/proxy/")
    try:
        await plot.cluster.api.text(path)
    except EngineSaid as error:
        if error.status == FORBIDDEN and "services/proxy" in error.words:
            return None
        return f"status {error.status}" if error.status in NOBODY else ""
    except EngineGone:
        return None
    return ""


def _ready(plot: Plot, service: Service) -> bool:
    chosen = {
        (row.kind, row.name)
        for row, one in plot.wishes.running()
        if service.spec.selector.items() <= one.spec.template.metadata.labels.items()
    }
    return any((one.kind, one.workload) in chosen and one.phase == "ready" for one in plot.hearing.rows)

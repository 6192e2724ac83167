"""Which replicas a Service's ports, and an Ingress's paths, lead to. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from yunyue.services.containers.balancer.balancer import Route, State, Target
from yunyue.services.containers.balancer.layout import EDGE_PORT, EDGE_TLS_PORT, Layout
from yunyue.services.containers.manifest.checks import port_number
from yunyue.services.containers.manifest.objects import Backend, Ingress, NetworkPolicy, Service, ServicePort
from yunyue.services.containers.manifest.pod import Template
from yunyue.services.containers.podman.mounts import Shelf
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.walls import Guard, Wall
from yunyue.services.containers.project.addresses import EDGE, Address
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ReplicaRow
from yunyue.services.containers.project.wishes import pem_of

Live = Sequence[tuple[ReplicaRow, Template]]
"""Replicas that have an address, each with the template it was made from."""


def selected(labels: Mapping[str, str], live: Live) -> list[tuple[ReplicaRow, Template]]:
    """Replicas that carry all the labels; none of no labels."""
    return [one for one in live if labels and labels.items() <= one[1].metadata.labels.items()]


def targets(services: Iterable[Service], given: Sequence[Address], live: Live) -> dict[int, dict[Target, State]]:
    """For each slot the targets that are ready, and those that drain."""
    found: dict[int, dict[Target, State]] = {}
    for service in services:
        chosen = selected(service.spec.selector, live)
        for port in service.spec.ports:
            slot = next((one.slot for one in given if (one.service, one.port) == (service.name, port.port)), -1)
            if slot >= 0:
                found[slot] = _of_port(port, chosen)
    return found


def _of_port(port: ServicePort, chosen: Live) -> dict[Target, State]:
    wanted = port.target_port if port.target_port is not None else port.port
    found: dict[Target, State] = {}
    for row, template in chosen:
        number = port_number(wanted, template.spec)
        if number is not None and row.address and row.phase in ("ready", "draining"):
            found[row.address, number] = "ready" if row.phase == "ready" else "drain"
    return found


def routes(ingresses: Iterable[Ingress], services: Sequence[Service], given: Sequence[Address]) -> tuple[Route, ...]:
    """Where the edge sends hosts and paths; a path to a Service that is not there leads nowhere."""
    found: list[Route] = []
    for ingress in ingresses:
        if ingress.spec.default_backend is not None:
            slot = _slot(ingress.spec.default_backend, services, given)
            found += [Route("", "/", exact=False, slot=slot)] if slot is not None else []
        for rule in ingress.spec.rules:
            for path in rule.http.paths:
                slot = _slot(path.backend, services, given)
                if slot is not None:
                    found.append(Route(rule.host.lower(), path.path, exact=path.path_type == "Exact", slot=slot))
    return tuple(found)


def _slot(backend: Backend, services: Sequence[Service], given: Sequence[Address]) -> int | None:
    service = next((one for one in services if one.name == backend.service.name), None)
    if service is None:
        return None
    wanted = backend.service.port
    port = next(
        (
            one.port
            for one in service.spec.ports
            if (one.name == wanted.name if wanted.name else one.port == wanted.number)
        ),
        None,
    )
    return next((one.slot for one in given if (one.service, one.port) == (service.name, port)), None)


def wall(places: Places, project: Project, layout: Layout, given: Sequence[Address], guards: tuple[Guard, ...]) -> Wall:
    """What passes for a project."""
    services: dict[tuple[str, int], int] = {}
    outer: dict[int, int] = {}
    for one in given:
        port = layout.port(one.slot) if one.service != EDGE else EDGE_PORT if one.port == 80 else EDGE_TLS_PORT
        services[places.service_address(project.number, one.host), one.port] = port
        if one.outer:
            outer[one.outer] = port
    return Wall(project.number, project.wanted.egress, services, outer, guards)


def guards(policies: Iterable[NetworkPolicy], live: Live) -> tuple[Guard, ...]:
    """The guarded replicas' addresses and who may come in. Requests through a Service come from the balancer."""
    found: list[Guard] = []
    for policy in policies:
        labels = policy.spec.pod_selector.match_labels
        guarded = selected(labels, live) if labels else list(live)
        opened: list[tuple[tuple[str, ...], int]] = []
        for rule in policy.spec.ingress:
            sources = sorted(
                {row.address for peer in rule.from_ for row, _ in _peers(peer.pod_selector.match_labels, live)}
            )
            if rule.from_ and not sources:
                continue
            opened += [(tuple(sources), port.port) for port in rule.ports] or [(tuple(sources), 0)]
        addresses = tuple(sorted(row.address for row, _ in guarded if row.address))
        found.append(Guard(addresses, tuple(opened)))
    return tuple(found)


def _peers(labels: Mapping[str, str], live: Live) -> Live:
    return [one for one in (selected(labels, live) if labels else live) if one[0].address]


def hosts(places: Places, project: Project, services: Iterable[Service], given: Sequence[Address], live: Live) -> str:
    """The names that replicas of a project know, as /etc/hosts: Services, and replicas of headless ones by name."""
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
    for service in services:
        names = _names(service.name, project.name)
        if service.spec.cluster_ip == "None":
            for row, _ in selected(service.spec.selector, live):
                if row.address:
                    own = f"{row.name}.{service.name}"
                    lines.append(f"{row.address} {names} {_names(own, project.name)}")
            continue
        host = next((one.host for one in given if one.service == service.name), None)
        if host is not None:
            lines.append(f"{places.service_address(project.number, host)} {names}")
    return "\n".join([*lines, ""])


def _names(name: str, project: str) -> str:
    return " ".join((name, f"{name}.{project}", f"{name}.{project}.svc", f"{name}.{project}.svc.cluster.local"))


def certificates(ingresses: Iterable[Ingress], shelf: Shelf) -> dict[str, bytes]:
    """The PEM texts the edge shows, by the names of their Secrets."""
    found: dict[str, bytes] = {}
    for ingress in ingresses:
        for tls in ingress.spec.tls:
            secret = shelf.secrets.get(tls.secret_name)
            pem = pem_of(secret) if secret is not None else b""
            if pem:
                found[tls.secret_name] = pem
    return found

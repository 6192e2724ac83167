"""Which address, balancer slot and outer port each port of a Service has; once given, it stays."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.objects import Service, ServicePort
from yunyue.services.containers.project.store import Store

EDGE: Final = "~edge"
"""The name under which a project's own door from outside (Ingress) is kept."""

HOSTS: Final = range(10, 251)
OUTER: Final = range(30_000, 32_768)


@dataclass(frozen=True, slots=True)
class Address:
    """A Service's port: the last octet of its address, the balancer's slot, and the machine's port (0: none)."""

    service: str
    port: int
    host: int
    slot: int
    outer: int


def addresses(store: Store, project: str) -> tuple[Address, ...]:
    """Everything a project was given."""
    query = "SELECT service, port, host, slot, outer_port FROM places WHERE project = ? ORDER BY service, port"
    return tuple(Address(*row) for row in store.rows(query, (project,)))


class Giving:
    """Gives addresses within one transaction, so that two projects never get the same port."""

    def __init__(self, db: sqlite3.Connection, project: str, ports: int) -> None:
        self._db = db
        self._project = project
        self._ports = ports
        query = "SELECT service, port, host, slot, outer_port FROM places WHERE project = ?"
        self._mine = {(row[0], row[1]): Address(*row) for row in db.execute(query, (project,))}
        self._outer = {row[0] for row in db.execute("SELECT outer_port FROM places WHERE outer_port > 0")}

    def keep(self, services: Iterable[Service], *, edge: bool, taken: Mapping[int, str]) -> Refused | None:
        """Give what is missing and take back what is not needed. `taken`: ports of the machine others listen on."""
        wanted: dict[tuple[str, int], Address] = {}
        for service in services:
            if service.spec.cluster_ip == "None":
                continue
            host = self._host(service.name, wanted)
            for port in service.spec.ports:
                given = self._one(service, port, host, wanted, taken)
                if isinstance(given, Refused):
                    return given
                wanted[service.name, port.port] = given
        for number in (80, 443) if edge else ():
            outer = self._mine[EDGE, number].outer if (EDGE, number) in self._mine else self._free_outer(wanted, taken)
            wanted[EDGE, number] = Address(EDGE, number, 1, -1, outer)
        self._write(wanted)
        return None

    def _host(self, service: str, wanted: Mapping[tuple[str, int], Address]) -> int:
        known = {one.service: one.host for one in (*self._mine.values(), *wanted.values())}
        return known.get(service) or next(one for one in HOSTS if one not in known.values())

    def _one(
        self,
        service: Service,
        port: ServicePort,
        host: int,
        wanted: Mapping[tuple[str, int], Address],
        taken: Mapping[int, str],
    ) -> Address | Refused:
        before = self._mine.get((service.name, port.port))
        first = 0 if port.http else self._ports
        slots = range(first, first + self._ports)
        used = {one.slot for one in (*self._mine.values(), *wanted.values())}
        slot = before.slot if before and before.slot in slots else next((one for one in slots if one not in used), -1)
        if slot < 0:
            return Refused(f"the project has {self._ports} ports", "quota.ports", "C37")
        outer = 0
        if service.spec.type == "NodePort":
            outer = port.node_port or (before.outer if before else 0) or self._free_outer(wanted, taken)
            mine = before is not None and before.outer == outer
            given = self._outer | {one.outer for one in wanted.values()}
            if not mine and (outer in given or outer in taken or outer not in OUTER):
                whose = (
                    taken.get(outer, "another Service") if outer in OUTER else "the machine; 30000 to 32767 are given"
                )
                return Refused(f"port {outer} is taken by {whose}", f"{service.name}: spec.ports.nodePort", "C37")
        return Address(service.name, port.port, host, slot, outer)

    def _free_outer(self, wanted: Mapping[tuple[str, int], Address], taken: Mapping[int, str]) -> int:
        used = self._outer | set(taken) | {one.outer for one in wanted.values()}
        return next(one for one in OUTER if one not in used)

    def _write(self, wanted: Mapping[tuple[str, int], Address]) -> None:
        self._db.execute("DELETE FROM places WHERE project = ?", (self._project,))
        rows = [(self._project, one.service, one.port, one.host, one.slot, one.outer) for one in wanted.values()]
        self._db.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)", rows)

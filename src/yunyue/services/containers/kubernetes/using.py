"""Adds up what a project's pods used since the last reading, and keeps the last reading for `top`.

Each pod's count is kept with what was added of it: a platform that comes back adds what was used meanwhile, once.
"""

from collections.abc import Mapping
from typing import Any, Final

from yunyue.services.containers.engine import Use
from yunyue.services.containers.kubernetes.reading import limits_of
from yunyue.services.containers.kubernetes.usage import BILLION, Reading
from yunyue.services.containers.manifest.quantity import milli, octets
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.rows import ReplicaRow
from yunyue.services.containers.project.store import Store

Json = dict[str, Any]

TOP: Final = ("Cluster", "top")
"""Where the last reading is kept: among the status of objects, under a kind that no object has."""


class Using:
    """One project's."""

    def __init__(self, store: Store, project: str) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._objects = Objects(store, project)
        self._project = project

    def take(self, readings: Mapping[str, Reading], pods: Mapping[str, Json], now: int) -> None:
        """Count a reading of all pods. `pods`: by name."""
        before = self._objects.status(*TOP)
        known, since = before.get("pods") or {}, int(before.get("at") or 0)
        kept: dict[str, Json] = {}
        used = total = 0
        for name, one in readings.items():
            if name not in pods:
                continue
            uid = str(pods[name]["metadata"]["uid"])
            last = known.get(name) if (known.get(name) or {}).get("uid") == uid else None
            spent = _spent(one, last, (since, now))
            used, total = used + spent, total + one.octets
            most = limits_of(pods[name])
            kept[name] = {
                "uid": uid,
                "ns": one.total_ns,
                "milli": _milli(one, last, spent, now - since),
                "octets": one.octets,
                "most_milli": milli(most[0]),
                "most_octets": octets(most[1]),
            }
        self._add(used, total, now, since or now)
        self._objects.set_status(*TOP, {"at": now, "pods": kept})

    def _add(self, used: int, total: int, now: int, since: int) -> None:
        """The ledger counts as of a group that only grows: the sum of all that was ever added."""
        name = f"cpu:{self._project}"
        found = self._store.rows("SELECT value FROM counters WHERE name = ?", (name,))
        self._ledger.use(self._project, (int(found[0][0]) if found else 0) + used, total, now, since)

    def top(self, rows: tuple[ReplicaRow, ...]) -> tuple[Use, ...]:
        """The last reading of the replicas that are there."""
        known = self._objects.status(*TOP).get("pods") or {}
        return tuple(
            Use(
                row.name,
                row.kind,
                row.workload,
                known[row.name]["milli"],
                known[row.name]["most_milli"],
                known[row.name]["octets"],
                known[row.name]["most_octets"],
            )
            for row in rows
            if row.name in known
        )


def _spent(one: Reading, last: Json | None, between: tuple[int, int]) -> int:
    """Nanoseconds since the last reading; a count that began anew counts whole."""
    since, now = between
    if one.total_ns is None:
        return (one.rate or 0) * max(0, now - since) // 1000 if since and last else 0
    before = int((last or {}).get("ns") or 0)
    return one.total_ns - before if one.total_ns >= before else one.total_ns


def _milli(one: Reading, last: Json | None, spent: int, span: int) -> int:
    if one.rate is not None:
        return one.rate * 1000 // BILLION
    return spent // max(1, span) // 1000 if last else 0

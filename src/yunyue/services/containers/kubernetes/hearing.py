"""Turns what a cluster says of pods into kept replicas, samples for the SLA and events people read."""

from typing import Any, Final

import msgspec

from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.counting import Counting
from yunyue.services.containers.kubernetes.names import DIGEST, KIND, NAME
from yunyue.services.containers.kubernetes.reading import moment, replica
from yunyue.services.containers.manifest.objects import KINDS
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import EventRow, ObjectRow, ReplicaRow

Json = dict[str, Any]

RAN: Final = ("running", "ready")
HEARD: Final = ("Cluster", "events")
"""Where it is kept up to when events were told."""


class Hearing:
    """Of one project."""

    def __init__(self, cluster: Cluster, project: Project) -> None:
        self._cluster = cluster
        self._project = project
        self._objects = Objects(cluster.store, project.order)
        self._ledger = Ledger(cluster.store)
        self._rows = {row.name: row for row in self._objects.replicas()}
        self._died: dict[tuple[str, str], list[int]] = {}
        self._told = int(self._objects.status(*HEARD).get("at") or 0)
        self.counting = Counting(cluster.store, project.order)

    @property
    def rows(self) -> list[ReplicaRow]:
        """Every replica as it is known now."""
        return list(self._rows.values())

    def pod(self, deed: str, one: Json, *, missed: bool) -> None:
        """A pod changed. `missed`: its workload has fewer of the newest than it wants, so it was not sent away."""
        if deed == "DELETED":
            self.counting.gone(one, self._cluster.now())
            self._drop(str(one["metadata"]["name"]), missed=missed)
            return
        self.counting.count(one)
        row = replica(one, self._project.order)
        if row is None:
            return
        before = self._rows.get(row.name)
        if missed and before is not None and before.phase == "ready" and row.phase in ("draining", "ended"):
            self._mourn(row)
        row = self._sampled(row, before)
        if row != before:
            self._rows[row.name] = row
            self._objects.keep(row)

    def _drop(self, name: str, *, missed: bool) -> None:
        row = self._rows.pop(name, None)
        if row is not None:
            self._objects.drop(name)
            if missed and row.phase == "ready":
                self._mourn(row)

    def _mourn(self, row: ReplicaRow) -> None:
        """A replica that was wanted is dead: the next one that serves replaces it."""
        self._died.setdefault((row.kind, row.workload), []).append(self._cluster.now())

    def serving(self, of: ObjectRow, without: str) -> int:
        """How many replicas of an object's newest revision serve, one of them left out."""
        return sum(
            (one.kind, one.workload, one.digest, one.phase) == (of.kind, of.name, of.digest, "ready")
            for one in self._rows.values()
            if one.name != without
        )

    def keep_only(self, names: set[str]) -> None:
        """After a list: replicas that are nowhere are forgotten."""
        for name in [one for one in self._rows if one not in names]:
            self._drop(name, missed=False)

    def _sampled(self, row: ReplicaRow, before: ReplicaRow | None) -> ReplicaRow:
        """The row, with samples taken of what became of it: a start, a failed one, a replacement."""
        was = before.phase if before is not None else "waiting"
        again = before is not None and row.attempt > before.attempt
        if row.phase in RAN and (was not in RAN or again):
            self._sample("")
        failed = row.reason.partition(":")[0]
        if failed and row.phase in ("waiting", "starting") and (before is None or before.reason != row.reason):
            self._sample(failed[:60])
        died = before.died if before is not None else 0
        if again and was == "ready" and row.phase != "ready":
            died = died or self._cluster.now()
        if row.phase == "ready" and was != "ready":
            waiting = self._died.get((row.kind, row.workload)) or []
            died = died or (waiting.pop(0) if waiting else 0)
            if died:
                self._ledger.replaced(self._project, msgspec.structs.replace(row, died=died), self._cluster.now())
            died = 0
        return msgspec.structs.replace(row, died=died)

    def _sample(self, error: str) -> None:
        self._ledger.sample(self._project, "success", self._cluster.now(), error=error)

    def event(self, one: Json) -> None:
        """What the cluster tells: of our objects everything, of pods what is a warning. Told once."""
        at = moment(one.get("lastTimestamp") or one.get("eventTime") or one["metadata"].get("creationTimestamp"))
        of, warning = one.get("involvedObject") or {}, one.get("type") == "Warning"
        kind, name = str(of.get("kind", "")), str(of.get("name", ""))
        if at < self._told or not (warning or kind in KINDS):
            return
        self._told = max(at, self._told)
        row = self._rows.get(name) if kind == "Pod" else None
        message = str(one.get("message") or "")[:1000]
        self._objects.tell(
            EventRow(
                0,
                self._project.order,
                at,
                row.kind if row is not None else kind,
                row.workload if row is not None else name,
                "warning" if warning else "normal",
                str(one.get("reason") or "Told"),
                f"{name}: {message}" if row is not None else message,
            )
        )

    def note(self) -> None:
        """Keep up to when events were told."""
        if self._objects.status(*HEARD).get("at") != self._told:
            self._objects.set_status(*HEARD, {"at": self._told})


def belongs_to(pod: Json) -> tuple[str, str]:
    """Kind and name of a pod's workload."""
    labels = pod["metadata"].get("labels") or {}
    return str(labels.get(KIND, "")), str(labels.get(NAME, ""))


def digest_of(pod: Json) -> str:
    """Which revision of its workload a pod is of."""
    return str((pod["metadata"].get("annotations") or {}).get(DIGEST, ""))

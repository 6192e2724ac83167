"""Applies a project's objects, each when it changed or was changed, and removes what nobody asks for any more.

What the server refuses is kept by object, in its own words, and tried again at the next round.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.kubernetes.api import MERGE
from yunyue.services.containers.kubernetes.barring import Barring
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.names import KIND, MANAGER, NAME, SCALER, selector
from yunyue.services.containers.kubernetes.rendering import Rendering
from yunyue.services.containers.project.objects import digest
from yunyue.services.containers.project.rows import ObjectRow
from yunyue.services.containers.project.wishes import Wishes

Json = dict[str, Any]
Key = tuple[str, str]
Seen = Mapping[str, Mapping[str, Json]]
"""What is in the cluster: kind, name, object."""

INVALID: Final = 422
OVER: Final = ("complete", "failed")


class Planting:
    """Of one project."""

    def __init__(self, cluster: Cluster, rendering: Rendering) -> None:
        self._cluster = cluster
        self.rendering = rendering
        self._barring = Barring(cluster)
        self.refused: dict[Key, str] = {}
        self._applied: dict[Key, str] = {}
        self._essence: dict[Key, str] = {}
        self._generation: dict[Key, int] = {}
        self._secrets: frozenset[str] | None = None

    def forget(self) -> None:
        """Say everything again at the next occasion."""
        self._applied.clear()
        self._secrets = None

    def drifted(self, kind: str, deed: str, one: Json) -> bool:
        """Hear of a change in the cluster; whether it was somebody else's, to be put back."""
        key = (kind, str(one["metadata"]["name"]))
        if key not in self._applied or (deed != "DELETED" and essence(one) == self._essence.get(key)):
            return False
        del self._applied[key]
        return True

    def ahead(self, key: Key, live: Json) -> bool:
        """Whether the server took what is wished since `live` was heard of: it tells of what was wished before."""
        return _generation(live) < self._generation.get(key, 0)

    async def plant(self, wishes: Wishes, seen: Seen, over: frozenset[str]) -> None:
        """Apply what is to be. `over`: Jobs that were done already. Raises EngineGone."""
        driven = driven_by(wishes)
        rows = {(row.kind, row.name): row for row in wishes.rows}
        for key in [one for one in (*self._applied, *self.refused) if one not in rows]:
            for kept in (self._applied, self.refused, self._generation):
                kept.pop(key, None)
        for row in _in_order(wishes):
            if row.kind == "CronJob" and not self._cluster.abilities.time_zone:
                continue
            if row.kind == "Job" and (row.name in over or self.rendering.project.paused):
                continue
            live = seen.get(row.kind, {}).get(row.name)
            try:
                barred = await self._one(row, live, driven=(row.kind, row.name) in driven)
                words = barred.reason if barred is not None else ""
            except EngineSaid as error:
                words = _explained(row, error)
            self.refused.pop((row.kind, row.name), None)
            if words:
                self.refused[row.kind, row.name] = words

    async def _one(self, row: ObjectRow, live: Json | None, *, driven: bool) -> Refused | None:
        """Apply an object, when it is not as it is to be. Refused: its image may not run. Raises EngineSaid."""
        # What an autoscaler is to drive begins with the number that was asked for, and is then left to it.
        document = self.rendering.document(row, driven=driven and live is not None)
        key, mark = (row.kind, row.name), digest(document)
        if self._applied.get(key) == mark:
            return None
        barred = await self._barring.barred(self.rendering.project, document, live)
        if barred is not None:
            return barred
        path = self._cluster.abilities.kind(row.kind).path(self.rendering.namespace, row.name)
        if driven and live is not None and _owns_replicas(live):
            await self._hand_over(path, document, live)
        if live is not None and _contradicts(document, live):
            body = {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}
            await self._cluster.api.ask("PATCH", path, body, kind=MERGE)
        kept = await self._cluster.api.apply(path, document)
        self._applied[key] = mark
        self._essence[key] = essence(kept)
        self._generation[key] = _generation(kept)
        return None

    async def _hand_over(self, path: str, document: Json, live: Json) -> None:
        """Keep the number of replicas while it changes hands: a field nobody owns goes back to one."""
        head = {"name": document["metadata"]["name"], "namespace": document["metadata"]["namespace"]}
        spec = {"replicas": live["spec"].get("replicas", 1)}
        held = {"apiVersion": document["apiVersion"], "kind": document["kind"], "metadata": head, "spec": spec}
        await self._cluster.api.apply(path, held, SCALER)

    async def weed(self, wishes: Wishes, seen: Seen) -> None:
        """Remove what is ours and asked for no more. Raises EngineGone, EngineSaid."""
        wanted = {(row.kind, row.name) for row in wishes.rows}
        for kind, objects in seen.items():
            for one in list(objects.values()):
                metadata = one["metadata"]
                labels = metadata.get("labels") or {}
                asked = (labels.get(KIND, ""), labels.get(NAME, ""))
                mine = kind != "Pod" and KIND in labels and not metadata.get("ownerReferences")
                if mine and asked not in wanted and not metadata.get("deletionTimestamp"):
                    await self._remove(kind, str(metadata["name"]))
        await self._weed_secrets(frozenset(name for kind, name in wanted if kind == "Secret"))

    async def _remove(self, kind: str, name: str) -> None:
        path = self._cluster.abilities.kind(kind).path(self.rendering.namespace, name)
        await self._cluster.api.remove(path, propagationPolicy="Background")

    async def _weed_secrets(self, wanted: frozenset[str]) -> None:
        """Secrets are never read back; those of other names go by selector."""
        if wanted == self._secrets:
            return
        chosen = selector(self.rendering.key, self.rendering.project) + f",{KIND}=Secret"
        if wanted:
            chosen += f",{NAME} notin ({','.join(sorted(wanted))})"
        path = self._cluster.abilities.kind("Secret").path(self.rendering.namespace)
        await self._cluster.api.ask("DELETE", path, labelSelector=chosen)
        self._secrets = wanted


def driven_by(wishes: Wishes) -> set[Key]:
    """What HorizontalPodAutoscalers drive."""
    return {(one.spec.scale_target_ref.kind, one.spec.scale_target_ref.name) for one in wishes.autoscalers}


def _in_order(wishes: Wishes) -> list[ObjectRow]:
    """What others mount first, what runs after it."""
    order = ["ConfigMap", "Secret", "PersistentVolumeClaim", "Service", "NetworkPolicy"]
    return sorted(wishes.rows, key=lambda row: (order.index(row.kind) if row.kind in order else len(order), row.name))


def _contradicts(document: Json, live: Json) -> bool:
    """Whether the server's own default of a rolling update would stand beside Recreate, which it then refuses."""
    wanted = (document.get("spec") or {}).get("strategy") or {}
    there = (live.get("spec") or {}).get("strategy") or {}
    return wanted.get("type") == "Recreate" and "rollingUpdate" in there


def _generation(one: Json) -> int:
    return int(one["metadata"].get("generation") or 0)


def _owns_replicas(live: Json) -> bool:
    for one in live["metadata"].get("managedFields") or ():
        spec = (one.get("fieldsV1") or {}).get("f:spec") or {}
        if one.get("manager") == MANAGER and "f:replicas" in spec:
            return True
    return False


def _explained(row: ObjectRow, error: EngineSaid) -> str:
    if row.kind == "Job" and error.status == INVALID and "immutable" in error.words:
        return "a Job that was begun cannot be changed; delete it and apply it again"
    return error.words


def essence(one: Json) -> str:
    """What of an object is asked for, and not told: it differs when somebody changed that."""
    metadata = one.get("metadata") or {}
    parts = {name: value for name, value in one.items() if name not in ("metadata", "status", "apiVersion", "kind")}
    text = json.dumps([parts, metadata.get("labels")], sort_keys=True)
    return digest(text)

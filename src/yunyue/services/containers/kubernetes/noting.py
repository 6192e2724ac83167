"""Writes down how far each object is, in the words both engines use, and goes back when an update has failed."""

import json
from typing import Any, Final, Literal

import msgspec

from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.planting import Planting, Seen, driven_by
from yunyue.services.containers.kubernetes.reading import over_since, plan_of
from yunyue.services.containers.kubernetes.standing import standing
from yunyue.services.containers.manifest.objects import Job
from yunyue.services.containers.podman.planning import Plan
from yunyue.services.containers.podman.rolling import Rolling
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import EventRow, ObjectRow, ReplicaRow
from yunyue.services.containers.project.wishes import Running, Wishes

Json = dict[str, Any]

TROUBLE: Final = ("Cluster", "trouble")
"""Where it is kept why nothing can be done at the moment."""


class Noting:
    """Of one project."""

    def __init__(self, cluster: Cluster, project: Project) -> None:
        self._cluster = cluster
        self.project = project
        self._objects = Objects(cluster.store, project.order)
        self._rolling = Rolling(self._objects, cluster.now)

    def note(self, wishes: Wishes, seen: Seen, rows: list[ReplicaRow], planting: Planting) -> None:
        """All of them."""
        self._follow_autoscalers(wishes, seen)
        running = {(row.kind, row.name): one for row, one in wishes.running()}
        for row in wishes.rows:
            key = (row.kind, row.name)
            live, trouble = seen.get(row.kind, {}).get(row.name), planting.refused.get(key, "")
            if key in running:
                if live is not None and planting.ahead(key, live):
                    # It tells of the wish before; taken for this one, a revision that never ran would be a good one.
                    live = {**live, "status": {}}
                mine = [one for one in rows if (one.kind, one.workload) == key]
                self._workload(row, running[key], live, (mine, trouble))
            elif row.kind != "CronJob" or self._cluster.abilities.time_zone:
                self._still(row, standing(row.kind, live, trouble))

    def _workload(self, row: ObjectRow, one: Running, live: Json | None, told: tuple[list[ReplicaRow], str]) -> None:
        rows, trouble = told
        if isinstance(one, Job) and live is None and self.over(row.name):
            return
        wanted = 0 if self.project.paused else int(getattr(one.spec, "replicas", 0))
        plan = plan_of(row.kind, live, wanted)
        if trouble:
            # What runs is what ran before: it has not failed, and goes back only when its deadline is over.
            plan = Plan((), (), "progressing", plan.updated, plan.available, trouble)
        self._rolling.note(row, one, plan, rows, trouble)
        if isinstance(one, Job) and live is not None:
            self._forget(row, one, live)

    def over(self, name: str) -> bool:
        """Whether a Job was done, well or badly: it is not begun again."""
        return self._objects.status("Job", name).get("state") in ("complete", "failed")

    def _forget(self, row: ObjectRow, one: Job, live: Json) -> None:
        ttl, since = one.spec.ttl_seconds_after_finished, over_since(live)
        if ttl is not None and since and self._cluster.now() - since > ttl * 1000:
            self._objects.remove("Job", row.name)

    def _still(self, row: ObjectRow, after: Json) -> None:
        before = self._objects.status(row.kind, row.name)
        if after == before:
            return
        self._objects.set_status(row.kind, row.name, after)
        if after["state"] == "failed":
            event = EventRow(
                0, row.project, self._cluster.now(), row.kind, row.name, "warning", "Failed", str(after["reason"])
            )
            self._objects.tell(event)

    def stumbled(self, words: str) -> None:
        """Say why nothing can be done, or, with nothing, that it can again."""
        self._objects.set_status(*TROUBLE, {"words": words})
        severity: Literal["warning", "normal"] = "warning" if words else "normal"
        reason, message = ("EngineTrouble", words) if words else ("EngineBack", "the cluster answers again")
        now, project = self._cluster.now(), self.project
        self._objects.tell(EventRow(0, project.order, now, "Project", project.name, severity, reason, message))

    def _follow_autoscalers(self, wishes: Wishes, seen: Seen) -> None:
        """A workload an autoscaler drives is wished as it was driven, so that its state is told rightly."""
        for kind, name in driven_by(wishes):
            row = next((one for one in wishes.rows if (one.kind, one.name) == (kind, name)), None)
            live = seen.get(kind, {}).get(name)
            if row is None or live is None or self.project.paused:
                continue
            body, now = json.loads(row.body), int(live["spec"].get("replicas", 1))
            if body["spec"].get("replicas", 1) != now:
                body["spec"]["replicas"] = now
                self._objects.put((msgspec.structs.replace(row, body=json.dumps(body)),))

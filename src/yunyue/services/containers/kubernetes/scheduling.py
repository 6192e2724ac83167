"""Makes the Jobs of CronJobs where a cluster knows no time zones (before 1.25), as podman's engine does everywhere.

There a schedule would follow whatever zone the cluster's controllers happen to live in.
"""

from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.manifest.cron import Schedule, read_schedule
from yunyue.services.containers.manifest.objects import CronJob, Job
from yunyue.services.containers.project.objects import Objects, document
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import EventRow, ObjectRow
from yunyue.services.containers.project.wishes import Wishes, template_digest

OVER: Final = ("complete", "failed")


class Scheduling:
    """Of one project."""

    def __init__(self, cluster: Cluster, project: Project) -> None:
        self._cluster = cluster
        self._project = project
        self._objects = Objects(cluster.store, project.order)

    def tick(self, wishes: Wishes) -> None:
        """Make what is due, and forget what was done longest ago."""
        for one in wishes.cron_jobs:
            schedule = read_schedule(one.spec.schedule, one.spec.time_zone)
            if isinstance(schedule, Schedule) and not one.spec.suspend:
                self._look(one, schedule, wishes)
            self._tidy(one, wishes)

    def _look(self, one: CronJob, schedule: Schedule, wishes: Wishes) -> None:
        now = self._cluster.now()
        last = int(self._objects.status("CronJob", one.name).get("last") or now)
        due, following = last, schedule.after(_moment(last))
        while following is not None and _ms(following) <= now:
            due, following = _ms(following), schedule.after(following)
        if due > last or not self._objects.status("CronJob", one.name):
            self._objects.set_status("CronJob", one.name, {"last": due, "state": "ready"})
        if due > last and now - due <= one.spec.starting_deadline_seconds * 1000:
            self._make(one, due, wishes)

    def _make(self, one: CronJob, due: int, wishes: Wishes) -> None:
        running = [row for row in self._mine(one, wishes) if self._state(row) not in OVER]
        if running and one.spec.concurrency_policy == "Forbid":
            self._tell(one, "Missed", "the job before still runs")
            return
        for row in running if one.spec.concurrency_policy == "Replace" else ():
            self._objects.remove("Job", row.name)
        name, spec = f"{one.name}-{due // 60_000}", one.spec.job_template.spec
        metadata = msgspec.structs.replace(one.metadata, name=name)
        job = Job(api_version="batch/v1", kind="Job", metadata=metadata, spec=spec)
        mark, now = template_digest(spec.template, wishes.shelf), self._cluster.now()
        row = ObjectRow(self._project.order, "Job", name, document(job), 1, mark, now, "cron", one.name)
        self._objects.put((row,))
        self._tell(one, "Created", f"Job {name}")

    def _tidy(self, one: CronJob, wishes: Wishes) -> None:
        kept = {"complete": one.spec.successful_jobs_history_limit, "failed": one.spec.failed_jobs_history_limit}
        for state, most in kept.items():
            over = [row for row in self._mine(one, wishes) if self._state(row) == state]
            for row in sorted(over, key=lambda row: -row.at)[most:]:
                self._objects.remove("Job", row.name)

    def _mine(self, one: CronJob, wishes: Wishes) -> list[ObjectRow]:
        return [row for row in wishes.rows if row.kind == "Job" and row.owner == one.name]

    def _state(self, row: ObjectRow) -> str:
        return str(self._objects.status("Job", row.name).get("state") or "")

    def _tell(self, one: CronJob, reason: str, message: str) -> None:
        severity: Literal["warning", "normal"] = "warning" if reason == "Missed" else "normal"
        now, order = self._cluster.now(), self._project.order
        self._objects.tell(EventRow(0, order, now, "CronJob", one.name, severity, reason, message))


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

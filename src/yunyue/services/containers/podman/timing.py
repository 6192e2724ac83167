"""What happens in a project because time passes: jobs of CronJobs, tidying up, scaling with the load, counting.

A CronJob's last due moment is kept, so that a platform that was away makes at most the one job that is still in time.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from yunyue.services.containers.manifest.cron import Schedule, read_schedule
from yunyue.services.containers.manifest.objects import CronJob, Deployment, HorizontalPodAutoscaler, Job
from yunyue.services.containers.podman.evicting import EVERY_MS, evict
from yunyue.services.containers.podman.specification import limits
from yunyue.services.containers.project.objects import document
from yunyue.services.containers.project.rows import EventRow, ObjectRow
from yunyue.services.containers.project.wishes import template_digest

if TYPE_CHECKING:
    from yunyue.services.containers.podman.yard import Yard

COUNT_MS: Final = 10_000
SCALE_MS: Final = 5_000
SCALE_DOWN_MS: Final = 60_000
TOLERANCE: Final = 0.1


class Timing:
    """The clockwork of one project."""

    def __init__(self, yard: "Yard") -> None:
        self._yard = yard
        self._counted = 0
        self._scaled = 0
        self._measured = 0
        self._processor: dict[str, int] = {}
        self._wanted_less: dict[str, int] = {}
        self._next = 0

    def pause(self, longest: float) -> float:
        """Seconds until something is due, at most `longest`."""
        now = self._yard.machine.now()
        due = [self._next] if self._next else []
        due += [self._scaled + SCALE_MS] if self._yard.wishes.autoscalers else []
        return max(0.0, min([longest, *((one - now) / 1000 for one in due)]))

    async def tick(self) -> None:
        """Do what is due."""
        now = self._yard.machine.now()
        self._cron(now)
        self._tidy(now)
        if now - self._counted >= COUNT_MS:
            self.count(now)
        if now - self._measured >= EVERY_MS:
            self._measured = now
            await evict(self._yard)
        if self._yard.wishes.autoscalers and now - self._scaled >= SCALE_MS:
            self._scale(now)

    def count(self, now: int) -> None:
        """Read the project's control group."""
        yard = self._yard
        group = yard.machine.places.project_cgroup(yard.project.number)
        used = yard.machine.cgroups.processor_ns(group)
        if used is not None:
            octets = yard.machine.cgroups.memory(group)
            yard.ledger.use(yard.project.order, used, octets, now, self._counted or now)
        self._counted = now

    def _cron(self, now: int) -> None:
        self._next = 0
        for one in self._yard.wishes.cron_jobs:
            schedule = read_schedule(one.spec.schedule, one.spec.time_zone)
            if not isinstance(schedule, Schedule) or one.spec.suspend or self._yard.project.paused:
                continue
            due = self._due(one, schedule, now)
            if due and (not self._next or due < self._next):
                self._next = due

    def _due(self, one: CronJob, schedule: Schedule, now: int) -> int:
        """Make the job that is due, if any; when the next one is (ms)."""
        status = self._yard.objects.status("CronJob", one.name)
        last = int(status.get("last") or now)
        if "last" not in status:
            self._yard.objects.set_status("CronJob", one.name, {"last": now, "state": "ready"})
        following = schedule.after(_moment(last))
        due = last
        while following is not None and _ms(following) <= now:
            due = _ms(following)
            following = schedule.after(following)
        if due > last:
            self._yard.objects.set_status("CronJob", one.name, {"last": due, "state": "ready"})
            if now - due <= one.spec.starting_deadline_seconds * 1000:
                self._make(one, due, now)
        return _ms(following) if following is not None else 0

    def _make(self, one: CronJob, due: int, now: int) -> None:
        yard = self._yard
        running = [
            row for row in yard.wishes.rows if row.owner == one.name and not _over(yard.objects.status("Job", row.name))
        ]
        if running and one.spec.concurrency_policy == "Forbid":
            yard.objects.tell(_event(yard, one, now, "warning", "Missed", "the job before still runs"))
            return
        for row in running if one.spec.concurrency_policy == "Replace" else ():
            yard.objects.remove("Job", row.name)
        name = f"{one.name}-{due // 60_000}"
        job = Job(
            api_version="batch/v1",
            kind="Job",
            metadata=msgspec.structs.replace(one.metadata, name=name),
            spec=one.spec.job_template.spec,
        )
        digest = template_digest(job.spec.template, yard.wishes.shelf)
        yard.objects.put((ObjectRow(yard.project.order, "Job", name, document(job), 1, digest, now, "cron", one.name),))
        yard.objects.tell(_event(yard, one, now, "normal", "Created", f"Job {name}"))
        yard.wake()

    def _tidy(self, now: int) -> None:
        """Forget jobs that ended long enough ago, and more of a CronJob's than it wants to keep."""
        objects = self._yard.objects
        for one in self._yard.wishes.each(Job):
            status, ttl = objects.status("Job", one.name), one.spec.ttl_seconds_after_finished
            if ttl is not None and _over(status) and now - int(status.get("since", now)) > ttl * 1000:
                objects.remove("Job", one.name)
                self._yard.wake()
        for cron in self._yard.wishes.cron_jobs:
            kept = (
                ("complete", cron.spec.successful_jobs_history_limit),
                ("failed", cron.spec.failed_jobs_history_limit),
            )
            for state, most in kept:
                mine = [row for row in self._yard.wishes.rows if row.owner == cron.name and row.kind == "Job"]
                over = [row for row in mine if objects.status("Job", row.name).get("state") == state]
                for row in sorted(over, key=lambda row: -row.at)[most:]:
                    objects.remove("Job", row.name)
                    self._yard.wake()

    def _scale(self, now: int) -> None:
        for one in self._yard.wishes.autoscalers:
            share = self._utilization(one, now)
            if share is not None:
                self._follow(one, share, now)
        self._scaled = now

    def _utilization(self, one: HorizontalPodAutoscaler, now: int) -> float | None:
        """The share of their limits that the ready replicas used since the last look; None at the first."""
        shares: list[float] = []
        for replica in self._yard.replicas.values():
            if replica.row.workload != one.spec.scale_target_ref.name or replica.row.phase != "ready":
                continue
            used = self._yard.machine.cgroups.processor_ns(replica.cgroup)
            before = self._processor.get(replica.row.name)
            if used is None:
                continue
            self._processor[replica.row.name] = used
            if before is not None and now > self._scaled:
                most, _ = limits(replica.spec.container)
                shares.append((used - before) / ((now - self._scaled) * most * 1000))
        return sum(shares) / len(shares) if shares else None

    def _follow(self, one: HorizontalPodAutoscaler, share: float, now: int) -> None:
        yard, name = self._yard, one.spec.scale_target_ref.name
        target = next((each for each in yard.wishes.each(Deployment) if each.name == name), None)
        if target is None:
            return
        ratio = share * 100 / one.spec.metrics[0].resource.target.average_utilization
        current = target.spec.replicas
        wished = current if abs(ratio - 1) <= TOLERANCE else -int(-current * ratio // 1)
        wished = min(max(wished, one.spec.min_replicas), one.spec.max_replicas)
        if wished < current and now - self._wanted_less.setdefault(name, now) < SCALE_DOWN_MS:
            return
        if wished >= current:
            self._wanted_less.pop(name, None)
        if wished != current:
            self._resize(name, wished, f"{share:.0%} of the processors were used")

    def _resize(self, name: str, replicas: int, why: str) -> None:
        yard = self._yard
        row = next(each for each in yard.wishes.rows if (each.kind, each.name) == ("Deployment", name))
        body = json.loads(row.body)
        before, body["spec"]["replicas"] = body["spec"].get("replicas", 1), replicas
        yard.objects.put((msgspec.structs.replace(row, body=json.dumps(body)),))
        message = f"from {before} to {replicas} replicas: {why}"
        yard.objects.tell(
            EventRow(0, yard.project.order, yard.machine.now(), "Deployment", name, "normal", "Scaled", message)
        )
        yard.wake()


def _over(status: dict[str, Any]) -> bool:
    return status.get("state") in ("complete", "failed")


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _event(yard: "Yard", one: CronJob, now: int, severity: Any, reason: str, message: str) -> EventRow:
    return EventRow(0, yard.project.order, now, "CronJob", one.name, severity, reason, message)

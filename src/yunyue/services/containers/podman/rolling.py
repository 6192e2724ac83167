"""How far each workload is on the way to its newest revision, and the way back when it does not get there.

Progress is noted; a Deployment that made none within its deadline has failed and goes back to the last revision that
was complete, with the reason. The annotation yunyue/rollback: "off" leaves it where it is.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.manifest.manifests import understood
from yunyue.services.containers.manifest.objects import Deployment
from yunyue.services.containers.manifest.pod import Template
from yunyue.services.containers.podman.planning import Plan
from yunyue.services.containers.project.objects import Objects, digest
from yunyue.services.containers.project.rows import EventRow, ObjectRow, ReplicaRow, Revision
from yunyue.services.containers.project.wishes import Running, template_of

SWITCH: Final = "yunyue/rollback"


class Rolling:
    """The progress of one project's workloads."""

    def __init__(self, objects: Objects, now: Callable[[], int]) -> None:
        self._objects = objects
        self._now = now
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def template(self, revision: Revision) -> Template | None:
        """The template a revision kept."""
        found = understood(json.loads(revision.body))
        return None if isinstance(found, Refused) else template_of(found)

    def note(self, row: ObjectRow, one: Running, plan: Plan, rows: list[ReplicaRow], why: str) -> None:
        """Say how far a workload is; go back when it has failed."""
        key = (row.kind, row.name)
        before = self._known.get(key) or self._objects.status(*key)
        step = [row.digest, plan.updated, plan.available, len(rows)]
        since = before.get("since", self._now()) if before.get("step") == step else self._now()
        reason = why or plan.reason or _trouble(rows, row.digest)
        good = row.revision if plan.state == "ready" else before.get("good", 0)
        state = self._late(one, plan, since)
        rolled = before.get("rolled", "") if before.get("digest") == row.digest else ""
        after = {
            "state": state,
            "step": step,
            "since": since,
            "digest": row.digest,
            "seen": body_digest(row),
            "good": good,
            "updated": plan.updated,
            "ready": sum(each.phase == "ready" for each in rows),
            "reason": "" if state in ("ready", "complete") else reason,
            "rolled": rolled,
        }
        if after != before:
            self._known[key] = after
            self._objects.set_status(*key, after)
            self._tell(row, str(before.get("state", "")), state, reason)
        if state == "failed" and isinstance(one, Deployment) and one.metadata.annotations.get(SWITCH) != "off":
            self._back(row, good, reason)

    def _late(self, one: Running, plan: Plan, since: int) -> str:
        if plan.state != "progressing" or not isinstance(one, Deployment):
            return plan.state
        return "failed" if self._now() - since > one.spec.progress_deadline_seconds * 1000 else "progressing"

    def _tell(self, row: ObjectRow, before: str, state: str, reason: str) -> None:
        if before == state:
            return
        said = {"ready": "Ready", "complete": "Complete", "failed": "Failed"}.get(state, "Progressing")
        severity: Any = "warning" if state == "failed" else "normal"
        message = f"revision {row.revision}" + (f": {reason}" if reason and state == "failed" else "")
        self._objects.tell(EventRow(0, row.project, self._now(), row.kind, row.name, severity, said, message))

    def _back(self, row: ObjectRow, good: int, reason: str) -> None:
        """To the last complete revision, when there is another one."""
        target = next((one for one in self._objects.revisions(row.kind, row.name) if one.number == good), None)
        if target is None or target.digest == row.digest:
            return
        moved = with_template(row, target, row.revision + 1, self._now(), "platform")
        message = f"from revision {row.revision} to {good}: {reason or 'no progress within its deadline'}"
        self._objects.put((moved,))
        status = {**self._objects.status(row.kind, row.name), "rolled": message, "digest": moved.digest}
        self._known[row.kind, row.name] = status
        self._objects.set_status(row.kind, row.name, status)
        self._objects.tell(EventRow(0, row.project, self._now(), row.kind, row.name, "warning", "RolledBack", message))


def body_digest(row: ObjectRow) -> str:
    """Tells whether what was said of an object was said of it as it is now."""
    return digest(row.body, row.digest)


def with_template(row: ObjectRow, revision: Revision, number: int, now: int, actor: str) -> ObjectRow:
    """The object as it is, with the template of a revision."""
    body, old = json.loads(row.body), json.loads(revision.body)
    body["spec"]["template"] = old["spec"]["template"]
    return msgspec.structs.replace(
        row, body=json.dumps(body), revision=number, digest=revision.digest, at=now, actor=actor
    )


def _trouble(rows: list[ReplicaRow], digest: str) -> str:
    """What the first replica of the newest revision that does not serve says."""
    ailing = [one for one in rows if one.digest == digest and one.phase != "ready" and one.reason]
    return f"{ailing[0].name}: {ailing[0].reason}" if ailing else ""

"""What both engines do alike: a wish is checked, kept and told of; answers come from what is kept.

An engine adds how its platform hears of a wish (`rang`), where a Service answers, and what runs now.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers import listing
from yunyue.services.containers.engine import Applied, Change, Event, Replica, RevisionShown, Rollout
from yunyue.services.containers.kinds import kind_named
from yunyue.services.containers.podman.applying import Applying, resized, restarted, scalable
from yunyue.services.containers.podman.rolling import with_template
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.quota import demand, exceeded
from yunyue.services.containers.project.rows import EventRow, ObjectRow, Revision
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes, template_digest, template_of
from yunyue.services.containers.registry.admission import Gate
from yunyue.services.containers.showing import shown

ROLLED: Final = ("Deployment", "StatefulSet")
TRIES: Final = 10


class KeptEngine:
    """The verbs of engine.Engine that need the store alone. `now`: ms."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self.store = Store(folder)
        self._gate = Gate(folder, now)
        self._now = now

    def rang(self, project: Project) -> None:
        """Say to whoever carries wishes out that this project's changed."""
        raise NotImplementedError

    def applying(self, project: Project) -> Applying:
        """How wishes of a project are planned and kept."""
        return Applying(self.store, project, self._gate, self._now)

    def apply(self, project: Project, text: str, actor: str) -> Applied | Refused:
        """Engine: keep what a manifest asks for."""
        applying = self.applying(project)
        for _ in range(TRIES):
            planned = applying.plan(text, actor)
            if isinstance(planned, Refused):
                return planned
            # Planning asks the registry and so holds no lock: what came in between is planned upon anew.
            kept = applying.keep(planned) if planned.rows else True
            if isinstance(kept, Refused):
                return kept
            if kept:
                self._changed(project, actor, planned.applied.changes)
                return planned.applied
        return Refused("others are changing this project; try again", "project", "C37")

    def diff(self, project: Project, text: str) -> Applied | Refused:
        """Engine: what apply would do."""
        planned = self.applying(project).plan(text, "")
        return planned if isinstance(planned, Refused) else planned.applied

    def replicas(self, project: Project, workload: str = "") -> tuple[Replica, ...] | Refused:
        """Engine: replicas."""
        return tuple(one for one in listing.replicas(self.store, project) if workload in ("", one.workload))

    def delete(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Engine: forget an object, and what a CronJob made."""
        row = self._row(project, kind, name)
        if isinstance(row, Refused):
            return row
        objects = Objects(self.store, project.order)
        owned = [one for one in objects.all() if row.kind == "CronJob" and one.owner == row.name]
        with self.store.change(durable=True):
            for one in (row, *owned):
                objects.remove(one.kind, one.name)
            self.applying(project).address(objects.all())
        change = Change(row.kind, row.name, "delete", before=shown(row.body))
        self._changed(project, actor, (change,))
        return change

    def scale(self, project: Project, kind: str, name: str, replicas: int, actor: str) -> Change | Refused:
        """Engine: so many replicas."""
        if not 0 <= replicas <= project.quota.replicas:
            return Refused(f"expected 0 to {project.quota.replicas} replicas", "replicas", "C37")

        def resize(row: ObjectRow) -> ObjectRow | Refused:
            return scalable(row.kind) or resized(row, replicas, self._now(), actor)

        return self._replaced(project, kind, name, resize)

    def rollout(self, project: Project, kind: str, name: str) -> Rollout | Refused:
        """Engine: how far a workload is."""
        row = self._row(project, kind, name)
        if isinstance(row, Refused):
            return row
        if row.kind not in ROLLED:
            return Refused(f"a {row.kind} has no rollout; a Deployment or StatefulSet has", "kind", "C37")
        kept = Objects(self.store, project.order)
        return listing.rollout(row, kept, self._revisions(project, row), paused=project.paused)

    def _revisions(self, project: Project, row: ObjectRow) -> tuple[RevisionShown, ...]:
        found = Objects(self.store, project.order).revisions(row.kind, row.name)
        return tuple(
            RevisionShown(one.number, one.at, one.actor, listing.image_of(one.body), one.number == row.revision)
            for one in found
        )

    def undo(self, project: Project, kind: str, name: str, to: int, actor: str) -> Change | Refused:
        """Engine: back to a revision."""

        def back(row: ObjectRow) -> ObjectRow | Refused:
            target = _target(Objects(self.store, project.order).revisions(row.kind, row.name), row, to)
            if isinstance(target, Refused):
                return target
            return with_template(row, target, row.revision + 1, self._now(), actor)

        return self._replaced(project, kind, name, back)

    def restart(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Engine: every replica anew."""

        def anew(row: ObjectRow) -> ObjectRow | Refused:
            if row.kind not in ROLLED:
                return Refused(f"a {row.kind} is not restarted; a Deployment or StatefulSet is", "kind", "C37")
            return restarted(row, self._now(), actor)

        return self._replaced(project, kind, name, anew)

    def events(self, project: Project, after: int = 0, most: int = 200) -> tuple[Event, ...] | Refused:
        """Engine: what happened."""
        found = Objects(self.store, project.order).events(after, most)
        return tuple(
            Event(one.number, one.at, one.kind, one.name, one.severity, one.reason, one.message, one.count)
            for one in found
        )

    def _row(self, project: Project, kind: str, name: str) -> ObjectRow | Refused:
        known = kind_named(kind)
        return known if isinstance(known, Refused) else Objects(self.store, project.order).find(known, name)

    def _replaced(
        self, project: Project, kind: str, name: str, how: Callable[[ObjectRow], ObjectRow | Refused]
    ) -> Change | Refused:
        """Keep one changed object, when it still fits into the quota; nobody changes anything in between."""
        with self.store.change(durable=True):
            before = self._row(project, kind, name)
            if isinstance(before, Refused):
                return before
            after = how(before)
            if isinstance(after, Refused):
                return after
            refused = self._put(project, before, after)
        if refused is not None:
            return refused
        change = Change(after.kind, after.name, "change", shown(before.body), shown(after.body))
        self._changed(project, after.actor, (change,))
        return change

    def _put(self, project: Project, before: ObjectRow, after: ObjectRow) -> Refused | None:
        objects = Objects(self.store, project.order)
        rows = tuple(after if (one.kind, one.name) == (after.kind, after.name) else one for one in objects.all())
        wishes = Wishes.of(rows)
        refused = exceeded(project.quota, [demand(one) for one in wishes.objects])
        if refused is not None:
            return refused
        template = next(template_of(one) for row, one in zip(rows, wishes.objects, strict=True) if row is after)
        digest = after.digest if after.revision != before.revision else template_digest(template, wishes.shelf)  # type: ignore[arg-type]  # what is scaled, undone or restarted has a template
        revision = (
            after.revision if digest == before.digest or after.revision != before.revision else before.revision + 1
        )
        objects.put((msgspec.structs.replace(after, digest=digest, revision=revision),))
        return None

    def _changed(self, project: Project, actor: str, changes: tuple[Change, ...]) -> None:
        objects = Objects(self.store, project.order)
        said = {"create": "Created", "change": "Changed", "delete": "Deleted"}
        for one in changes:
            if one.deed in said:
                event = EventRow(
                    0, project.order, self._now(), one.kind, one.name, "normal", said[one.deed], f"by {actor}"
                )
                objects.tell(event)
        self.rang(project)


def _target(found: tuple[Revision, ...], row: ObjectRow, to: int) -> Revision | Refused:
    others = [one for one in found if one.digest != row.digest]
    if to:
        named = next((one for one in found if one.number == to), None)
        return named or Refused(f"there is no revision {to} of {row.kind} {row.name}", "revision", "C37")
    return (
        others[-1]
        if others
        else Refused(f"there is no revision before this one of {row.kind} {row.name}", "revision", "C37")
    )

"""The engine on this machine as every door sees it: wishes go to the store and the bell is rung; answers come from it.

Any process may use it: the platform itself, a command line, the console. Only what runs now (logs, shells, ports) is
asked of podman directly, over its socket.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.engine import (
    Applied,
    Change,
    Command,
    Event,
    Follow,
    Line,
    Replica,
    RevisionShown,
    Rollout,
    Shell,
    Shown,
    Tunnel,
    Use,
)
from yunyue.services.containers.kinds import kind_named
from yunyue.services.containers.podman import listing, sessions
from yunyue.services.containers.podman.applying import Applying, resized, restarted, scalable
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.rolling import with_template
from yunyue.services.containers.podman.using import uses
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.quota import demand, exceeded
from yunyue.services.containers.project.rows import EventRow, ObjectRow, Revision
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes, template_digest, template_of
from yunyue.services.containers.showing import shown

ROLLED: Final = ("Deployment", "StatefulSet")


class PodmanEngine:
    """engine.Engine for the podman of one installation. `now`: ms."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self.places = Places(folder)
        self.store = Store(folder)
        self._now = now

    def apply(self, project: Project, text: str, actor: str) -> Applied | Refused:
        """Engine: keep what a manifest asks for."""
        applying = Applying(self.store, project, self._now)
        planned = applying.plan(text, actor)
        if isinstance(planned, Refused):
            return planned
        rows, applied = planned
        refused = applying.keep(rows) if rows else None
        if refused is not None:
            return refused
        self._changed(project, actor, applied.changes)
        return applied

    def diff(self, project: Project, text: str) -> Applied | Refused:
        """Engine: what apply would do."""
        planned = Applying(self.store, project, self._now).plan(text, "")
        return planned if isinstance(planned, Refused) else planned[1]

    def get(self, project: Project, kind: str = "", name: str = "") -> tuple[Shown, ...] | Refused:
        """Engine: objects as they stand."""
        wanted = kind_named(kind) if kind else ""
        if isinstance(wanted, Refused):
            return wanted
        found = listing.objects(self.store, self.places, project)
        chosen = tuple(one for one in found if wanted in ("", one.kind) and name in ("", one.name))
        return Refused(f"there is no {wanted or 'object'} {name}", "name", "C37") if name and not chosen else chosen

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
        for one in (row, *owned):
            objects.remove(one.kind, one.name)
        Applying(self.store, project, self._now).address(objects.all())
        change = Change(row.kind, row.name, "delete", before=shown(row.body))
        self._changed(project, actor, (change,))
        return change

    def scale(self, project: Project, kind: str, name: str, replicas: int, actor: str) -> Change | Refused:
        """Engine: so many replicas."""
        row = self._row(project, kind, name)
        if isinstance(row, Refused):
            return row
        if not 0 <= replicas <= project.quota.replicas:
            return Refused(f"expected 0 to {project.quota.replicas} replicas", "replicas", "C37")
        return scalable(row.kind) or self._replace(project, row, resized(row, replicas, self._now(), actor), actor)

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
        row = self._row(project, kind, name)
        if isinstance(row, Refused):
            return row
        found = Objects(self.store, project.order).revisions(row.kind, row.name)
        target = _target(found, row, to)
        if isinstance(target, Refused):
            return target
        return self._replace(project, row, with_template(row, target, row.revision + 1, self._now(), actor), actor)

    def restart(self, project: Project, kind: str, name: str, actor: str) -> Change | Refused:
        """Engine: every replica anew."""
        row = self._row(project, kind, name)
        if isinstance(row, Refused):
            return row
        if row.kind not in ROLLED:
            return Refused(f"a {row.kind} is not restarted; a Deployment or StatefulSet is", "kind", "C37")
        return self._replace(project, row, restarted(row, self._now(), actor), actor)

    def events(self, project: Project, after: int = 0, most: int = 200) -> tuple[Event, ...] | Refused:
        """Engine: what happened."""
        found = Objects(self.store, project.order).events(after, most)
        return tuple(
            Event(one.number, one.at, one.kind, one.name, one.severity, one.reason, one.message, one.count)
            for one in found
        )

    def top(self, project: Project) -> tuple[Use, ...] | Refused:
        """Engine: what replicas use, measured over a moment."""
        return uses(self.store, self.places, project)

    async def logs(self, project: Project, replica: str, which: Follow) -> AsyncIterator[Line]:
        """Engine: lines of a replica."""
        row = listing.find_replica(self.store, project, replica)
        attempt = (row.attempt - which.previous) if row is not None else 0
        if attempt > 0:
            async for line in sessions.logs(
                self.places, self.places.container(project.number, replica, attempt), which
            ):
                yield line

    async def exec(self, project: Project, replica: str, command: Command) -> Shell | Refused:
        """Engine: a command in a replica."""
        row = listing.find_replica(self.store, project, replica)
        if row is None or not row.container:
            return Refused(f"there is no running replica {replica!r}", "replica", "C37")
        return await sessions.shell(self.places, row.container, command)

    async def forward(self, project: Project, target: str, port: int) -> Tunnel | Refused:
        """Engine: a connection."""
        address = listing.address_of(self.store, self.places, project, (target, port))
        return address if isinstance(address, Refused) else await sessions.tunnel(*address)

    def _row(self, project: Project, kind: str, name: str) -> ObjectRow | Refused:
        known = kind_named(kind)
        return known if isinstance(known, Refused) else Objects(self.store, project.order).find(known, name)

    def _replace(self, project: Project, before: ObjectRow, after: ObjectRow, actor: str) -> Change | Refused:
        """Keep one changed object, when it still fits into the quota."""
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
        change = Change(after.kind, after.name, "change", shown(before.body), shown(after.body))
        self._changed(project, actor, (change,))
        return change

    def _changed(self, project: Project, actor: str, changes: tuple[Change, ...]) -> None:
        objects = Objects(self.store, project.order)
        said = {"create": "Created", "change": "Changed", "delete": "Deleted"}
        for one in changes:
            if one.deed in said:
                event = EventRow(
                    0, project.order, self._now(), one.kind, one.name, "normal", said[one.deed], f"by {actor}"
                )
                objects.tell(event)
        ring(self.places.run / "bell", project.order)


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

"""Turns a manifest into kept wishes, all of it or nothing: read, checked against quota and ports, written in one go."""

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from yunyue.answer import Refused
from yunyue.services.containers.engine import Applied, Change, Deed
from yunyue.services.containers.manifest.manifests import read_manifest
from yunyue.services.containers.manifest.objects import Object
from yunyue.services.containers.project.addresses import OUTER, Giving
from yunyue.services.containers.project.objects import Objects, document
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.quota import demand, exceeded
from yunyue.services.containers.project.rows import ObjectRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import RUNS, Wishes, template_digest, template_of
from yunyue.services.containers.registry.admission import Gate
from yunyue.services.containers.showing import shown


@dataclass(frozen=True, slots=True)
class Planned:
    """The rows there were as it was planned, those that would be written, and what would change."""

    seen: tuple[ObjectRow, ...]
    rows: tuple[ObjectRow, ...]
    applied: Applied


@dataclass(frozen=True, slots=True)
class Applying:
    """Applies to one project. `now`: ms."""

    store: Store
    project: Project
    gate: Gate
    now: Callable[[], int]

    def plan(self, text: str, actor: str) -> Planned | Refused:
        """What a manifest would write and change. Refused: manifest, image or quota."""
        manifest = read_manifest(text, self.project.name, self.project.policy)
        if isinstance(manifest, Refused):
            return manifest
        pinned = self.gate.pinned(self.project, manifest.objects)
        if isinstance(pinned, Refused):
            return pinned
        seen = Objects(self.store, self.project.order).all()
        before = {(row.kind, row.name): row for row in seen}
        rows = dict(before.items())
        for one in pinned:
            rows[one.kind, one.name] = self._row(one, before.get((one.kind, one.name)), actor)
        final = self._digested(tuple(rows.values()), before)
        refused = exceeded(self.project.quota, [demand(one) for one in Wishes.of(final).objects])
        if refused is not None:
            return refused
        changed = tuple(row for row in final if row != before.get((row.kind, row.name)))
        asked = [(one.kind, one.name) for one in manifest.objects]
        applied = Applied(tuple(_change(before.get(key), self._found(final, key)) for key in asked))
        return Planned(seen, changed, applied)

    def _found(self, rows: Sequence[ObjectRow], key: tuple[str, str]) -> ObjectRow:
        return next(row for row in rows if (row.kind, row.name) == key)

    def _row(self, one: Object, before: ObjectRow | None, actor: str) -> ObjectRow:
        body = document(one)
        if before is not None and before.body == body:
            return before
        revision = before.revision if before is not None else 0
        digest = before.digest if before is not None else ""
        return ObjectRow(self.project.order, one.kind, one.name, body, revision, digest, self.now(), actor)

    def _digested(
        self, rows: tuple[ObjectRow, ...], before: Mapping[tuple[str, str], ObjectRow]
    ) -> tuple[ObjectRow, ...]:
        """With digests of templates and of what they mount: a changed ConfigMap makes a new revision of its users."""
        wishes = Wishes.of(rows)
        shelf, found = wishes.shelf, []
        for row, one in zip(rows, wishes.objects, strict=True):
            template = template_of(one)
            if template is None or one.kind == "CronJob":
                found.append(row)
                continue
            digest = template_digest(template, shelf)
            known = before.get((row.kind, row.name))
            revision = row.revision if known is not None and known.digest == digest else row.revision + 1
            found.append(msgspec.structs.replace(row, digest=digest, revision=revision))
        return tuple(found)

    def keep(self, planned: Planned) -> Refused | bool:
        """Write rows and give Services their addresses. False: what was planned upon has changed meanwhile.

        Refused: a port that is taken. In both cases nothing is written.
        """
        objects = Objects(self.store, self.project.order)
        with self.store.change(durable=True):
            if objects.all() != planned.seen:
                return False
            everything = {(row.kind, row.name): row for row in (*planned.seen, *planned.rows)}
            refused = self.address(tuple(everything.values()))
            if refused is None:
                objects.put(planned.rows)
        return refused or True

    def address(self, rows: tuple[ObjectRow, ...]) -> Refused | None:
        """Give the Services among all rows their addresses, and take those of others back."""
        wishes = Wishes.of(rows)
        with self.store.change(durable=True) as db:
            giving = Giving(db, self.project.order, self.project.wanted.ports)
            return giving.keep(wishes.services, edge=bool(wishes.ingresses), taken=_taken(wishes))


def _taken(wishes: Wishes) -> Mapping[int, str]:
    """Ports asked for by number that a program of the machine listens on."""
    asked = {port.node_port for one in wishes.services for port in one.spec.ports if port.node_port in OUTER}
    return {port: "a program of this machine" for port in asked if port is not None and _listened(port)}


def _listened(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return True
    return False


def _change(before: ObjectRow | None, after: ObjectRow) -> Change:
    deed: Deed = "create" if before is None else "same" if before.body == after.body else "change"
    return Change(after.kind, after.name, deed, shown(before.body) if before is not None else "", shown(after.body))


def resized(row: ObjectRow, replicas: int, now: int, actor: str) -> ObjectRow:
    """The same object with so many replicas."""
    return _edited(row, now, actor, lambda spec: {**spec, "replicas": replicas})


def restarted(row: ObjectRow, now: int, actor: str) -> ObjectRow:
    """The same object with a mark in its template, which makes every replica an old one."""

    def marked(spec: dict[str, Any]) -> dict[str, Any]:
        template = dict(spec["template"])
        metadata = dict(template.get("metadata") or {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), "yunyue/restarted": str(now)}
        return {**spec, "template": {**template, "metadata": metadata}}

    return _edited(row, now, actor, marked)


def _edited(row: ObjectRow, now: int, actor: str, how: Callable[[dict[str, Any]], dict[str, Any]]) -> ObjectRow:
    body = json.loads(row.body)
    body["spec"] = how(body["spec"])
    return msgspec.structs.replace(row, body=json.dumps(body), at=now, actor=actor)


def scalable(kind: str) -> Refused | None:
    """None for kinds that have replicas to count."""
    return (
        None if kind in RUNS[:2] else Refused(f"a {kind} is not scaled; a Deployment or StatefulSet is", "kind", "C37")
    )

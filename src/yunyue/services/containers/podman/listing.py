"""What is told of a project's objects and replicas, from what the store keeps."""

import json
from typing import Any

from yunyue.answer import Refused
from yunyue.services.containers.engine import Progress, Replica, RevisionShown, Rollout, Shown
from yunyue.services.containers.manifest.objects import (
    CronJob,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Job,
    Object,
    PersistentVolumeClaim,
    Service,
    StatefulSet,
)
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.rolling import body_digest
from yunyue.services.containers.project.addresses import EDGE, Address, addresses
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow, ReplicaRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes, template_of
from yunyue.services.containers.showing import shown

Details = tuple[tuple[str, str], ...]


def objects(store: Store, places: Places, project: Project) -> tuple[Shown, ...]:
    """Every object of a project."""
    kept = Objects(store, project.order)
    rows = kept.all()
    given = addresses(store, project.order)
    wishes = Wishes.of(rows)
    return tuple(
        _shown(row, one, kept.status(row.kind, row.name), _details(one, given, places, project))
        for row, one in zip(rows, wishes.objects, strict=True)
    )


def _shown(row: ObjectRow, one: Object, status: dict[str, Any], details: Details) -> Shown:
    wanted = one.spec.replicas if isinstance(one, Deployment | StatefulSet) else 0
    wanted = one.spec.completions if isinstance(one, Job) else wanted
    runs = template_of(one) is not None
    return Shown(
        kind=row.kind,
        name=row.name,
        state=str(status.get("state", "progressing" if runs else "ready")),
        reason=str(status.get("reason") or status.get("rolled") or ""),
        wanted=wanted,
        ready=int(status.get("updated" if isinstance(one, Job) else "ready", 0)),
        revision=row.revision,
        made=row.at,
        details=details,
        body=shown(row.body),
    )


def _details(one: Object, given: tuple[Address, ...], places: Places, project: Project) -> Details:
    template = template_of(one)
    image = (("image", template.spec.container.image),) if template is not None else ()
    match one:
        case Service():
            return _service(one, given, places, project)
        case Ingress():
            doors = [str(each.outer) for each in given if each.service == EDGE]
            hosts = sorted({rule.host or "*" for rule in one.spec.rules})
            return (("hosts", ", ".join(hosts)), ("ports", ", ".join(doors)))
        case PersistentVolumeClaim():
            return (("storage", str(one.spec.resources.requests["storage"])),)
        case CronJob():
            return (("schedule", one.spec.schedule), ("zone", one.spec.time_zone), *image)
        case HorizontalPodAutoscaler():
            spec = one.spec
            return (("target", spec.scale_target_ref.name), ("replicas", f"{spec.min_replicas}-{spec.max_replicas}"))
        case _:
            return image


def _service(one: Service, given: tuple[Address, ...], places: Places, project: Project) -> Details:
    mine = [each for each in given if each.service == one.name]
    if not mine:
        return (("address", "None"),)
    ports = ", ".join(f"{each.port}:{each.outer}" if each.outer else str(each.port) for each in mine)
    return (("address", places.service_address(project.number, mine[0].host)), ("ports", ports))


def replicas(store: Store, project: Project) -> tuple[Replica, ...]:
    """Every replica of a project."""
    kept = Objects(store, project.order)
    images = {}
    for row in kept.all():
        for revision in kept.revisions(row.kind, row.name):
            images[revision.digest] = image_of(revision.body)
    return tuple(
        Replica(
            name=one.name,
            kind=one.kind,
            workload=one.workload,
            revision=one.revision,
            phase=one.phase,
            image=images.get(one.digest, ""),
            address=one.address,
            restarts=one.restarts,
            started=one.started,
            exit=one.exit,
            reason=one.reason,
        )
        for one in kept.replicas()
    )


def find_replica(store: Store, project: Project, name: str) -> ReplicaRow | None:
    """The row of one replica."""
    return next((one for one in Objects(store, project.order).replicas() if one.name == name), None)


def image_of(body: str) -> str:
    """The image a kept document runs."""
    spec = json.loads(body).get("spec") or {}
    containers = ((spec.get("template") or {}).get("spec") or {}).get("containers") or [{}]
    return str(containers[0].get("image", ""))


def rollout(row: ObjectRow, kept: Objects, revisions: tuple[RevisionShown, ...], *, paused: bool) -> Rollout:
    """How far a workload is: what was noted last, when it was noted of the object as it is, and its replicas now."""
    status = kept.status(row.kind, row.name)
    mine = [one for one in kept.replicas() if (one.kind, one.workload) == (row.kind, row.name)]
    wanted = 0 if paused else int(json.loads(row.body)["spec"].get("replicas", 1))
    state = str(status.get("state")) if status.get("seen") == body_digest(row) else "progressing"
    updated = sum(one.digest == row.digest and one.phase != "draining" for one in mine)
    ready = sum(one.phase == "ready" for one in mine)
    progress: Progress = "complete" if state == "ready" and updated == ready == wanted else "progressing"
    if state == "failed":
        progress = "failed"
    return Rollout(
        kind=row.kind,
        name=row.name,
        progress="paused" if paused else progress,
        wanted=wanted,
        updated=updated,
        ready=ready,
        revision=row.revision,
        reason=str(status.get("rolled") or status.get("reason") or ""),
        revisions=revisions,
    )


def address_of(store: Store, places: Places, project: Project, target: tuple[str, int]) -> tuple[str, int] | Refused:
    """Where a replica or "service/name" answers at a port. Refused: there is none."""
    name, port = target
    if not 1 <= port <= 65535:
        return Refused("expected 1 to 65535", "port", "C37")
    if name.startswith("service/"):
        for one in addresses(store, project.order):
            if (one.service, one.port) == (name.removeprefix("service/"), port):
                return places.service_address(project.number, one.host), port
        return Refused(f"there is no {name} with port {port}", "target", "C37")
    row = find_replica(store, project, name)
    if row is None or not row.address:
        return Refused(f"there is no running replica {name!r}", "replica", "C37")
    return row.address, port

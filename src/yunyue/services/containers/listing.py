"""What is told of a project's objects, replicas and rollouts on either engine, from what the store keeps.

An engine adds where its Services and Ingresses answer.
"""

import json
from typing import Any

from yunyue.services.containers.engine import Progress, Replica, RevisionShown, Rollout, Shown
from yunyue.services.containers.manifest.objects import (
    CronJob,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Job,
    Object,
    PersistentVolumeClaim,
    StatefulSet,
)
from yunyue.services.containers.podman.rolling import body_digest
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import template_of
from yunyue.services.containers.showing import shown

Details = tuple[tuple[str, str], ...]
Status = dict[str, Any]


def object_of(row: ObjectRow, one: Object, status: Status, details: Details, *, usual: str = "progressing") -> Shown:
    """An object as it stands. `status`: what was noted of it last; `usual`: its state while nothing was."""
    wanted = one.spec.replicas if isinstance(one, Deployment | StatefulSet) else 0
    wanted = one.spec.completions if isinstance(one, Job) else wanted
    return Shown(
        kind=row.kind,
        name=row.name,
        state=str(status.get("state") or usual),
        reason=str(status.get("reason") or status.get("rolled") or ""),
        wanted=wanted,
        ready=int(status.get("updated" if isinstance(one, Job) else "ready") or 0),
        revision=row.revision,
        made=row.at,
        details=details,
        body=shown(row.body),
    )


def details_of(one: Object) -> Details:
    """What an object asks for, in a few words."""
    template = template_of(one)
    image = (("image", template.spec.container.image),) if template is not None else ()
    match one:
        case Ingress():
            return (("hosts", ", ".join(sorted({rule.host or "*" for rule in one.spec.rules}))),)
        case PersistentVolumeClaim():
            return (("storage", str(one.spec.resources.requests["storage"])),)
        case CronJob():
            return (("schedule", one.spec.schedule), ("zone", one.spec.time_zone), *image)
        case HorizontalPodAutoscaler():
            spec = one.spec
            return (("target", spec.scale_target_ref.name), ("replicas", f"{spec.min_replicas}-{spec.max_replicas}"))
        case _:
            return image


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

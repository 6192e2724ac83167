"""What is told of a project's objects in a cluster, from what the platform wrote down."""

from yunyue.answer import Refused
from yunyue.services.containers.engine import Shown
from yunyue.services.containers.manifest.checks import port_number
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
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow, ReplicaRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes, template_of
from yunyue.services.containers.showing import shown

Details = tuple[tuple[str, str], ...]
Status = dict[str, object]


def objects(store: Store, project: Project, trouble: str) -> tuple[Shown, ...]:
    """Every object of a project; with `trouble`, none is more than it was before."""
    kept = Objects(store, project.order)
    wishes = Wishes.of(kept.all())
    return tuple(
        _shown(row, one, kept.status(row.kind, row.name), trouble)
        for row, one in zip(wishes.rows, wishes.objects, strict=True)
    )


def _shown(row: ObjectRow, one: Object, status: Status, trouble: str) -> Shown:
    wanted = one.spec.replicas if isinstance(one, Deployment | StatefulSet) else 0
    wanted = one.spec.completions if isinstance(one, Job) else wanted
    return Shown(
        kind=row.kind,
        name=row.name,
        state=str(status.get("state") or "progressing"),
        reason=trouble or str(status.get("reason") or status.get("rolled") or ""),
        wanted=wanted,
        ready=int(str(status.get("updated" if isinstance(one, Job) else "ready") or 0)),
        revision=row.revision,
        made=row.at,
        details=_details(one, status),
        body=shown(row.body),
    )


def _details(one: Object, status: Status) -> Details:
    template = template_of(one)
    image = (("image", template.spec.container.image),) if template is not None else ()
    match one:
        case Service():
            return (("address", str(status.get("address") or "None")), ("ports", str(status.get("ports") or "")))
        case Ingress():
            hosts = sorted({rule.host or "*" for rule in one.spec.rules})
            return (("hosts", ", ".join(hosts)), ("address", str(status.get("address") or "")))
        case PersistentVolumeClaim():
            return (("storage", str(one.spec.resources.requests["storage"])),)
        case CronJob():
            return (("schedule", one.spec.schedule), ("zone", one.spec.time_zone), *image)
        case HorizontalPodAutoscaler():
            spec = one.spec
            return (("target", spec.scale_target_ref.name), ("replicas", f"{spec.min_replicas}-{spec.max_replicas}"))
        case _:
            return image


def pod_of(store: Store, project: Project, target: tuple[str, int]) -> tuple[str, int] | Refused:
    """The pod and its port behind a replica or "service/name". Refused: there is none, or none is ready."""
    name, port = target
    if not 1 <= port <= 65535:
        return Refused("expected 1 to 65535", "port", "C37")
    kept = Objects(store, project.order)
    rows = kept.replicas()
    if name.startswith("service/"):
        return _behind(Wishes.of(kept.all()), rows, name, port)
    if not any(row.name == name and row.address for row in rows):
        return Refused(f"there is no running replica {name!r}", "replica", "C37")
    return name, port


def _behind(wishes: Wishes, rows: tuple[ReplicaRow, ...], target: str, port: int) -> tuple[str, int] | Refused:
    """A ready pod that a Service's selector chooses, and the port it is sent to."""
    found = next((one for one in wishes.services if one.name == target.removeprefix("service/")), None)
    given = next((one for one in found.spec.ports if one.port == port), None) if found is not None else None
    if found is None or given is None:
        return Refused(f"there is no {target} with port {port}", "target", "C37")
    for owner, one in wishes.running():
        chosen = found.spec.selector.items() <= one.spec.template.metadata.labels.items()
        for row in rows if chosen else ():
            if (row.kind, row.workload, row.phase) == (owner.kind, owner.name, "ready"):
                number = port_number(given.target_port or port, one.spec.template.spec)
                return row.name, number or port
    return Refused(f"nobody answers at port {port}: no replica is ready", "port", "C37")

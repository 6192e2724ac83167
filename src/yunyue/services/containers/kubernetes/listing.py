"""What is told of a project's objects in a cluster, from what the platform wrote down."""

from yunyue.answer import Refused
from yunyue.services.containers.engine import Shown
from yunyue.services.containers.listing import Details, Status, details_of, object_of
from yunyue.services.containers.manifest.checks import port_number
from yunyue.services.containers.manifest.objects import Ingress, Object, Service
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow, ReplicaRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes


def objects(store: Store, project: Project, trouble: str) -> tuple[Shown, ...]:
    """Every object of a project; with `trouble`, that is why none is more than it was before."""
    kept = Objects(store, project.order)
    wishes = Wishes.of(kept.all())

    def standing(row: ObjectRow, one: Object) -> Shown:
        status = kept.status(row.kind, row.name)
        return object_of(row, one, {**status, "reason": trouble or status.get("reason")}, _details(one, status))

    return tuple(standing(row, one) for row, one in zip(wishes.rows, wishes.objects, strict=True))


def _details(one: Object, status: Status) -> Details:
    match one:
        case Service():
            return (("address", str(status.get("address") or "None")), ("ports", str(status.get("ports") or "")))
        case Ingress():
            return (*details_of(one), ("address", str(status.get("address") or "")))
        case _:
            return details_of(one)


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

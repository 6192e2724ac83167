"""What is told of a project's objects on this machine, and where its replicas and Services answer."""

from yunyue.answer import Refused
from yunyue.services.containers.engine import Shown
from yunyue.services.containers.listing import Details, details_of, object_of
from yunyue.services.containers.manifest.objects import Ingress, Object, Service
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.project.addresses import EDGE, Address, addresses
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow, ReplicaRow
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes, template_of


def objects(store: Store, places: Places, project: Project) -> tuple[Shown, ...]:
    """Every object of a project."""
    kept = Objects(store, project.order)
    rows = kept.all()
    given = addresses(store, project.order)

    def standing(row: ObjectRow, one: Object) -> Shown:
        status, details = kept.status(row.kind, row.name), _details(one, given, places, project)
        return object_of(row, one, status, details, usual="progressing" if template_of(one) is not None else "ready")

    return tuple(standing(row, one) for row, one in zip(rows, Wishes.of(rows).objects, strict=True))


def _details(one: Object, given: tuple[Address, ...], places: Places, project: Project) -> Details:
    match one:
        case Service():
            return _service(one, given, places, project)
        case Ingress():
            doors = [str(each.outer) for each in given if each.service == EDGE]
            return (*details_of(one), ("ports", ", ".join(doors)))
        case _:
            return details_of(one)


def _service(one: Service, given: tuple[Address, ...], places: Places, project: Project) -> Details:
    mine = [each for each in given if each.service == one.name]
    if not mine:
        return (("address", "None"),)
    ports = ", ".join(f"{each.port}:{each.outer}" if each.outer else str(each.port) for each in mine)
    return (("address", places.service_address(project.number, mine[0].host)), ("ports", ports))


def find_replica(store: Store, project: Project, name: str) -> ReplicaRow | None:
    """The row of one replica."""
    return next((one for one in Objects(store, project.order).replicas() if one.name == name), None)


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

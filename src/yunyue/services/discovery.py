"""Finds the services that are installed: ours and third parties', by the entry-point group `yunyue.services`."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from yunyue.answer import Refused
from yunyue.catalog import Registry, Service

GROUP = "yunyue.services"


@dataclass(frozen=True, slots=True)
class Discovered:
    """The services that could be loaded, and for the others why not; one broken service does not take the rest away."""

    registry: Registry
    broken: tuple[Refused, ...]


def discover() -> Discovered:
    """Load every service of the group, in the order of their names. Of two with one code the first one counts."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return gather(found)


def gather(points: list[EntryPoint]) -> Discovered:
    """The same, of given entry points."""
    services: dict[str, Service] = {}
    broken: list[Refused] = []
    for point in points:
        loaded = _load(point)
        if isinstance(loaded, Refused):
            broken.append(loaded)
        elif loaded.entry.code in services:
            broken.append(Refused(f"{point.value} is a second service {loaded.entry.code!r}", point.name, "C37"))
        else:
            services[loaded.entry.code] = loaded
    return Discovered(Registry(services), tuple(broken))


def _load(point: EntryPoint) -> Service | Refused:
    try:
        loaded = point.load()
    except Exception as error:  # a third party's module may fail in any way when it is imported
        return Refused(f"{point.value} cannot be loaded: {type(error).__name__}: {error}", point.name, "C37")
    if not isinstance(loaded, Service):
        return Refused(f"{point.value} has not the shape of a service", point.name, "C37")
    if loaded.entry.code != point.name:
        return Refused(f"{point.value} calls itself {loaded.entry.code!r}", point.name, "C37")
    return loaded

"""What each replica uses at this moment, from its control group: two readings a moment apart."""

import time

from yunyue.services.containers.engine import Use
from yunyue.services.containers.manifest.pod import PodSpec
from yunyue.services.containers.podman.cgroups import Cgroups
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.specification import limits
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.project.wishes import Wishes

APART_SECONDS = 0.2


def uses(store: Store, places: Places, project: Project) -> tuple[Use, ...]:
    """Of every replica that runs."""
    kept = Objects(store, project.order)
    specs: dict[tuple[str, str], PodSpec] = {
        (row.kind, row.name): one.spec.template.spec for row, one in Wishes.of(kept.all()).running()
    }
    groups = {
        row.name: (row, f"{places.project_cgroup(project.number)}/{row.name}") for row in kept.replicas() if row.address
    }
    cgroups = Cgroups()
    before = {name: cgroups.processor_ns(path) or 0 for name, (_, path) in groups.items()}
    began = time.monotonic_ns()
    time.sleep(APART_SECONDS if groups else 0)
    found = []
    for name, (row, path) in groups.items():
        spec = specs.get((row.kind, row.workload))
        most = limits(spec.container) if spec is not None else (0, 0)
        used = max(0, (cgroups.processor_ns(path) or 0) - before[name])
        milli = used * 1000 // max(1, time.monotonic_ns() - began)
        found.append(Use(name, row.kind, row.workload, milli, most[0], cgroups.memory(path), most[1]))
    return tuple(found)

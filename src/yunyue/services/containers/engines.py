"""Which engine a project runs on, for the doors: the command line, the console and the API ask here.

    home = places_of(settings.home)                       # …/services/containers/_engine
    project = Projects(Store(home)).named("web")          # Project | Refused
    engine = engine_of(project, home, clock)              # Engine | Refused

A person's rights: `may(Projects(store).role(project.order, person), "apply")` is None when they may.
"""

from collections.abc import Callable
from pathlib import Path

from yunyue.answer import Refused
from yunyue.services.containers.engine import Engine
from yunyue.services.containers.kubernetes.engine import KubernetesEngine
from yunyue.services.containers.kubernetes.reach import UNCONFIGURED, kubeconfig
from yunyue.services.containers.podman.engine import PodmanEngine
from yunyue.services.containers.podman.places import FOLDER
from yunyue.services.containers.project.project import Project


def engine_folder(services: Path) -> Path:
    """Where the engine lies, under an installation's folder of services."""
    return services / "containers" / FOLDER


def engine_of(project: Project, folder: Path, now: Callable[[], int]) -> Engine | Refused:
    """The engine of a project. `now`: ms. Refused: its engine is not there."""
    match project.wanted.engine:
        case "podman":
            return PodmanEngine(folder, now)
        case "kubernetes":
            return KubernetesEngine(folder, now) if kubeconfig(folder) else UNCONFIGURED

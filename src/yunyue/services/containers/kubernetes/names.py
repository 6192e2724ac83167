"""What belongs to us in a cluster: namespaces of this installation, and labels on everything in them.

Two installations may share a cluster: their namespaces and labels carry a digest of the installation's folder.
"""

import hashlib
import re
from typing import Final

from yunyue.services.containers.project.project import Project

MANAGER: Final = "yunyue"
"""Our name as the owner of fields."""

SCALER: Final = "yunyue-scale"
"""The owner of `replicas` while a HorizontalPodAutoscaler takes it over."""

INSTALLATION: Final = "yunyue/installation"
PROJECT: Final = "yunyue/project"
KIND: Final = "yunyue/kind"
NAME: Final = "yunyue/name"
WORKLOAD: Final = "yunyue/workload"
"""Kind and name in one, on pods: what a wall chooses them by."""

REVISION: Final = "yunyue/revision"
DIGEST: Final = "yunyue/digest"
ORDER: Final = "yunyue/order"
METERED: Final = "yunyue/metered"
"""The finalizer that keeps a pod until its last moments are counted."""

GUARD: Final = "yunyue-guard"
"""The name of everything we put around a project: its quota, its limits, its walls."""

LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


def namespace(key: str, project: Project) -> str:
    """The namespace of a project; `key` tells this installation from others."""
    return f"yunyue-{key}-{project.name}"


def tag(text: str) -> str:
    """A text as a label's value; one that is none is told by its digest."""
    return text if LABEL.fullmatch(text) else f"x-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def workload(kind: str, name: str) -> str:
    """The value of WORKLOAD."""
    return tag(f"{kind}.{name}")


def ours(key: str, project: Project) -> dict[str, str]:
    """The labels on everything of a project."""
    return {INSTALLATION: key, PROJECT: tag(project.order)}


def selector(key: str, project: Project) -> str:
    """The same as a selector."""
    return ",".join(f"{name}={value}" for name, value in sorted(ours(key, project).items()))

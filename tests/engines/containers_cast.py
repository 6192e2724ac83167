"""Doors over a real podman: one home with a contract year, an engine that a platform keeps going, and projects."""

from pathlib import Path

import msgspec
from cli_cast import CONTRACT, Terminal
from podman_cast import Installation
from wishing import now, until

from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.bell import ring
from yunyue.services.containers.project.project import Project

OURS = "dept-1"
THEIRS = "dept-2"


def order(cloud: Installation, tenant: str = OURS, **wanted: object) -> Project:
    """A new project of a department, as an order of the contract makes it."""
    cloud.made += 1
    name = f"p{cloud.made}"
    asked = msgspec.convert({"name": name, "vcpu": 8, **wanted}, ProjectOrder)
    made = cloud.projects.add(Project(f"po-{cloud.made}", CONTRACT, tenant, name, 0, asked, now()))
    assert isinstance(made, Project), made
    ring(cloud.places.run / "bell", "")
    until(lambda: cloud.keeper is not None and made.order in cloud.keeper.yards)
    until(cloud.yard(made).ground.hosts.exists)
    return made


def written(folder: Path, text: str, name: str = "app.yml") -> str:
    """A manifest in a file."""
    path = folder / name
    path.write_text(text)
    return str(path)


def settled(terminal: Terminal, project: Project, name: str = "web") -> dict[str, object]:
    """Wait, as a person would, until a Deployment is complete."""
    found: dict[str, object] = terminal.json(
        "containers", "rollout", "status", "deploy", name, "--wait", "30", "-p", project.name
    )
    return found

"""A project by its name, where an order may be called just so."""

from pathlib import Path

from yunyue.answer import Refused
from yunyue.doors.containers import Person, project_of
from yunyue.services.containers.engines import engine_folder
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store

READER = Person("user:1", "", reads=True)


def test_the_name_of_a_project_stands_before_the_order_of_another(tmp_path: Path) -> None:
    projects = Projects(Store(engine_folder(tmp_path / "services")))
    for order, name in (("shop", "stall"), ("o2", "shop")):
        made = projects.add(Project(order, "c1", "bureau", name, 0, ProjectOrder(name=name), 0))
        assert isinstance(made, Project)
    for asked, order in (("shop", "o2"), ("stall", "shop"), ("o2", "o2")):
        found = project_of(tmp_path, "c1", asked, READER)
        assert isinstance(found, Project)
        assert found.order == order
    assert isinstance(project_of(tmp_path, "c1", "none", READER), Refused)

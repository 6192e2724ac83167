"""The published schemas, read once; and changes within changes: all of them or none."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from podman_cast import deployment, service

from yunyue.answer import Refused
from yunyue.services.containers.engine import Applied
from yunyue.services.containers.manifest.schema import misfit
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.applying import Applying
from yunyue.services.containers.podman.engine import PodmanEngine
from yunyue.services.containers.project import objects
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.rows import EventRow, ObjectRow
from yunyue.services.containers.project.store import Store

MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}}
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: one}
spec: {selector: {app: one}, ports: [{port: 80}]}
"""


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Nothing", "v1"),
        ("ConfigMap", "v9"),
        ("../v1.31.0-local-strict/configmap", "v1"),
        ("configmap", "../v1"),
        ("", ""),
        (7, None),
        ("_definitions", ""),
        ("config map", "v1"),
    ],
)
def test_a_kind_no_schema_is_published_for_is_refused_by_its_name(kind: object, version: object) -> None:
    refused = misfit({**MAP, "kind": kind, "apiVersion": version})
    assert refused is not None
    assert (refused.reason, refused.field) == (f"Kubernetes knows no kind {kind!r} in {version!r}", "kind")


def test_the_same_schema_judges_one_document_after_the_other() -> None:
    assert misfit(MAP) is None
    refused = misfit({**MAP, "data": {"port": 80}})
    assert refused is not None
    assert (refused.field, refused.reason) == ("data.port", "expected string")
    assert misfit(MAP) is None


def test_a_change_within_a_change_falls_with_it(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def both() -> None:
        with store.change(durable=True):
            with store.change() as inner:
                inner.execute("INSERT INTO counters VALUES ('one', 1)")
            raise ValueError("cut off")

    with pytest.raises(ValueError, match="cut off"):
        both()
    assert store.rows("SELECT * FROM counters") == []


def test_of_a_manifest_that_cannot_be_written_no_address_is_given(tmp_path: Path) -> None:
    engine = PodmanEngine(tmp_path, lambda: 1)
    order = msgspec.convert({"name": "one"}, ProjectOrder)
    project = Projects(engine.store).add(Project("o1", "c1", "bureau", "one", 0, order, 1))
    assert isinstance(project, Project)
    with engine.store.change() as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON objects BEGIN SELECT RAISE(ABORT, 'disk'); END")
    with pytest.raises(sqlite3.IntegrityError, match="disk"):
        engine.apply(project, SERVICE, "user:li")
    assert engine.store.rows("SELECT * FROM places") == []
    with engine.store.change() as db:
        db.execute("DROP TRIGGER full")
    assert isinstance(engine.apply(project, SERVICE, "user:li"), Applied)
    assert len(engine.store.rows("SELECT * FROM places")) == 1


class TestSeveralPeopleAtOnce:
    """Whoever plans holds no lock, since the registry is asked: what others changed meanwhile is not undone by it."""

    @pytest.fixture
    def engine(self, tmp_path: Path) -> PodmanEngine:
        return PodmanEngine(tmp_path, lambda: 1_000)

    @pytest.fixture
    def project(self, engine: PodmanEngine) -> Project:
        wanted = ProjectOrder(name="web", vcpu=2, ports=2)
        made = Projects(engine.store).add(Project("o1", "c1", "bureau", "web", 0, wanted, 0))
        assert isinstance(made, Project)
        return made

    def interrupt(self, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object], times: int = 1) -> None:
        """Have something happen after the next plans were made and before they are kept."""
        plan, left = Applying.plan, [times]

        def planned(self: Applying, text: str, actor: str) -> object:
            found = plan(self, text, actor)
            if left[0]:
                left[0] -= 1
                meanwhile()
            return found

        monkeypatch.setattr(Applying, "plan", planned)

    def test_what_was_scaled_while_another_applied_stays_scaled(
        self, engine: PodmanEngine, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert isinstance(engine.apply(project, deployment(replicas=1), "first"), Applied)
        self.interrupt(monkeypatch, lambda: engine.scale(project, "Deployment", "web", 3, "second"))
        said = engine.apply(project, deployment(replicas=1, image="localhost/web:2"), "third")
        assert isinstance(said, Applied)
        (change,) = said.changes
        assert "replicas: 3" in change.before, "what is shown is what was there"
        found = engine.rollout(project, "Deployment", "web")
        assert not isinstance(found, Refused)
        assert found.revisions[-1].image == "localhost/web:2"

    def test_two_who_apply_at_once_do_not_exceed_the_quota_together(
        self, engine: PodmanEngine, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.interrupt(monkeypatch, lambda: engine.apply(project, deployment("other", replicas=3), "second"))
        refused = engine.apply(project, deployment(replicas=3), "first")
        assert isinstance(refused, Refused)
        assert refused.field == "quota.vcpu"

    def test_whoever_is_always_overtaken_is_told_to_try_again(
        self, engine: PodmanEngine, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = iter(range(100))

        def another() -> None:
            Objects(engine.store, project.order).put((row(project, f"map{next(numbers)}"),))

        self.interrupt(monkeypatch, another, times=100)
        refused = engine.apply(project, deployment(), "first")
        assert refused == Refused("others are changing this project; try again", "project", "C37")

    def test_two_services_of_one_manifest_do_not_get_the_same_port(
        self, engine: PodmanEngine, project: Project
    ) -> None:
        port = (
            service("one").replace("spec:", "spec:\n  type: NodePort").replace("port: 80", "port: 80, nodePort: 32111")
        )
        refused = engine.apply(project, port + port.replace("name: one", "name: two"), "first")
        assert refused == Refused("port 32111 is taken by another Service", "two: spec.ports.nodePort", "C37")
        assert Objects(engine.store, project.order).all() == ()

    @pytest.mark.parametrize("name", ["base", "platform"])
    def test_no_project_is_called_as_the_platform_calls_its_own(self, engine: PodmanEngine, name: str) -> None:
        """Images below base/ are pulled by everybody and asked for no signature."""
        made = Projects(engine.store).add(Project("o2", "c1", "other", name, 0, ProjectOrder(name=name), 0))
        assert made == Refused(f"the name {name!r} is the platform's own", "parameters.name", "C37")

    def test_an_order_called_as_anothers_project_does_not_stand_in_its_way(
        self, engine: PodmanEngine, project: Project
    ) -> None:
        projects = Projects(engine.store)
        assert isinstance(
            projects.add(Project(project.name, "c1", "other", "a", 0, ProjectOrder(name="a"), 0)), Project
        )
        assert projects.named(project.name) == project
        found = projects.named("a")
        assert isinstance(found, Project)
        assert found.tenant == "other"

    def test_events_of_a_quiet_project_outlast_those_of_a_noisy_one(
        self, engine: PodmanEngine, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(objects, "KEPT_EVENTS", 5)
        quiet, noisy = Objects(engine.store, "quiet"), Objects(engine.store, "noisy")
        for number in range(3):
            quiet.tell(EventRow(0, "quiet", number, "Deployment", "web", "normal", "Ready", f"{number}"))
        for number in range(20):
            noisy.tell(EventRow(0, "noisy", number, "Deployment", f"web{number}", "warning", "Died", f"{number}"))
        quiet.tell(EventRow(0, "quiet", 9, "Deployment", "web", "normal", "Ready", "last"))
        assert [one.message for one in quiet.events()] == ["0", "1", "2", "last"]
        assert [one.message for one in noisy.events()] == [str(number) for number in range(15, 20)]


def row(project: Project, name: str) -> ObjectRow:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    return ObjectRow(project.order, "ConfigMap", name, json.dumps(body), 0, "", 0, "another")

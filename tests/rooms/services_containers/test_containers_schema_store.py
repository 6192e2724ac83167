"""The published schemas, read once; and changes within changes: all of them or none."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from yunyue.services.containers.engine import Applied
from yunyue.services.containers.manifest.schema import misfit
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.engine import PodmanEngine
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
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

"""What is told of objects: the same words on either engine; only where things answer is an engine's own."""

from dataclasses import replace
from pathlib import Path

import pytest
from podman_cast import deployment, service
from wishing import now

from yunyue.answer import Refused
from yunyue.services.containers.engine import Applied, Engine, Shown
from yunyue.services.containers.kubernetes.engine import KubernetesEngine
from yunyue.services.containers.kubernetes.noting import TROUBLE
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.podman.engine import PodmanEngine
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store

SHOP = Project("o1", "c1", "bureau", "shop", 1, ProjectOrder(name="shop", vcpu=8), 0)
POD = """{securityContext: {runAsNonRoot: true}, restartPolicy: Never,
  containers: [{name: main, image: "localhost/web:1", resources: {limits: {cpu: 50m, memory: 8Mi}}}]}"""
ALL = f"""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: disk}}
spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 64Mi}}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: once}}
spec: {{completions: 3, template: {{spec: {POD}}}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly}}
spec: {{schedule: "0 3 * * *", timeZone: Asia/Shanghai, jobTemplate: {{spec: {{template: {{spec: {POD}}}}}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  minReplicas: 1
  maxReplicas: 4
  metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 50}}}}}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: front}}
spec:
  rules:
  - host: shop.example
    http:
      paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]
---
{service()}
{deployment()}
"""


def kept(folder: Path, engine: Engine) -> Objects:
    """A project with an object of each kind, which nobody carries out."""
    store = Store(folder)
    assert isinstance(Projects(store).add(SHOP), Project)
    done = engine.apply(SHOP, ALL, "user:li")
    assert isinstance(done, Applied), done
    return Objects(store, SHOP.order)


def told(engine: Engine) -> dict[str, Shown]:
    found = engine.get(SHOP)
    assert not isinstance(found, Refused), found
    return {one.kind: replace(one, made=0) for one in found}


@pytest.fixture(params=[PodmanEngine, KubernetesEngine], ids=["podman", "kubernetes"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    made: Engine = request.param(tmp_path / "_engine", now)
    return made


def test_both_engines_tell_the_same_but_for_where_things_answer(tmp_path: Path) -> None:
    here, there = PodmanEngine(tmp_path / "1", now), KubernetesEngine(tmp_path / "2", now, "")
    for folder, engine in ((tmp_path / "1", here), (tmp_path / "2", there)):
        objects = kept(folder, engine)
        for row in objects.all():
            objects.set_status(row.kind, row.name, {"state": "ready", "ready": 1, "updated": 2, "reason": "so"})
    one, other = told(here), told(there)
    own = {"Service", "Ingress"}
    assert {kind: one[kind] for kind in one.keys() - own} == {kind: other[kind] for kind in other.keys() - own}
    assert {kind: replace(one[kind], details=()) for kind in own} == {
        kind: replace(other[kind], details=()) for kind in own
    }


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("Deployment", {"image": "localhost/web:1"}),
        ("Job", {"image": "localhost/web:1"}),
        ("CronJob", {"schedule": "0 3 * * *", "zone": "Asia/Shanghai", "image": "localhost/web:1"}),
        ("PersistentVolumeClaim", {"storage": "64Mi"}),
        ("HorizontalPodAutoscaler", {"target": "web", "replicas": "1-4"}),
        ("Ingress", {"hosts": "shop.example"}),
    ],
)
def test_an_object_says_in_a_few_words_what_it_asks_for(
    engine: Engine, tmp_path: Path, kind: str, details: dict[str, str]
) -> None:
    kept(tmp_path / "_engine", engine)
    assert details.items() <= dict(told(engine)[kind].details).items()


def test_what_is_wanted_and_ready_is_counted_by_kind(engine: Engine, tmp_path: Path) -> None:
    objects = kept(tmp_path / "_engine", engine)
    objects.set_status("Deployment", "web", {"state": "progressing", "ready": 1, "updated": 2})
    objects.set_status("Job", "once", {"state": "progressing", "ready": 1, "updated": 2})
    found = told(engine)
    counts = {kind: (found[kind].wanted, found[kind].ready) for kind in ("Deployment", "Job", "Service")}
    assert counts == {"Deployment": (2, 1), "Job": (3, 2), "Service": (0, 0)}


def test_what_runs_is_on_its_way_until_somebody_said_otherwise(engine: Engine, tmp_path: Path) -> None:
    kept(tmp_path / "_engine", engine)
    found = told(engine)
    assert {found[kind].state for kind in ("Deployment", "Job", "CronJob")} == {"progressing"}


@pytest.mark.parametrize(
    ("status", "reason"),
    [({}, ""), ({"rolled": "back"}, "back"), ({"reason": "why", "rolled": "back"}, "why")],
)
def test_the_reason_of_now_comes_before_that_of_a_rollback(
    engine: Engine, tmp_path: Path, status: dict[str, str], reason: str
) -> None:
    kept(tmp_path / "_engine", engine).set_status("Deployment", "web", status)
    assert told(engine)["Deployment"].reason == reason


def test_a_cluster_that_does_not_answer_is_the_reason_of_everything(tmp_path: Path) -> None:
    engine = KubernetesEngine(tmp_path, now, "")
    objects = kept(tmp_path, engine)
    objects.set_status("Deployment", "web", {"state": "ready", "reason": "before"})
    objects.set_status(*TROUBLE, {"words": "the cluster is away"})
    assert {one.reason for one in told(engine).values()} == {"the cluster is away"}

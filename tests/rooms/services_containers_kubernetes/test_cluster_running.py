"""What a real cluster holds of a project: its walls, its objects as rendered, and repairs of what others change."""

import json
from typing import Any

import pytest
from kubernetes_cast import Farm
from podman_cast import deployment, service
from wishing import now, until

from yunyue.answer import Refused
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project

pytestmark = pytest.mark.kubernetes

Json = dict[str, Any]
SECRET = "\napiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {PASSWORD: hush-hush}\n---"
SETTINGS = "\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: '1'}\n---"


def at(field: Farm, project: Project, kind: str, name: str = "", api: str = "apps/v1") -> str:
    root = f"/apis/{api}" if "/" in api else f"/api/{api}"
    return f"{root}/namespaces/{field.namespace(project)}/{kind}" + (f"/{name}" if name else "")


def test_a_project_is_walled_in_with_its_quota(field: Farm) -> None:
    project = field.project(vcpu=3, memory_gib=2, storage_gib=1)
    quota = until(lambda: field.plane.get(at(field, project, "resourcequotas", "yunyue-guard", "v1")))
    assert quota["spec"]["hard"]["limits.cpu"] == "3"
    assert quota["spec"]["hard"]["limits.memory"] == str(2 << 30)
    limits = until(lambda: field.plane.get(at(field, project, "limitranges", "yunyue-guard", "v1")))
    assert limits["spec"]["limits"][0]["min"]["cpu"] == "50m"
    path = at(field, project, "networkpolicies", "", "networking.k8s.io/v1")
    until(lambda: len(field.plane.items(path)) == 3)
    shut = next(one for one in field.plane.items(path) if one["metadata"]["name"] == "yunyue-guard")
    assert shut["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_our_rights_do_not_read_a_secret_back(field: Farm) -> None:
    project = field.project()
    field.apply(project, SECRET)
    path = at(field, project, "secrets", "keys", "v1")
    found = until(lambda: field.plane.get(path))
    assert set(found["data"]) == {"PASSWORD"}
    assert field.as_engine("GET", path).status_code == 403
    assert field.as_engine("GET", "/api/v1/namespaces/kube-system/secrets").status_code == 403
    field.engine.delete(project, "Secret", "keys", "user:li")
    until(lambda: field.plane.get(path) is None)


def test_what_somebody_deletes_comes_back(field: Farm) -> None:
    project = field.project()
    field.apply(project, service() + SETTINGS + deployment(replicas=1))
    field.complete(project)
    for kind, name, api in (
        ("deployments", "web", "apps/v1"),
        ("services", "web", "v1"),
        ("configmaps", "settings", "v1"),
    ):
        path = at(field, project, kind, name, api)
        before = until(lambda path=path: field.plane.get(path))["metadata"]["uid"]  # type: ignore[misc]  # bound at once
        field.plane.admin.delete(path)
        again = until(lambda path=path, before=before: _other(field.plane.get(path), before))  # type: ignore[misc]  # bound at once
        assert again["metadata"]["labels"]["yunyue/name"] == name


def _digest(live: Json) -> str:
    return str(live["spec"]["template"]["metadata"]["annotations"]["yunyue/digest"])


def _other(found: Json | None, uid: str) -> Json | None:
    return found if found is not None and found["metadata"]["uid"] != uid else None


def test_what_somebody_changes_is_put_back(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=1))
    field.complete(project)
    path = at(field, project, "deployments", "web")
    field.plane.patch(path, {"spec": {"replicas": 5}})
    until(lambda: (field.plane.get(path) or {})["spec"]["replicas"] == 1)
    labels = {"spec": {"template": {"metadata": {"annotations": {"yunyue/digest": "forged"}}}}}
    field.plane.patch(path, labels)
    until(lambda: _digest(field.plane.get(path) or {}) != "forged")
    until(lambda: [one.phase for one in field.rows(project)] == ["ready"])


def test_what_is_no_longer_asked_for_is_removed_and_strangers_stay(field: Farm) -> None:
    project = field.project()
    field.apply(project, SETTINGS + deployment(replicas=1))
    field.complete(project)
    foreign = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "foreign"}, "data": {"a": "b"}}
    field.plane.create(at(field, project, "configmaps", "", "v1"), foreign)
    field.engine.delete(project, "ConfigMap", "settings", "user:li")
    until(lambda: field.plane.get(at(field, project, "configmaps", "settings", "v1")) is None)
    assert field.plane.get(at(field, project, "configmaps", "foreign", "v1")) is not None


def test_an_orphan_left_by_a_platform_that_died_is_removed(field: Farm) -> None:
    project = field.project()
    field.apply(project, SETTINGS + deployment(replicas=1))
    field.complete(project)
    field.stop_keeper()
    field.engine.delete(project, "Deployment", "web", "user:li")
    field.engine.delete(project, "ConfigMap", "settings", "user:li")
    field.start_keeper()
    until(lambda: field.plane.get(at(field, project, "deployments", "web")) is None)
    until(lambda: field.plane.get(at(field, project, "configmaps", "settings", "v1")) is None)


def test_a_cron_job_is_done_in_its_own_zone_by_a_server_that_knows_none(field: Farm) -> None:
    """The minute that the platform slept through is made up for once it is back."""
    project = field.project()
    field.apply(project, CRON)
    until(lambda: field.state(project, "CronJob", "night")[0] == "ready")
    kept = Objects(field.engine.store, project.order)
    kept.set_status("CronJob", "night", {"last": now() - 60_000, "state": "ready"})
    until(lambda: any(one.kind == "Job" for one in field.shown(project)))
    job = next(one for one in field.shown(project) if one.kind == "Job")
    assert job.name.startswith("night-")
    until(lambda: field.state(project, "Job", job.name)[0] == "complete")
    assert field.plane.items(at(field, project, "cronjobs", "", "batch/v1beta1")) == []


CRON = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: night}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          securityContext: {runAsNonRoot: true}
          containers:
          - name: main
            image: localhost/web:1
            command: ["/bin/sh", "-c", "exit 0"]
            resources: {limits: {cpu: 100m, memory: 32Mi}}
"""
SCALER = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
"""


def test_an_autoscaler_takes_the_number_of_replicas_over_without_a_drop(field: Farm) -> None:
    project = field.project()
    field.apply(project, deployment(replicas=3))
    field.complete(project)
    field.apply(project, SCALER)
    path = at(field, project, "deployments", "web")
    assert until(lambda: field.plane.get(at(field, project, "horizontalpodautoscalers", "web", "autoscaling/v2beta2")))
    until(lambda: not _owns(field.plane.get(path) or {}))
    assert (field.plane.get(path) or {})["spec"]["replicas"] == 3
    field.plane.patch(f"{path}/scale", {"spec": {"replicas": 4}})
    until(lambda: field.complete(project).wanted == 4)
    assert (field.plane.get(path) or {})["spec"]["replicas"] == 4


def _owns(live: Json) -> bool:
    managers = [one for one in live["metadata"]["managedFields"] if one["manager"] == "yunyue"]
    return any("f:replicas" in one["fieldsV1"]["f:spec"] for one in managers)


def test_an_update_the_quota_has_no_room_for_says_why(field: Farm) -> None:
    project = field.project(vcpu=1)
    field.apply(project, deployment(replicas=2, spec="strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}"))
    field.complete(project)
    changed = "strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}"
    field.apply(project, deployment(replicas=2, image="localhost/web:2", spec=changed))
    until(lambda: "exceeded quota" in field.rollout(project).reason)
    assert field.rollout(project).ready == 2


def test_what_the_server_refuses_is_told_in_its_words(field: Farm) -> None:
    project = field.project()
    field.apply(project, service())
    until(lambda: field.state(project, "Service", "web")[0] == "ready")
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: disk}\nspec: {accessModes: [ReadWriteOnce], "
    field.apply(project, claim + "resources: {requests: {storage: 1Gi}}}")
    until(lambda: field.state(project, "PersistentVolumeClaim", "disk") == ("progressing", "no volume is bound yet"))
    field.apply(project, claim + "resources: {requests: {storage: 2Gi}}, storageClassName: other}")
    until(lambda: "spec" in field.state(project, "PersistentVolumeClaim", "disk")[1])
    assert field.state(project, "PersistentVolumeClaim", "disk")[0] == "failed"


def test_a_job_that_was_done_is_forgotten_when_its_time_is_over(field: Farm) -> None:
    project = field.project()
    body = CRON.partition("jobTemplate:\n")[2]
    spec = "\n".join(line[4:] for line in body.splitlines())
    text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: sum}\n" + spec.replace(
        "spec:\n", "spec:\n  ttlSecondsAfterFinished: 0\n", 1
    )
    field.apply(project, text)
    until(lambda: isinstance(field.engine.get(project, "Job", "sum"), Refused))
    until(lambda: field.plane.get(at(field, project, "jobs", "sum", "batch/v1")) is None)


def test_a_project_that_ended_leaves_nothing(field: Farm) -> None:
    project = field.project()
    field.apply(project, service() + deployment(replicas=2))
    field.complete(project)
    field.end(project)
    until(lambda: field.plane.get(f"/api/v1/namespaces/{field.namespace(project)}") is None, 100)
    rows = field.engine.store.rows("SELECT start, ended FROM spans WHERE project = ?", (project.order,))
    assert len(rows) == 2
    assert all(0 < start <= ended <= now() for start, ended in rows)


def test_a_namespace_that_is_not_ours_is_left_alone(field: Farm) -> None:
    name = f"p{field.made + 1}"
    path = "/api/v1/namespaces"
    made = field.project(name=name)
    taken = field.namespace(made)
    field.end(made)
    until(lambda: field.plane.get(f"{path}/{taken}") is None, 100)
    field.plane.create(path, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": taken}})
    project = field.project(name=name)
    field.apply(project, service())
    until(lambda: field.state(project, "Service", "web")[1] == f"the namespace {taken} is there and is not ours")
    assert not field.plane.items(f"{path}/{taken}/services")
    assert json.dumps(field.plane.get(f"{path}/{taken}")).find("yunyue/installation") == -1

"""What a cluster is given for a project: fits the published schemas of every version, holds the defaults, is ours."""

import json
from functools import cache
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # brings no types
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from podman_cast import deployment, service

from yunyue.answer import Refused
from yunyue.services.containers.kubernetes.abilities import WANTED, Abilities, Spoken
from yunyue.services.containers.kubernetes.admission import admission
from yunyue.services.containers.kubernetes.guards import Openings, belongs, guards, openings_of, room
from yunyue.services.containers.kubernetes.names import namespace, ours, selector, tag
from yunyue.services.containers.kubernetes.planting import driven_by, essence
from yunyue.services.containers.kubernetes.rendering import Rendering
from yunyue.services.containers.manifest.manifests import read_manifest
from yunyue.services.containers.parameters import ProjectOrder
from yunyue.services.containers.policy.rules import Policy, denied
from yunyue.services.containers.project.objects import document
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow
from yunyue.services.containers.project.wishes import Wishes

Json = dict[str, Any]
VERSIONS = ("1.25", "1.29", "1.33", "1.37")
"""Those whose schemas are published with the validator; 1.20 is held to by a real server in its stage."""

OTHERS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {A: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
data: {OLD: b2xk}
stringData: {NEW: new}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: night}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      ttlSecondsAfterFinished: 60
      template:
        spec:
          restartPolicy: Never
          securityContext: {runAsNonRoot: true}
          containers:
          - {name: main, image: "a:1", resources: {limits: {cpu: 0.5, memory: 32Mi}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {app: door}}}], ports: [{port: 8080}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door}
spec:
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---"""
CLAIMED = """
  volumeClaimTemplates:
  - metadata: {name: files}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""


def project(**wanted: Any) -> Project:
    return Project("o1", "c1", "bureau", "shop", 1, ProjectOrder(name="shop", engine="kubernetes", **wanted), 0)


def speaking(*number: int) -> Abilities:
    kinds = {name: Spoken(versions[0], f"{name.lower()}s") for name, versions in WANTED.items()}
    return Abilities(f"v{number[0]}.{number[1]}.0", (number[0], number[1]), kinds)


@cache
def wishes() -> Wishes:
    volumes = "volumes: [{name: tmp, emptyDir: {}}]"
    mounts = "volumeMounts: [{name: tmp, mountPath: /tmp}]"
    stateful = deployment("db", spec="serviceName: db").replace("kind: Deployment", "kind: StatefulSet")
    stateful = stateful.rstrip("-").rstrip() + CLAIMED + "---"
    text = service() + deployment(pod=volumes, container=mounts) + stateful + OTHERS
    manifest = read_manifest(text, "shop", Policy())
    assert not isinstance(manifest, Refused), manifest
    rows = tuple(ObjectRow("o1", one.kind, one.name, document(one), 1, "d1", 0, "user:li") for one in manifest.objects)
    return Wishes.of(rows)


def rendered(kind: str, *number: int, driven: bool = False, **wanted: Any) -> Json:
    row = next(row for row in wishes().rows if row.kind == kind)
    return Rendering("abc123", project(**wanted), speaking(*(number or (1, 36)))).document(row, driven=driven)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_fits_the_published_schema(version: str) -> None:
    number = tuple(int(part) for part in version.split("."))
    rendering = Rendering("abc123", project(), speaking(*number))
    for row in wishes().rows:
        kubernetes_validate.validate(rendering.document(row), version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("allow_root", [True, False])
def test_every_guard_fits_the_published_schema(version: str, allow_root: bool) -> None:
    made = project(allow_root=allow_root, egress=True)
    openings = Openings(("Deployment.web",), ingress=True, node_port=True)
    documents = (room("abc123", made, speaking(1, 36)), *guards("abc123", made, openings))
    for one in documents:
        kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize("version", ["1.33", "1.37"])
def test_the_admission_policy_fits_the_published_schema(version: str) -> None:
    for one in admission("abc123"):
        kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "CronJob"])
def test_what_is_applied_passes_our_own_policy(kind: str) -> None:
    assert denied(rendered(kind), Policy()) is None


def test_everything_is_marked_as_ours_in_the_projects_namespace() -> None:
    rendering = Rendering("abc123", project(), speaking(1, 36))
    for row in wishes().rows:
        metadata = rendering.document(row)["metadata"]
        assert metadata["namespace"] == "yunyue-abc123-shop"
        assert metadata["labels"].items() >= ours("abc123", project()).items()
        assert (metadata["labels"]["yunyue/kind"], metadata["labels"]["yunyue/name"]) == (row.kind, row.name)


def test_a_pod_has_no_token_no_capability_and_folders_in_memory() -> None:
    pod = rendered("Deployment")["spec"]["template"]["spec"]
    context = pod["containers"][0]["securityContext"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["allowPrivilegeEscalation"] is False
    assert pod["volumes"] == [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}]


def test_what_is_asked_of_a_node_is_what_is_allotted() -> None:
    limits = rendered("CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert limits == {"limits": {"cpu": "0.5", "memory": "32Mi"}, "requests": {"cpu": "0.5", "memory": "32Mi"}}


def test_ports_say_their_protocol_since_old_servers_tell_them_apart_by_it() -> None:
    assert [one["protocol"] for one in rendered("Service")["spec"]["ports"]] == ["TCP"]
    container = rendered("Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert [one["protocol"] for one in container["ports"]] == ["TCP"]


def test_plain_values_of_a_secret_become_part_of_its_one_map() -> None:
    made = rendered("Secret")
    assert made["data"] == {"OLD": "b2xk", "NEW": "bmV3"}
    assert "stringData" not in made


def test_a_pod_waits_to_be_counted_but_one_of_a_stateful_set_does_not() -> None:
    assert rendered("Deployment")["spec"]["template"]["metadata"]["finalizers"] == ["yunyue/metered"]
    assert "finalizers" not in rendered("StatefulSet")["spec"]["template"]["metadata"]


def test_the_cluster_does_not_forget_a_job_before_we_do() -> None:
    assert "ttlSecondsAfterFinished" not in rendered("CronJob")["spec"]["jobTemplate"]["spec"]


def test_a_cron_job_keeps_beijing_time_unless_it_says_otherwise() -> None:
    assert rendered("CronJob")["spec"]["timeZone"] == "Asia/Shanghai"
    assert rendered("CronJob")["spec"]["startingDeadlineSeconds"] == 60


def test_a_paused_project_asks_for_no_replicas_also_when_they_are_driven() -> None:
    paused = msgspec.structs.replace(project(), paused=True)
    row = next(row for row in wishes().rows if row.kind == "Deployment")
    for driven in (True, False):
        made = Rendering("abc123", paused, speaking(1, 36)).document(row, driven=driven)
        assert made["spec"]["replicas"] == 0


def test_driven_replicas_are_not_ours_to_say() -> None:
    assert driven_by(wishes()) == {("Deployment", "web")}
    assert "replicas" not in rendered("Deployment", driven=True)["spec"]
    assert rendered("Deployment")["spec"]["replicas"] == 2


def test_a_quota_is_the_order() -> None:
    quota, limits, *_ = guards("abc123", project(vcpu=3, memory_gib=2, storage_gib=5, replicas=7), Openings())
    hard = quota["spec"]["hard"]
    assert (hard["limits.cpu"], hard["limits.memory"]) == ("3000m", str(2 << 30))
    assert (hard["requests.storage"], hard["pods"]) == (str(5 << 30), "14")
    assert limits["spec"]["limits"][0]["min"] == {"cpu": "50m", "memory": str(8 << 20)}


def walls(openings: Openings, **wanted: Any) -> dict[str, Json]:
    return {one["metadata"]["name"]: one["spec"] for one in guards("k", project(**wanted), openings)[2:]}


def test_nothing_comes_in_from_another_project_and_nothing_goes_out() -> None:
    found = walls(Openings())
    assert found["yunyue-guard"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert found["yunyue-guard-ingress"]["ingress"] == [{"from": [{"podSelector": {}}]}]
    assert not [
        one
        for rule in found["yunyue-guard-egress"]["egress"]
        for one in rule["to"]
        if one.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]


def test_an_order_with_egress_reaches_no_private_address() -> None:
    out = walls(Openings(), egress=True)["yunyue-guard-egress"]["egress"]
    block = next(one["ipBlock"] for rule in out for one in rule["to"] if "except" in one.get("ipBlock", {}))
    assert block["cidr"] == "0.0.0.0/0"
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(block["except"])


def test_what_a_policy_of_the_project_guards_is_not_opened_again() -> None:
    openings = openings_of(wishes())
    assert openings == Openings(("Deployment.web",), ingress=True, node_port=False)
    chosen = walls(openings)["yunyue-guard-ingress"]["podSelector"]["matchExpressions"]
    assert chosen == [{"key": "yunyue/workload", "operator": "NotIn", "values": ["Deployment.web"]}]


def test_an_ingress_opens_the_door_to_the_clusters_own_and_to_no_project() -> None:
    peers = walls(Openings(ingress=True))["yunyue-guard-ingress"]["ingress"][0]["from"]
    assert {
        "namespaceSelector": {"matchExpressions": [{"key": "yunyue/installation", "operator": "DoesNotExist"}]}
    } in peers


@pytest.mark.parametrize(
    ("number", "root", "level"), [((1, 20), False, None), ((1, 23), False, "restricted"), ((1, 36), True, "baseline")]
)
def test_a_namespace_is_held_to_the_standard_where_the_server_knows_it(
    number: tuple[int, int], root: bool, level: str | None
) -> None:
    labels = room("abc123", project(allow_root=root), speaking(*number))["metadata"]["labels"]
    assert labels.get("pod-security.kubernetes.io/enforce") == level


def test_a_namespace_belongs_to_one_project_of_one_installation() -> None:
    made = room("abc123", project(), speaking(1, 36))
    assert belongs(made, "abc123", project())
    assert not belongs(made, "other1", project())
    assert not belongs({"metadata": {"name": "kube-system"}}, "abc123", project())


@given(st.text(max_size=80))
def test_any_order_makes_a_label_a_server_takes(order: str) -> None:
    made = tag(order)
    assert 1 <= len(made) <= 63
    assert made[0].isalnum()
    assert made[-1].isalnum()
    assert made.isascii()


@given(st.dictionaries(st.sampled_from(["replicas", "paused"]), st.integers(0, 9)), st.integers())
def test_what_is_told_of_an_object_does_not_count_as_a_change(spec: dict[str, int], told: int) -> None:
    one = {"metadata": {"labels": {"a": "b"}, "resourceVersion": str(told)}, "spec": spec, "status": {"n": told}}
    same = {**one, "status": {"n": told + 1}, "metadata": {"labels": {"a": "b"}, "resourceVersion": "0"}}
    assert essence(one) == essence(same)
    assert essence(one) != essence({**one, "spec": {**spec, "more": 1}})


def test_names_tell_installations_apart() -> None:
    assert namespace("abc123", project()) != namespace("abc124", project())
    assert selector("abc123", project()) == "yunyue/installation=abc123,yunyue/project=o1"
    assert json.dumps(ours("abc123", project()))

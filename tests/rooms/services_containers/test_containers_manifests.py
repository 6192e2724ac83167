"""What a manifest may say, and how everything else is refused: by the path of the field and the rule."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from podman_cast import deployment, service

from yunyue.answer import Refused
from yunyue.services.containers.kinds import kind_named
from yunyue.services.containers.manifest.documents import DEEPEST, LONGEST, read_documents
from yunyue.services.containers.manifest.manifests import Manifest, read_manifest
from yunyue.services.containers.manifest.objects import KINDS, Deployment, Service
from yunyue.services.containers.policy.rules import Policy

GOOD = service() + deployment()


def refused(text: str, policy: Policy = Policy()) -> Refused:  # noqa: B008 - frozen
    answer = read_manifest(text, "web", policy)
    assert isinstance(answer, Refused), answer
    return answer


def manifest(text: str) -> Manifest:
    answer = read_manifest(text, "web", Policy())
    assert isinstance(answer, Manifest), answer
    return answer


def changed(path: str, value: Any, document: int = 1) -> str:
    """The good manifest with one field set, or taken away with None."""
    documents = [one for one in yaml.safe_load_all(GOOD) if one]
    place: Any = documents[document]
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    for step in steps:
        place = place[step] if isinstance(step, int) else place.setdefault(step, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return yaml.safe_dump_all(documents)


POD = "spec.template.spec"
CONTAINER = f"{POD}.containers.0"


def test_a_good_manifest_becomes_frozen_objects_services_first() -> None:
    first, second = manifest(GOOD).objects
    assert isinstance(first, Service)
    assert isinstance(second, Deployment)
    assert second.spec.template.spec.container.image == "localhost/web:1"
    with pytest.raises(AttributeError):
        second.kind = "Job"  # type: ignore[misc]  # that it is frozen is what is tested


def test_a_list_is_opened() -> None:
    items = [one for one in yaml.safe_load_all(GOOD) if one]
    text = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": items})
    assert manifest(text) == manifest(GOOD)


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("", "manifest", "the manifest is empty"),
        ("a: [", "manifest", "not YAML: line 2, column 1"),
        ("a: &x 1\nb: *x", "manifest", "aliases are not accepted"),
        ("a: 1\na: 2", "manifest", "the key 'a' appears twice"),
        ("- 1", "document 1", "a manifest's document is an object"),
        ("kind: Pod\napiVersion: v1", "kind", "the kind 'Pod' is not accepted"),
        ("kind: Deployment\napiVersion: v1", "apiVersion", "Deployment is accepted as apps/v1"),
        ("!!python/object/apply:os.system ['true']", "manifest", "not YAML"),
        ("x" * (LONGEST + 1), "manifest", f"a manifest holds at most {LONGEST} octets"),
        ("{a: " * (DEEPEST + 5) + "1" + "}" * (DEEPEST + 5), "document 1", f"nested at most {DEEPEST} deep"),
        ("\n---\n".join(["{a: 1}"] * 201), "manifest", "at most 200 documents"),
        (GOOD + GOOD, "document 3", "Service web appears twice"),
    ],
)
def test_what_is_no_manifest_is_refused_with_the_place(text: str, field: str, reason: str) -> None:
    answer = refused(text)
    assert answer.field.startswith(field)
    assert reason in answer.reason
    assert answer.clause == "C37"


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("spec.replicas", "two", "expected integer"),
        ("spec.replicas", 201, "expected 0 to 200"),
        ("spec.replicaz", 1, "Kubernetes knows no such field"),
        ("spec.selector", None, "a required field is missing: selector"),
        ("spec.paused", True, "this field is outside the accepted subset"),
        ("metadata.namespace", "other", "for another project than web"),
        ("metadata.name", "Web", "a name has 1 to 53 small letters"),
        ("spec.strategy", {"type": "Sometimes"}, "expected RollingUpdate or Recreate"),
        ("spec.strategy", {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}, "cannot both be 0"),
        (f"{POD}.hostname", "a", "this field is outside the accepted subset"),
        (f"{POD}.initContainers", [], "this field is outside the accepted subset"),
        (f"{POD}.restartPolicy", "Never", "expected Always"),
        (f"{CONTAINER}.image", None, "expected"),
        (f"{CONTAINER}.readinessProbe", {"httpGet": {"port": "nope"}}, "the container has no port 'nope'"),
        (f"{CONTAINER}.readinessProbe", {"periodSeconds": 1}, "expected one of httpGet, tcpSocket, exec"),
        (f"{CONTAINER}.volumeMounts", [{"name": "x", "mountPath": "/x"}], "there is no volume 'x'"),
        (f"{CONTAINER}.lifecycle", {"postStart": {"exec": {"command": ["a"]}}}, "outside the accepted subset"),
    ],
)
def test_a_wrong_field_is_refused_by_its_path_and_rule(path: str, value: Any, reason: str) -> None:
    answer = refused(changed(path, value))
    expected = path.replace(".0", "[0]").removesuffix(".image")
    assert answer.field.startswith("document 2: ")
    if value is not None and "Probe" not in path and "volumeMounts" not in path and "rollingUpdate" not in str(value):
        assert answer.field.removeprefix("document 2: ").startswith(expected.rpartition(".")[0])
    assert reason in answer.reason or path.endswith("image")


def kept(kind: str, **fields: Any) -> str:
    return yaml.safe_dump({"apiVersion": "v1", "kind": kind, "metadata": {"name": "kept"}, **fields})


def ingress(host: str, path: str = "/") -> str:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": backend}]}}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}}
    return yaml.safe_dump({**body, "spec": {"rules": [rule]}})


class TestNamesThatWouldLeadElsewhere:
    """Keys become files and names folders, written by the platform as root; hosts become lines of the balancer."""

    @pytest.mark.parametrize("key", ["../../../etc/cron.d/x", "/etc/passwd", "a/b", "..", ".", "..x", "", "a\n", "é"])
    @pytest.mark.parametrize(
        ("kind", "field"),
        [("ConfigMap", "data"), ("ConfigMap", "binaryData"), ("Secret", "data"), ("Secret", "stringData")],
    )
    def test_a_key_is_a_plain_file_name(self, kind: str, field: str, key: str) -> None:
        answer = refused(kept(kind, **{field: {key: "eA=="}}))
        assert answer.field == f"{field}.{key}"
        assert "does not begin with .." in answer.reason

    def test_every_key_that_kubernetes_takes_is_taken(self) -> None:
        (one,) = manifest(kept("ConfigMap", data={".hidden": "", "a.b-c_D9": "", "x" * 253: ""})).objects
        assert one.kind == "ConfigMap"

    @pytest.mark.parametrize("name", ["../../../../etc", "a/b", "..", "a\n", "A", "", "-a", "x" * 64])
    def test_a_volume_is_a_plain_name(self, name: str) -> None:
        volumes = [{"name": name, "configMap": {"name": "kept"}}]
        assert refused(changed(f"{POD}.volumes", volumes)).field == f"document 2: {POD}.volumes[0].name"

    @pytest.mark.parametrize("name", ["../order-of-others/data", "a/b", "a\n"])
    def test_a_claim_of_a_stateful_set_is_a_plain_name(self, name: str) -> None:
        """It names the folder where the volume lies: ../ would be the neighbour's."""
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "8Mi"}}}
        (_, given) = yaml.safe_load_all(
            changed("spec.volumeClaimTemplates", [{"metadata": {"name": name}, "spec": claim}])
        )
        given["kind"], given["spec"]["serviceName"] = "StatefulSet", "web"
        assert refused(yaml.safe_dump(given)).field == "spec.volumeClaimTemplates[0].metadata.name"

    @pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../b", "a//b", ".", "", "a\0b"])
    @pytest.mark.parametrize("source", [{"configMap": {"name": "k"}}, {"secret": {"secretName": "k"}}])
    def test_a_key_becomes_a_file_below_its_volume(self, source: dict[str, Any], path: str) -> None:
        (kind,) = source
        given = {"name": "v", kind: {**source[kind], "items": [{"key": "k", "path": path}]}}
        assert refused(changed(f"{POD}.volumes", [given])).field.endswith(f"{POD}.volumes[0].{kind}.items[0].path")

    @pytest.mark.parametrize(
        "host",
        ["a b", "a\n\nset server s0/r0 addr 10.0.0.1", "a;b", "-a.cn", "a..cn", "a_b", "x" * 64, "a\n", "例子.cn"],
    )
    def test_a_host_is_the_name_of_a_host(self, host: str) -> None:
        answer = refused(ingress(host))
        assert (answer.field, answer.reason) == (
            "spec.rules[0].host",
            "expected the name of a host, such as www.example.cn",
        )

    @pytest.mark.parametrize("path", ["/a b", "/a\n", "/a\0", "/a\x7f", "a"])
    def test_a_path_is_one_word(self, path: str) -> None:
        assert refused(ingress("www.example.cn", path)).field == "spec.rules[0].http.paths[0].path"

    @pytest.mark.parametrize(
        "host", ["", "www.example.cn", "WWW.Example.CN", "xn--fsqu00a.cn", "localhost", "10.0.0.1"]
    )
    def test_hosts_as_they_are_written_are_taken(self, host: str) -> None:
        assert len(manifest(ingress(host)).objects) == 1

    @pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
    def test_an_object_is_named_in_one_line(self, kind: str) -> None:
        assert refused(kept(kind).replace("name: kept", 'name: "kept\\n"')).field == "metadata.name"

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            (f"{CONTAINER}.name", "a\nb", "name"),
            (f"{CONTAINER}.env", [{"name": "", "value": "x"}], "env[0].name"),
            (f"{CONTAINER}.envFrom", [{"prefix": "A=", "configMapRef": {"name": "k"}}], "envFrom[0].prefix"),
            (f"{CONTAINER}.readinessProbe.httpGet.path", "/a b", "readinessProbe.httpGet.path"),
            (f"{CONTAINER}.readinessProbe.httpGet.scheme", "FILE", "readinessProbe.httpGet.scheme"),
            (
                f"{CONTAINER}.readinessProbe.httpGet.httpHeaders",
                [{"name": "X", "value": "a\r\nHost: other"}],
                "readinessProbe.httpGet.httpHeaders[0]",
            ),
        ],
    )
    def test_words_of_a_container_stay_words(self, path: str, value: Any, field: str) -> None:
        assert refused(changed(path, value)).field == f"document 2: {POD}.containers[0].{field}"

    @pytest.mark.parametrize("field", ["port", "nodePort"])
    def test_no_number_is_asked_for_twice(self, field: str) -> None:
        ports = [{"name": name, "port": port, "nodePort": 30_500 + port} for name, port in (("a", 80), ("b", 81))]
        ports[1][field] = ports[0][field]
        answer = refused(changed("spec", {"type": "NodePort", "selector": {"a": "b"}, "ports": ports}, 0))
        assert answer.field == f"document 1: spec.ports[0].{field}"


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (f"{POD}.hostNetwork", True, "host-namespaces"),
        (f"{POD}.hostPID", True, "host-namespaces"),
        (f"{POD}.hostIPC", True, "host-namespaces"),
        (f"{POD}.automountServiceAccountToken", True, "service-account"),
        (f"{POD}.volumes", [{"name": "x", "hostPath": {"path": "/"}}], "host-paths"),
        (f"{POD}.volumes", [{"name": "x", "nfs": {"server": "a", "path": "/"}}], "host-paths"),
        (f"{POD}.securityContext", {"runAsNonRoot": False}, "non-root"),
        (f"{POD}.securityContext", {"runAsUser": 0}, "non-root"),
        (f"{POD}.securityContext", {"runAsNonRoot": True, "seccompProfile": {"type": "Unconfined"}}, "seccomp"),
        (f"{POD}.securityContext", {"runAsNonRoot": True, "sysctls": [{"name": "a", "value": "1"}]}, "sysctls"),
        (f"{CONTAINER}.securityContext", {"privileged": True}, "no-privileged"),
        (f"{CONTAINER}.securityContext", {"allowPrivilegeEscalation": True}, "no-escalation"),
        (f"{CONTAINER}.securityContext", {"capabilities": {"add": ["NET_ADMIN"]}}, "capabilities"),
        (f"{CONTAINER}.securityContext", {"procMount": "Unmasked"}, "proc-mount"),
        (f"{CONTAINER}.securityContext", {"runAsUser": 0}, "non-root"),
        (f"{CONTAINER}.volumeDevices", [{"name": "a", "devicePath": "/dev/sda"}], "devices"),
        (f"{CONTAINER}.ports", [{"containerPort": 80, "hostPort": 80}], "host-ports"),
        (f"{CONTAINER}.resources", {}, "limits"),
        (f"{CONTAINER}.resources", {"limits": {"cpu": "1"}}, "limits"),
        (f"{CONTAINER}.resources", {"limits": {"cpu": "10m", "memory": "64Mi"}}, "limits"),
        (f"{CONTAINER}.resources", {"limits": {"cpu": "1", "memory": "1Ki"}}, "limits"),
        (f"{CONTAINER}.resources", {"limits": {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"}}, "devices"),
    ],
)
def test_every_rule_of_the_policy_refuses_by_field_and_name(path: str, value: Any, rule: str) -> None:
    answer = refused(changed(path, value))
    assert answer.reason.startswith(f"policy {rule}: ")
    assert answer.field.startswith(f"document 2: {path.replace('.0', '[0]')}".rpartition(".")[0])


def test_root_runs_only_where_the_order_allows_it() -> None:
    text = changed(f"{POD}.securityContext", {"runAsUser": 0})
    assert isinstance(read_manifest(text, "web", Policy(allow_root=True)), Manifest)
    assert refused(text).reason.startswith("policy non-root")


@pytest.mark.parametrize(
    ("port", "http"),
    [
        ({"port": 80}, True),
        ({"port": 5432}, False),
        ({"port": 80, "name": "tcp-db"}, False),
        ({"port": 9, "name": "http-x"}, True),
        ({"port": 9, "appProtocol": "http"}, True),
    ],
)
def test_a_port_speaks_http_as_its_name_says(port: dict[str, Any], http: bool) -> None:
    found = manifest(changed("spec.ports", [port], 0)).objects[0]
    assert isinstance(found, Service)
    assert found.spec.ports[0].http is http


def test_a_date_stays_text_and_on_is_a_word() -> None:
    found = read_documents("a: 2026-11-23\nb: on\nc: true")
    assert not isinstance(found, Refused)
    assert found[0].content == {"a": "2026-11-23", "b": "on", "c": True}


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read_manifest(text, "web", Policy()), Refused | Manifest)


@pytest.mark.parametrize("path", [f"{CONTAINER}.ports", f"{POD}.volumes", f"{POD}.containers", f"{CONTAINER}.env"])
def test_null_in_a_list_is_refused(path: str) -> None:
    assert refused(changed(path, [None])).clause == "C37"


@settings(deadline=None, max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from([f"{POD}.securityContext", f"{CONTAINER}.resources", f"{CONTAINER}.ports", "spec.strategy", POD]),
)
def test_no_value_anywhere_breaks_it(value: Any, path: str) -> None:
    if value is not None:
        assert isinstance(read_manifest(changed(path, value), "web", Policy()), Refused | Manifest)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_known_by_its_plural_and_in_any_case(kind: str) -> None:
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}es" if kind.endswith("ss") else f"{kind}s"
    assert kind_named(plural.lower()) == kind_named(kind.upper()) == kind


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    answer = kind_named("pods")
    assert isinstance(answer, Refused)
    assert "Deployment" in answer.reason

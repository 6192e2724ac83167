"""Compose files become manifests that pass our own reader; what has no meaning here is refused by path."""

from typing import Any

import pytest
import yaml
from podman_cast import deployment

from yunyue.answer import Refused
from yunyue.services.containers.manifest.compose import is_compose, manifest_of
from yunyue.services.containers.manifest.manifests import Manifest, read_manifest
from yunyue.services.containers.manifest.objects import Deployment, Service
from yunyue.services.containers.policy.rules import Policy

WHOLE: dict[str, Any] = {
    "services": {
        "web": {
            "image": "base/web:1",
            "command": "httpd -f -p 8080",
            "environment": ["A=1", "B=two words"],
            "ports": ["80:8080", "9000"],
            "volumes": ["files:/data"],
            "user": "1000:1000",
            "read_only": True,
            "stop_grace_period": "1m5s",
            "deploy": {"replicas": 3, "resources": {"limits": {"cpus": "0.5", "memory": "64m"}}},
            "healthcheck": {"test": ["CMD", "true"], "interval": "5s", "timeout": "2s", "retries": 2},
        },
        "worker": {"image": "base/web:1", "environment": {"QUEUE": "jobs"}},
    },
    "volumes": {"files": None},
}


def manifest(content: dict[str, Any]) -> Manifest:
    text = manifest_of(yaml.safe_dump(content))
    assert isinstance(text, str), text
    found = read_manifest(text, "p", Policy())
    assert isinstance(found, Manifest), found
    return found


def test_each_service_becomes_a_deployment_its_ports_a_service_its_volumes_claims() -> None:
    found = manifest(WHOLE)
    assert [(one.kind, one.name) for one in found.objects] == [
        ("PersistentVolumeClaim", "files"),
        ("Service", "web"),
        ("Deployment", "web"),
        ("Deployment", "worker"),
    ]
    web = found.objects[2]
    assert isinstance(web, Deployment)
    container = web.spec.template.spec.container
    assert web.spec.replicas == 3
    assert container.args == ("httpd", "-f", "-p", "8080")
    assert [(one.name, one.value) for one in container.env] == [("A", "1"), ("B", "two words")]
    assert container.resources.limits == {"cpu": "0.5", "memory": "64Mi"}
    assert container.security_context.read_only_root_filesystem
    assert container.liveness_probe is not None
    assert container.liveness_probe.failure_threshold == 2
    assert web.spec.template.spec.security_context.run_as_user == 1000
    assert web.spec.template.spec.termination_grace_period_seconds == 65


def test_ports_are_balanced_by_what_they_usually_speak() -> None:
    service = manifest(WHOLE).objects[1]
    assert isinstance(service, Service)
    assert [(one.port, one.target_port, one.http) for one in service.spec.ports] == [
        (80, 8080, True),
        (9000, 9000, False),
    ]


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        ("privileged", True, "services.web.privileged", "has no meaning here"),
        ("network_mode", "host", "services.web.network_mode", "has no meaning here"),
        ("build", ".", "services.web.build", "has no meaning here"),
        ("volumes", ["/etc:/data"], "services.web.volumes[0]", "only named volumes are mounted"),
        ("volumes", ["./here:/data"], "services.web.volumes[0]", "only named volumes are mounted"),
        ("ports", ["80:http"], "services.web.ports[0]", "expected a port"),
        ("stop_grace_period", "soon", "services.web.stop_grace_period", "expected a duration"),
        ("healthcheck", {"interval": "5s"}, "services.web.healthcheck", "a required field is missing: test"),
        ("image", None, "services.web", "a required field is missing: image"),
    ],
)
def test_what_has_no_meaning_here_is_refused_by_path(path: str, value: Any, field: str, reason: str) -> None:
    service = {**WHOLE["services"]["web"], path: value}
    if value is None:
        del service[path]
    answer = manifest_of(yaml.safe_dump({"services": {"web": service}, "volumes": {"files": None}}))
    assert isinstance(answer, Refused)
    assert answer.field == field
    assert reason in answer.reason


def test_a_file_without_services_or_with_an_unknown_top_is_refused() -> None:
    assert manifest_of("services: {}") == Refused("a required field is missing: services", "services", "C37")
    assert isinstance(manifest_of("services: {a: {image: b}}\nsecrets: {}"), Refused)
    assert isinstance(manifest_of("a: ["), Refused)


def test_a_compose_file_is_told_from_a_manifest() -> None:
    assert is_compose(yaml.safe_dump(WHOLE))
    assert not is_compose(deployment())
    assert not is_compose("a: [")

"""Compose files into Kubernetes manifests: each service becomes a Deployment, its ports a Service, its volumes claims.

What Compose leaves open our policy asks for: limits (a tenth of a processor and 128 MiB unless `deploy.resources` says
otherwise) and a user that is not root. What has no meaning here is refused by its path, never left out in silence.
"""

import re
import shlex
from typing import Any, Final

import yaml

from yunyue.answer import Refused
from yunyue.services.containers.manifest.documents import read_documents

ACCEPTED: Final = frozenset(
    {
        "image", "command", "entrypoint", "environment", "ports", "expose", "volumes", "deploy", "user", "working_dir",
        "read_only", "restart", "stop_grace_period", "healthcheck", "depends_on", "container_name", "labels",
    }
)  # fmt: skip
TOP: Final = frozenset({"version", "name", "services", "volumes"})
SECONDS: Final = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")
VOLUME_SIZE: Final = "1Gi"
LIMITS: Final = {"cpu": "100m", "memory": "128Mi"}


def is_compose(text: str) -> bool:
    """Whether a text is a Compose file and no manifest."""
    documents = read_documents(text)
    if isinstance(documents, Refused) or len(documents) != 1:
        return False
    content = documents[0].content
    return "services" in content and "kind" not in content


def manifest_of(text: str) -> str | Refused:
    """The manifest of a Compose file, as YAML. Refused: the path of what has no meaning here."""
    documents = read_documents(text)
    if isinstance(documents, Refused):
        return documents
    content = documents[0].content
    for key in content:
        if key not in TOP and not key.startswith("x-"):
            return _no(key)
    services = content.get("services")
    if not isinstance(services, dict) or not services:
        return Refused("a required field is missing: services", "services", "C37")
    made: list[dict[str, Any]] = [_claim(str(name)) for name in content.get("volumes") or {}]
    for name, service in services.items():
        found = _service(str(name), service if isinstance(service, dict) else {}, set(content.get("volumes") or {}))
        if isinstance(found, Refused):
            return found
        made += found
    dumped: str = yaml.safe_dump_all(made, sort_keys=False, allow_unicode=True)
    return dumped


def _no(path: str) -> Refused:
    return Refused("this field of a Compose file has no meaning here", path, "C37")


def _service(name: str, given: dict[str, Any], volumes: set[str]) -> list[dict[str, Any]] | Refused:
    path = f"services.{name}"
    for key in given:
        if key not in ACCEPTED:
            return _no(f"{path}.{key}")
    if "image" not in given:
        return Refused("a required field is missing: image", path, "C37")
    ports = _ports(given, path)
    mounts = _mounts(given.get("volumes") or [], path, volumes)
    grace = _seconds(given.get("stop_grace_period", "10s"), f"{path}.stop_grace_period")
    health = _health(given.get("healthcheck"), f"{path}.healthcheck")
    for one in (ports, mounts, grace, health):
        if isinstance(one, Refused):
            return one
    assert not isinstance(ports, Refused)
    assert not isinstance(mounts, Refused)
    container = _container(name, given, sorted({inner for _, inner in ports}))
    if mounts:
        container["volumeMounts"] = [{"name": volume, "mountPath": place} for volume, place in mounts]
    if health:
        container["livenessProbe"] = health
    made = [_deployment(name, given, container, {"grace": grace, "volumes": sorted({one for one, _ in mounts})})]
    return [*made, _balanced(name, ports)] if ports else made


def _container(name: str, given: dict[str, Any], ports: list[int]) -> dict[str, Any]:
    asked = ((given.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    limits = {
        "cpu": str(asked.get("cpus", LIMITS["cpu"])),
        "memory": _memory(str(asked.get("memory", LIMITS["memory"]))),
    }
    made: dict[str, Any] = {"name": name, "image": str(given["image"]), "resources": {"limits": limits}}
    if given.get("entrypoint"):
        made["command"] = _words(given["entrypoint"])
    if given.get("command"):
        made["args"] = _words(given["command"])
    if given.get("working_dir"):
        made["workingDir"] = str(given["working_dir"])
    if given.get("environment"):
        made["env"] = _environment(given["environment"])
    if ports:
        made["ports"] = [{"containerPort": port} for port in ports]
    if given.get("read_only"):
        made["securityContext"] = {"readOnlyRootFilesystem": True}
    return made


def _deployment(name: str, given: dict[str, Any], container: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    user = str(given.get("user", "")).partition(":")[0]
    security: dict[str, Any] = {"runAsNonRoot": True}
    if user.isdecimal():
        security["runAsUser"] = int(user)
    pod: dict[str, Any] = {
        "securityContext": security,
        "terminationGracePeriodSeconds": more["grace"],
        "containers": [container],
    }
    if more["volumes"]:
        pod["volumes"] = [{"name": one, "persistentVolumeClaim": {"claimName": one}} for one in more["volumes"]]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": int((given.get("deploy") or {}).get("replicas", 1)),
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod},
        },
    }


def _balanced(name: str, ports: list[tuple[int, int]]) -> dict[str, Any]:
    listed = [{"name": _port_name(outer), "port": outer, "targetPort": inner} for outer, inner in ports]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": listed},
    }


def _port_name(port: int) -> str:
    return f"http-{port}" if port in (80, 3000, 5000, 8000, 8080) else f"tcp-{port}"


def _claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": VOLUME_SIZE}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def _ports(given: dict[str, Any], path: str) -> list[tuple[int, int]] | Refused:
    """Ports outside and inside, such as "8080:80", "80" or 80; `expose` is the same outside as inside."""
    found: list[tuple[int, int]] = []
    for field in ("ports", "expose"):
        for index, text in enumerate(given.get(field) or []):
            parts = str(text).removesuffix("/tcp").split(":")[-2:]
            if not all(part.isdecimal() and 1 <= int(part) <= 65535 for part in parts):
                return Refused("expected a port such as 8080:80", f"{path}.{field}[{index}]", "C37")
            found.append((int(parts[0]), int(parts[-1])))
    return sorted(set(found))


def _mounts(given: list[Any], path: str, volumes: set[str]) -> list[tuple[str, str]] | Refused:
    found: list[tuple[str, str]] = []
    for index, text in enumerate(given):
        source, _, place = str(text).partition(":")
        if source not in volumes or not place.startswith("/"):
            reason = "only named volumes are mounted: nothing of the host"
            return Refused(reason, f"{path}.volumes[{index}]", "C37")
        found.append((source, place.partition(":")[0]))
    return found


def _health(given: Any, path: str) -> dict[str, Any] | Refused | None:
    if not isinstance(given, dict) or given.get("disable"):
        return None
    test = given.get("test") or []
    words = ["/bin/sh", "-c", test] if isinstance(test, str) else _tested([str(one) for one in test])
    period = _seconds(given.get("interval", "30s"), f"{path}.interval")
    timeout = _seconds(given.get("timeout", "30s"), f"{path}.timeout")
    start = _seconds(given.get("start_period", "0s"), f"{path}.start_period")
    for one in (period, timeout, start):
        if isinstance(one, Refused):
            return one
    if not words:
        return Refused("a required field is missing: test", path, "C37")
    return {
        "exec": {"command": words},
        "periodSeconds": period or 1,
        "timeoutSeconds": timeout or 1,
        "initialDelaySeconds": start,
        "failureThreshold": int(given.get("retries", 3)),
    }


def _tested(words: list[str]) -> list[str]:
    match words:
        case ["CMD", *command]:
            return command
        case ["CMD-SHELL", text]:
            return ["/bin/sh", "-c", text]
        case _:
            return []


def _seconds(text: Any, path: str) -> int | Refused:
    read = SECONDS.fullmatch(str(text))
    if read is None or not str(text):
        return Refused("expected a duration such as 1m30s", path, "C37")
    return int(read[1] or 0) * 60 + int(read[2] or 0)


def _memory(text: str) -> str:
    """Compose writes 128m and 1g where Kubernetes writes 128Mi and 1Gi."""
    unit = {"b": "", "k": "Ki", "m": "Mi", "g": "Gi"}.get(text[-1:].lower())
    return text if text.endswith("i") or unit is None else f"{text.rstrip('bBkKmMgG')}{unit}"


def _words(given: Any) -> list[str]:
    return shlex.split(given) if isinstance(given, str) else [str(one) for one in given]


def _environment(given: Any) -> list[dict[str, str]]:
    pairs = given.items() if isinstance(given, dict) else (str(one).partition("=")[::2] for one in given)
    return [{"name": str(name), "value": "" if value is None else str(value)} for name, value in pairs]

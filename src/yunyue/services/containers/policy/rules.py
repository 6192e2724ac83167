"""The rules that every pod keeps, read from the document as it was written, before any engine sees it.

They are Kubernetes' own "restricted" standard, and what that leaves open: limits are required, service account tokens
are never mounted, and a processor's share is at least so much that the start of a container is not starved by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.manifest.quantity import amount

PODS: Final = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""Where the pod stands in each kind."""

SAFE_VOLUMES: Final = ("configMap", "secret", "emptyDir", "persistentVolumeClaim", "downwardAPI", "projected")
LEAST_MILLI: Final = 50
LEAST_OCTETS: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Policy:
    """What a project may do beyond the default, as its order says."""

    allow_root: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A field that breaks a rule, by the rule's name and in words."""

    field: str
    rule: str
    reason: str


def denied(document: dict[str, Any], policy: Policy) -> Refused | None:
    """The first breach of a document that passed the schema; None when there is none."""
    for breach in breaches(document, policy):
        return Refused(f"policy {breach.rule}: {breach.reason}", breach.field, "C37")
    return None


def breaches(document: dict[str, Any], policy: Policy) -> Iterator[Breach]:
    """Every breach of a document, in the order of its fields."""
    path = PODS.get(str(document.get("kind")))
    if path is None:
        return
    pod: Any = document
    for part in path:
        pod = pod.get(part) if isinstance(pod, dict) else None
    if isinstance(pod, dict):
        yield from _pod(pod, ".".join(path), policy)


def _pod(pod: dict[str, Any], path: str, policy: Policy) -> Iterator[Breach]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(field):
            yield Breach(f"{path}.{field}", "host-namespaces", "the host's namespaces are not shared")
    if pod.get("hostUsers"):
        yield Breach(f"{path}.hostUsers", "host-namespaces", "the host's namespaces are not shared")
    if pod.get("automountServiceAccountToken"):
        yield Breach(f"{path}.automountServiceAccountToken", "service-account", "no token of the cluster is mounted")
    for index, volume in enumerate(_list(pod, "volumes")):
        for source in volume:
            if source != "name" and source not in SAFE_VOLUMES:
                yield Breach(
                    f"{path}.volumes[{index}].{source}", "host-paths", "only volumes that hold nothing of the host"
                )
    shared = _map(pod, "securityContext")
    yield from _seccomp(shared, f"{path}.securityContext")
    if shared.get("sysctls"):
        yield Breach(f"{path}.securityContext.sysctls", "sysctls", "kernel settings are the platform's")
    for group in ("initContainers", "ephemeralContainers", "containers"):
        for index, container in enumerate(_list(pod, group)):
            yield from _container(container, f"{path}.{group}[{index}]", policy, shared)


def _container(container: dict[str, Any], path: str, policy: Policy, shared: dict[str, Any]) -> Iterator[Breach]:
    context, where = _map(container, "securityContext"), f"{path}.securityContext"
    if context.get("privileged"):
        yield Breach(f"{where}.privileged", "no-privileged", "a container has no rights over the host")
    if context.get("allowPrivilegeEscalation"):
        yield Breach(f"{where}.allowPrivilegeEscalation", "no-escalation", "no program gains rights")
    for index, name in enumerate((context.get("capabilities") or {}).get("add") or ()):
        if name != "NET_BIND_SERVICE":
            yield Breach(
                f"{where}.capabilities.add[{index}]", "capabilities", "all are dropped; only NET_BIND_SERVICE may stay"
            )
    if context.get("procMount") not in (None, "Default"):
        yield Breach(f"{where}.procMount", "proc-mount", "expected Default")
    for index, device in enumerate(_list(container, "volumeDevices")):
        if device:
            yield Breach(f"{path}.volumeDevices[{index}]", "devices", "no device of the host is lent")
    yield from _seccomp(context, where)
    for index, port in enumerate(_list(container, "ports")):
        if port.get("hostPort"):
            yield Breach(f"{path}.ports[{index}].hostPort", "host-ports", "a Service or an Ingress opens ports")
    if not policy.allow_root:
        yield from _root(context, shared, where)
    yield from _limits(container, path)


def _root(context: dict[str, Any], shared: dict[str, Any], where: str) -> Iterator[Breach]:
    user = context.get("runAsUser", shared.get("runAsUser"))
    if user == 0:
        yield Breach(f"{where}.runAsUser", "non-root", "this project may not run as root")
    elif context.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
        yield Breach(f"{where}.runAsNonRoot", "non-root", "expected true, here or for the whole pod")


def _seccomp(context: dict[str, Any], where: str) -> Iterator[Breach]:
    kind = (context.get("seccompProfile") or {}).get("type", "RuntimeDefault")
    if kind != "RuntimeDefault":
        yield Breach(f"{where}.seccompProfile.type", "seccomp", "expected RuntimeDefault")


def _limits(container: dict[str, Any], path: str) -> Iterator[Breach]:
    limits = _map(_map(container, "resources"), "limits")
    for name, least, said in (("cpu", LEAST_MILLI, "50m"), ("memory", LEAST_OCTETS, "8Mi")):
        where = f"{path}.resources.limits.{name}"
        if name not in limits:
            yield Breach(where, "limits", "a limit is required")
            continue
        found = amount(limits[name], where)
        if isinstance(found, Refused):
            yield Breach(where, "limits", found.reason)
        elif found * (1000 if name == "cpu" else 1) < least:
            yield Breach(where, "limits", f"at least {said}; less starves the start of a container")
    for name in limits:
        if name not in ("cpu", "memory", "ephemeral-storage"):
            yield Breach(
                f"{path}.resources.limits.{name}", "devices", "only cpu, memory and ephemeral-storage are lent"
            )


def _map(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _list(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list. The schema lets null stand for one; it is nothing here, and the subset refuses it."""
    found = holder.get(name)
    return [one if isinstance(one, dict) else {} for one in found] if isinstance(found, list) else []

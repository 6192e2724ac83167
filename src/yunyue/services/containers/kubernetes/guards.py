"""What stands around a project in a cluster: its namespace, quota, limits and walls, and the policy once more.

The policy refuses before a server sees anything (`policy`); what the server knows of it holds against everyone else
who may write into the namespace: pod security labels from 1.23, an admission policy where the server speaks it.
"""

from dataclasses import dataclass
from typing import Any, Final

from yunyue.services.containers.kubernetes.abilities import Abilities
from yunyue.services.containers.kubernetes.names import (
    GUARD,
    INSTALLATION,
    ORDER,
    PROJECT,
    WORKLOAD,
    namespace,
    ours,
    tag,
    workload,
)
from yunyue.services.containers.policy.rules import LEAST_MILLI, LEAST_OCTETS
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.wishes import Wishes, template_of

Json = dict[str, Any]

HEADROOM: Final = 2
"""Pods of a rolling update come on top of the replicas; processors and memory do not."""

PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8")
"""Nothing a project may reach outside, also when it may reach the outside."""

DNS: Final = {
    "to": [{"namespaceSelector": {}}, {"ipBlock": {"cidr": "169.254.20.10/32"}}],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
}
"""The cluster's names, also from the cache on a node; a name server outside would be a way out."""


@dataclass(frozen=True, slots=True)
class Openings:
    """What a project's objects say of who may come in. `guarded`: labels of workloads a NetworkPolicy of it guards."""

    guarded: tuple[str, ...] = ()
    ingress: bool = False
    node_port: bool = False


def guards(key: str, project: Project, openings: Openings) -> tuple[Json, ...]:
    """The documents inside the namespace, in the order in which they are applied."""
    walls = (_shut(key, project), _out(key, project), open_to(key, project, openings))
    return (_quota(key, project), _limits(key, project), *walls)


def room(key: str, project: Project, abilities: Abilities) -> Json:
    """The namespace."""
    labels = ours(key, project)
    if abilities.pod_security:
        level = "baseline" if project.wanted.allow_root else "restricted"
        for mode in ("enforce", "warn", "audit"):
            labels[f"pod-security.kubernetes.io/{mode}"] = level
    metadata: Json = {"name": namespace(key, project), "labels": labels, "annotations": {ORDER: project.order}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _head(kind: str, key: str, project: Project, name: str = GUARD) -> Json:
    metadata = {"name": name, "namespace": namespace(key, project), "labels": ours(key, project)}
    api = "networking.k8s.io/v1" if kind == "NetworkPolicy" else "v1"
    return {"apiVersion": api, "kind": kind, "metadata": metadata}


def _quota(key: str, project: Project) -> Json:
    """As ordered. What a cluster counts and a project cannot ask for is nought."""
    quota = project.quota
    hard = {
        "limits.cpu": f"{quota.milli}m",
        "limits.memory": str(quota.memory),
        "requests.storage": str(quota.storage),
        "pods": str(quota.replicas * HEADROOM),
        "services.loadbalancers": "0",
    }
    return {**_head("ResourceQuota", key, project), "spec": {"hard": hard}}


def _limits(key: str, project: Project) -> Json:
    """The least a container has; a pod without limits, made by somebody else, gets just that."""
    least = {"cpu": f"{LEAST_MILLI}m", "memory": str(LEAST_OCTETS)}
    one = {"type": "Container", "min": least, "default": least, "defaultRequest": least}
    return {**_head("LimitRange", key, project), "spec": {"limits": [one]}}


def _shut(key: str, project: Project) -> Json:
    """Nothing comes in and nothing goes out but what another policy lets through."""
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return {**_head("NetworkPolicy", key, project), "spec": spec}


def _out(key: str, project: Project) -> Json:
    """Within the project everything goes out, to names too; what comes in is the other end's own to say."""
    out: list[Json] = [{"to": [{"podSelector": {}}]}, dict(DNS)]
    if project.wanted.egress:
        out.append({"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": list(PRIVATE)}}]})
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": out}
    return {**_head("NetworkPolicy", key, project, f"{GUARD}-egress"), "spec": spec}


def open_to(key: str, project: Project, openings: Openings) -> Json:
    """Who may come in by default: the project's own, and the cluster's doors when something is opened to them.

    Policies add up, so what a NetworkPolicy of the project guards is left out here. An open NodePort lets every
    address in: other projects cannot get out to it.
    """
    peers: list[Json] = [{"podSelector": {}}]
    if openings.ingress:
        peers.append({"namespaceSelector": {"matchExpressions": [{"key": INSTALLATION, "operator": "DoesNotExist"}]}})
    if openings.node_port:
        peers.append({"ipBlock": {"cidr": "0.0.0.0/0"}})
    guarded = {"key": WORKLOAD, "operator": "NotIn", "values": sorted(openings.guarded)}
    selector = {"matchExpressions": [guarded]} if openings.guarded else {}
    spec = {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": [{"from": peers}]}
    return {**_head("NetworkPolicy", key, project, f"{GUARD}-ingress"), "spec": spec}


def openings_of(wishes: Wishes) -> Openings:
    """Read from what is wished."""
    guarded = {
        workload(row.kind, row.name)
        for row, one in zip(wishes.rows, wishes.objects, strict=True)
        for policy in wishes.policies
        if (template := template_of(one)) is not None
        and policy.spec.pod_selector.match_labels.items() <= template.metadata.labels.items()
    }
    node_port = any(one.spec.type == "NodePort" for one in wishes.services)
    return Openings(tuple(sorted(guarded)), bool(wishes.ingresses), node_port)


def belongs(found: Json, key: str, project: Project) -> bool:
    """Whether a namespace that is there is this project's."""
    labels = (found.get("metadata") or {}).get("labels") or {}
    return labels.get(INSTALLATION) == key and labels.get(PROJECT) == tag(project.order)

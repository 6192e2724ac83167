"""Our policy as a server may hold to it, where it speaks admission policies in CEL: against all who write there."""

from typing import Any, Final

from yunyue.services.containers.kubernetes.names import GUARD, INSTALLATION

Json = dict[str, Any]

RULES: Final = (
    ("!has(object.spec.hostNetwork) || !object.spec.hostNetwork", "host-namespaces: the host's network is not shared"),
    ("!has(object.spec.hostPID) || !object.spec.hostPID", "host-namespaces: the host's processes are not shared"),
    ("!has(object.spec.hostIPC) || !object.spec.hostIPC", "host-namespaces: the host's memory is not shared"),
    (
        "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))",
        "host-paths: only volumes that hold nothing of the host",
    ),
    (
        "object.spec.containers.all(c, has(c.resources) && has(c.resources.limits)"
        " && 'cpu' in c.resources.limits && 'memory' in c.resources.limits)",
        "limits: a limit is required",
    ),
    (
        "object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged)"
        " || !c.securityContext.privileged)",
        "no-privileged: a container has no rights over the host",
    ),
    (
        "has(object.spec.automountServiceAccountToken) && !object.spec.automountServiceAccountToken",
        "service-account: no token of the cluster is mounted",
    ),
)
"""Our policy as a server may hold to it (CEL), with the rule's name first."""


def admission(key: str) -> tuple[Json, ...]:
    """The policy for the pods of every project of an installation: once in a cluster that speaks it."""
    name = f"{GUARD}-{key}"
    api = "admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["pods"]}
    validations = [{"expression": expression, "message": message} for expression, message in RULES]
    labels = {INSTALLATION: key}
    return (
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name, "labels": labels},
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {"resourceRules": [rule]},
                "validations": validations,
            },
        },
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name, "labels": labels},
            "spec": {
                "policyName": name,
                "validationActions": ["Deny"],
                "matchResources": {"namespaceSelector": {"matchLabels": labels}},
            },
        },
    )

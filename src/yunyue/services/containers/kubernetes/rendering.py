"""A project's objects as a cluster is given them: the same documents, in the version the server speaks, held to our
defaults, marked as ours. Pure: the same wish gives the same document.

What podman does by itself is spelled out here: no token, no capability, seccomp's default, folders in memory.
"""

import json
from base64 import b64encode
from typing import Any, Final

from yunyue.services.containers.kubernetes.abilities import Abilities
from yunyue.services.containers.kubernetes.names import (
    DIGEST,
    KIND,
    METERED,
    NAME,
    REVISION,
    WORKLOAD,
    namespace,
    ours,
    workload,
)
from yunyue.services.containers.policy.rules import PODS
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow

Json = dict[str, Any]

DEFAULT_ZONE: Final = "Asia/Shanghai"
DEADLINE_SECONDS: Final = 60
"""How late a CronJob may still begin, when it does not say."""

MEMORY: Final = "64Mi"
"""An emptyDir without a size."""


class Rendering:
    """Renders for one project on one cluster. `key` tells this installation from others."""

    def __init__(self, key: str, project: Project, abilities: Abilities) -> None:
        self.key = key
        self.project = project
        self.abilities = abilities
        self.namespace = namespace(key, project)

    def document(self, row: ObjectRow, *, driven: bool = False) -> Json:
        """What is applied for an object. `driven`: the number of its replicas is not ours to say."""
        given: Json = json.loads(row.body)
        marks = {**ours(self.key, self.project), KIND: row.kind, NAME: row.name}
        metadata = {
            key: value for key, value in given["metadata"].items() if key in ("labels", "annotations") and value
        }
        metadata["labels"] = {**metadata.get("labels", {}), **marks}
        made: Json = {
            **given,
            "apiVersion": self.abilities.kind(row.kind).api,
            "metadata": {**metadata, "name": row.name, "namespace": self.namespace},
        }
        if row.kind in PODS:
            made["spec"] = self._running(row, given["spec"], marks, driven=driven)
        elif row.kind == "Service":
            made["spec"] = _with_protocols(made["spec"])
        elif row.kind == "Secret":
            made = _one_map(made)
        elif row.kind == "PersistentVolumeClaim":
            made["spec"] = _claim(given["spec"])
        elif row.kind == "HorizontalPodAutoscaler":
            made["spec"] = {"minReplicas": 1, **given["spec"]}
        return made

    def _running(self, row: ObjectRow, spec: Json, marks: Json, *, driven: bool) -> Json:
        made = dict(spec)
        marks = {**marks, WORKLOAD: workload(row.kind, row.name)}
        if row.kind == "CronJob":
            job = dict(spec["jobTemplate"])
            job["metadata"] = {**job.get("metadata", {}), "labels": {**_labels(job), **marks}}
            job["spec"] = self._job(row, job["spec"], marks)
            return self._zoned({"startingDeadlineSeconds": DEADLINE_SECONDS, **made, "jobTemplate": job})
        if row.kind == "Job":
            return self._job(row, made, marks)
        made["template"] = self._template(row, spec["template"], marks)
        if self.project.paused:
            made["replicas"] = 0
        elif driven:
            made.pop("replicas", None)
        else:
            made.setdefault("replicas", 1)
        if row.kind == "StatefulSet":
            made.setdefault("serviceName", "")
        if made.get("volumeClaimTemplates"):
            made["volumeClaimTemplates"] = [
                {**one, "spec": _claim(one["spec"])} for one in made["volumeClaimTemplates"]
            ]
        return made

    def _job(self, row: ObjectRow, spec: Json, marks: Json) -> Json:
        """A job that is over is forgotten by us, who know that it was done; the cluster must not forget it first."""
        made = {key: value for key, value in spec.items() if key != "ttlSecondsAfterFinished"}
        made["template"] = self._template(row, spec["template"], marks)
        made["template"]["spec"]["restartPolicy"] = spec["template"]["spec"].get("restartPolicy", "Never")
        return made

    def _zoned(self, spec: Json) -> Json:
        """With the zone of the times of the day."""
        suspended = bool(spec.get("suspend")) or self.project.paused
        return {"timeZone": DEFAULT_ZONE, **spec, "suspend": suspended}

    def _template(self, row: ObjectRow, template: Json, marks: Json) -> Json:
        metadata = dict(template.get("metadata") or {})
        annotations = {**(metadata.get("annotations") or {}), REVISION: str(row.revision), DIGEST: row.digest}
        if row.kind == "CronJob":
            annotations = dict(metadata.get("annotations") or {})
        kept: Json = {"labels": {**(metadata.get("labels") or {}), **marks}, "annotations": annotations}
        if row.kind != "StatefulSet":
            # A pod that waited to be counted would keep a StatefulSet from making the next one of its name.
            kept["finalizers"] = [METERED]
        return {"metadata": kept, "spec": _pod(template["spec"], allow_root=self.project.wanted.allow_root)}


def _with_protocols(holder: Json) -> Json:
    """Ports with the protocol they have anyway: 1.20 tells them apart by it and knows no default there."""
    if not holder.get("ports"):
        return holder
    return {**holder, "ports": [{"protocol": "TCP", **one} for one in holder["ports"]]}


def _one_map(secret: Json) -> Json:
    """Plain values among the others: of two maps the server keeps one, and would never take a plain value back."""
    plain = {key: b64encode(text.encode()).decode() for key, text in (secret.get("stringData") or {}).items()}
    rest = {key: value for key, value in secret.items() if key != "stringData"}
    return {**rest, "data": {**(secret.get("data") or {}), **plain}}


def _labels(holder: Json) -> Json:
    found: Json = (holder.get("metadata") or {}).get("labels") or {}
    return found


def _claim(spec: Json) -> Json:
    return {key: value for key, value in spec.items() if value not in ("", None)}


def _pod(spec: Json, *, allow_root: bool) -> Json:
    shared = {"seccompProfile": {"type": "RuntimeDefault"}, **(spec.get("securityContext") or {})}
    if not allow_root:
        shared.setdefault("runAsNonRoot", True)
    made: Json = {
        **spec,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": shared,
        "containers": [_container(one) for one in spec["containers"]],
    }
    if spec.get("volumes"):
        made["volumes"] = [_volume(one) for one in spec["volumes"]]
    return made


def _container(container: Json) -> Json:
    context = dict(container.get("securityContext") or {})
    added = list((context.get("capabilities") or {}).get("add") or ())
    capabilities: Json = {"drop": ["ALL"], **({"add": added} if added else {})}
    held = {"privileged": False, "allowPrivilegeEscalation": False, "capabilities": capabilities}
    limits = container["resources"]["limits"]
    asked = {**limits, **(container["resources"].get("requests") or {})}
    return {
        **_with_protocols(container),
        "imagePullPolicy": container.get("imagePullPolicy", "IfNotPresent"),
        "securityContext": {**context, **held},
        "resources": {
            "limits": {name: str(value) for name, value in limits.items()},
            "requests": {name: str(value) for name, value in asked.items()},
        },
    }


def _volume(volume: Json) -> Json:
    if "emptyDir" not in volume:
        return volume
    held = volume["emptyDir"] or {}
    return {**volume, "emptyDir": {"medium": "Memory", "sizeLimit": str(held.get("sizeLimit", MEMORY))}}

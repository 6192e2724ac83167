"""Asks again, before a template new to the cluster is sent there, whether its image may run.

It was asked when the manifest was applied; since then the project may have begun to ask for a signature, or somebody
goes back to a revision from before. Pods the cluster makes of a template it has already are its own to start.
"""

import asyncio
from typing import Any

from yunyue.answer import Refused
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.names import DIGEST
from yunyue.services.containers.policy.rules import PODS
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.registry.admission import Gate

Json = dict[str, Any]


class Barring:
    """Of one installation's cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._gate = Gate(cluster.store.path.parent, cluster.now)

    async def barred(self, project: Project, document: Json, live: Json | None) -> Refused | None:
        """Why what is to be sent is kept back; None when it runs nothing, may go, or is there as it is."""
        kind = str(document["kind"])
        if kind not in PODS:
            return None
        wanted = _template(kind, document)
        if live is not None and _same(wanted, _template(kind, live)):
            return None
        reference = _image(wanted)
        return await asyncio.to_thread(self._gate.refused, project, reference, reference.partition("@")[2])


def _template(kind: str, document: Json) -> Json:
    """What pods are made of; empty where nothing was told of it."""
    found = document
    for part in PODS[kind][:-1]:
        found = found.get(part) or {}
    return found


def _image(template: Json) -> str:
    containers = (template.get("spec") or {}).get("containers") or [{}]
    return str(containers[0].get("image", ""))


def _same(one: Json, other: Json) -> bool:
    """By the image, and by the digest of the revision where the template says it."""
    return (_image(one), _digest(one)) == (_image(other), _digest(other))


def _digest(template: Json) -> str:
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(DIGEST, ""))

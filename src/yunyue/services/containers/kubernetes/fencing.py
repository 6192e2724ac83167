"""Puts a project's namespace and walls up, and takes them down when it has ended.

Who may not make namespaces is given one: an administrator makes it with our two labels, and rights in it alone.
"""

from typing import Any, Final

from yunyue.answer import Refused
from yunyue.services.containers.errors import EngineSaid
from yunyue.services.containers.kubernetes.abilities import Abilities
from yunyue.services.containers.kubernetes.admission import admission
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.guards import Openings, belongs, guards, room
from yunyue.services.containers.kubernetes.names import namespace
from yunyue.services.containers.project.objects import digest
from yunyue.services.containers.project.project import Project

Json = dict[str, Any]

FORBIDDEN: Final = 403


class Fencing:
    """Of one project."""

    def __init__(self, cluster: Cluster, project: Project) -> None:
        self._cluster = cluster
        self._project = project
        self.namespace = namespace(cluster.key, project)
        self._stood = ""

    def forget(self) -> None:
        """Say everything again at the next occasion."""
        self._stood = ""

    async def stand(self, project: Project, openings: Openings) -> Refused | None:
        """Have everything stand. Refused: the namespace is somebody else's, or is being deleted."""
        self._project = project
        wanted = (room(self._cluster.key, project, self._cluster.abilities), *self._inner(openings))
        mark = digest(wanted)
        if mark == self._stood:
            return None
        refused = await self._room(wanted[0])
        if refused is not None:
            return refused
        for one in wanted[1:]:
            await self._cluster.api.apply(_path(self._cluster.abilities, one), one)
        self._stood = mark
        return None

    def _inner(self, openings: Openings) -> tuple[Json, ...]:
        return guards(self._cluster.key, self._project, openings)

    async def _room(self, wanted: Json) -> Refused | None:
        found = await self._cluster.api.find(f"/api/v1/namespaces/{self.namespace}")
        if found is not None:
            if not belongs(found, self._cluster.key, self._project):
                return Refused(f"the namespace {self.namespace} is there and is not ours", "engine", "C37")
            if found["metadata"].get("deletionTimestamp"):
                return Refused(f"the namespace {self.namespace} is being deleted", "engine", "C37")
        try:
            await self._cluster.api.apply(_path(self._cluster.abilities, wanted), wanted)
        except EngineSaid as error:
            if error.status != FORBIDDEN or found is None:
                raise
        return None

    async def fall(self) -> bool:
        """Delete the namespace and all in it; whether it is gone. One that is not ours is left alone."""
        path = f"/api/v1/namespaces/{self.namespace}"
        found = await self._cluster.api.find(path)
        if found is None or not belongs(found, self._cluster.key, self._project):
            return True
        if not found["metadata"].get("deletionTimestamp"):
            await self._cluster.api.remove(path)
        return False


async def hold_policy(cluster: Cluster) -> str:
    """Have the server hold to our policy, where it can and we may ask it to; why not, or empty."""
    if not cluster.abilities.has("ValidatingAdmissionPolicy"):
        return f"Kubernetes {cluster.abilities.version} knows no admission policies"
    try:
        for one in admission(cluster.key):
            await cluster.api.apply(_path(cluster.abilities, one), one)
    except EngineSaid as error:
        return error.words
    return ""


def _path(abilities: Abilities, one: Json) -> str:
    metadata = one["metadata"]
    return abilities.kind(one["kind"]).path(str(metadata.get("namespace", "")), str(metadata["name"]))

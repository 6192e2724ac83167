"""The engine in a cluster as every door sees it: wishes go to the store, the platform carries them out, answers come
from what it wrote down. Only lines, shells and ports are asked of the cluster directly.
"""

import dataclasses
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from yunyue.answer import Refused
from yunyue.services.containers.engine import Command, Follow, Line, Rollout, Shell, Shown, Tunnel, Use
from yunyue.services.containers.kept import KeptEngine
from yunyue.services.containers.kinds import kind_named
from yunyue.services.containers.kubernetes import listing, sessions
from yunyue.services.containers.kubernetes.names import namespace
from yunyue.services.containers.kubernetes.noting import TROUBLE
from yunyue.services.containers.kubernetes.reach import Reach, kubeconfig, reach_of
from yunyue.services.containers.kubernetes.using import Using
from yunyue.services.containers.podman.applying import Applying
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow


class _Planted(Applying):
    """Applying, for a place that gives addresses itself."""

    def address(self, rows: tuple[ObjectRow, ...]) -> Refused | None:  # noqa: ARG002 - nothing to give
        """Applying: nothing is given here; a port that is taken is the cluster's to refuse."""
        return None


class KubernetesEngine(KeptEngine):
    """engine.Engine for the cluster of one installation. `now`: ms; `path`: of a kubeconfig, else the setting's."""

    def __init__(self, folder: Path, now: Callable[[], int], path: str | None = None) -> None:
        super().__init__(folder, now)
        self._key = Places(folder).key
        self._path = kubeconfig(folder) if path is None else path

    def rang(self, project: Project) -> None:
        """KeptEngine: the keeper sees that the store changed."""

    def applying(self, project: Project) -> Applying:
        """KeptEngine: without addresses."""
        return _Planted(self.store, project, self._gate, self._now)

    def get(self, project: Project, kind: str = "", name: str = "") -> tuple[Shown, ...] | Refused:
        """Engine: objects as they stand."""
        wanted = kind_named(kind) if kind else ""
        if isinstance(wanted, Refused):
            return wanted
        trouble = self._trouble(project)
        found = listing.objects(self.store, project, trouble)
        chosen = tuple(one for one in found if wanted in ("", one.kind) and name in ("", one.name))
        return Refused(f"there is no {wanted or 'object'} {name}", "name", "C37") if name and not chosen else chosen

    def rollout(self, project: Project, kind: str, name: str) -> Rollout | Refused:
        """Engine: how far a workload is; while the cluster does not answer, as it was last seen, and that."""
        found = super().rollout(project, kind, name)
        trouble = self._trouble(project)
        if isinstance(found, Refused) or not trouble:
            return found
        progress = "progressing" if found.progress == "complete" else found.progress
        return dataclasses.replace(found, progress=progress, reason=trouble)

    def _trouble(self, project: Project) -> str:
        return str(Objects(self.store, project.order).status(*TROUBLE).get("words") or "")

    def top(self, project: Project) -> tuple[Use, ...] | Refused:
        """Engine: what replicas used at the last reading, at most a quarter of a minute ago."""
        return Using(self.store, project.order).top(Objects(self.store, project.order).replicas())

    async def logs(self, project: Project, replica: str, which: Follow) -> AsyncIterator[Line]:
        """Engine: lines of a replica. Raises EngineGone."""
        reach = reach_of(self._path)
        if isinstance(reach, Reach) and self._container(project, replica):
            async for line in sessions.logs(reach, self._place(project), replica, which):
                yield line

    async def exec(self, project: Project, replica: str, command: Command) -> Shell | Refused:
        """Engine: a command in a replica."""
        container = self._container(project, replica)
        if not container:
            return Refused(f"there is no running replica {replica!r}", "replica", "C37")
        reach = reach_of(self._path)
        if isinstance(reach, Refused):
            return reach
        return await sessions.shell(reach, (self._place(project), replica, container), command)

    async def forward(self, project: Project, target: str, port: int) -> Tunnel | Refused:
        """Engine: a connection, by way of the API server."""
        reach = reach_of(self._path)
        if isinstance(reach, Refused):
            return reach
        found = listing.pod_of(self.store, project, (target, port))
        return found if isinstance(found, Refused) else await sessions.tunnel(reach, self._place(project), *found)

    def _place(self, project: Project) -> str:
        return namespace(self._key, project)

    def _container(self, project: Project, replica: str) -> str:
        rows = Objects(self.store, project.order).replicas()
        return next((one.container for one in rows if one.name == replica and one.started), "")

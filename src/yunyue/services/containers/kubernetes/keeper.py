"""Keeps one installation's projects in a cluster going: a plot for each, found again after any interruption.

What a command or the console wishes is seen in the store within a third of a second; no other way to be told is needed.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.holding import holding
from yunyue.services.containers.kubernetes.abilities import ask_abilities
from yunyue.services.containers.kubernetes.api import Api
from yunyue.services.containers.kubernetes.asking import ask_endpoints
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.ending import end
from yunyue.services.containers.kubernetes.fencing import hold_policy
from yunyue.services.containers.kubernetes.noting import TROUBLE
from yunyue.services.containers.kubernetes.plot import Plot
from yunyue.services.containers.kubernetes.reach import kubeconfig, reach_of
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store

LOOK_SECONDS: Final = 0.3
AGAIN_SECONDS: Final = 2.0
ASKING_SECONDS: Final = 15.0
log = logger(__name__)


class ClusterKeeper:
    """One at a time works on a folder; a second one waits until the first is gone. `path`: of a kubeconfig."""

    def __init__(self, folder: Path, now: Callable[[], int], path: str | None = None) -> None:
        self.folder = folder
        self.store = Store(folder)
        self.projects = Projects(self.store)
        self.plots: dict[str, Plot] = {}
        self.trouble = ""
        self.policy = ""
        self.asking_seconds = ASKING_SECONDS
        self._now = now
        self._path = path
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def work(self) -> None:
        """Until cancelled; what runs in the cluster runs on by itself."""
        while not self._mine():
            await asyncio.sleep(LOOK_SECONDS)
        with holding(self.folder / "cluster.lock") as alone:
            while not alone():
                await asyncio.sleep(AGAIN_SECONDS)
            while True:
                try:
                    await self._serve()
                except (EngineGone, EngineSaid) as error:
                    self._stumble(str(error))
                await asyncio.sleep(AGAIN_SECONDS)

    def _mine(self) -> tuple[Project, ...]:
        return tuple(one for one in self.projects.all() if one.wanted.engine == "kubernetes")

    def _stumble(self, words: str) -> None:
        """Have every project say why nothing happens."""
        if words != self.trouble:
            log.error("the cluster cannot be worked with", reason=words)
        self.trouble = words
        for project in self._mine():
            Objects(self.store, project.order).set_status(*TROUBLE, {"words": words})

    async def _serve(self) -> None:
        """With a cluster that answers, until it is lost. Raises EngineGone, EngineSaid."""
        reach = reach_of(kubeconfig(self.folder) if self._path is None else self._path)
        if isinstance(reach, Refused):
            self._stumble(reach.reason)
            return
        async with Api(reach) as api:
            abilities = await ask_abilities(api)
            if isinstance(abilities, Refused):
                self._stumble(abilities.reason)
                return
            cluster = Cluster(api, abilities, self.store, Places(self.folder).key, self._now)
            self.policy = await hold_policy(cluster)
            self._stumble("")
            log.info("a cluster is worked with", version=abilities.version, policy=self.policy or "held by the server")
            asking = asyncio.create_task(self._ask())
            try:
                await self._follow(cluster)
            finally:
                await end((asking,))
                await self._rest()

    async def _follow(self, cluster: Cluster) -> None:
        """A plot for every project that lives, none for one that ended."""
        before = None
        while True:
            version = self.store.rows("PRAGMA data_version")
            if version != before:
                before = version
                await self._look(cluster)
            await asyncio.sleep(LOOK_SECONDS)

    async def _ask(self) -> None:
        """Ask the endpoints of all projects, again and again."""
        ledger = Ledger(self.store)
        while True:
            await asyncio.sleep(self.asking_seconds)
            await asyncio.gather(*(ask_endpoints(one, ledger) for one in self.plots.values()), return_exceptions=True)

    async def _look(self, cluster: Cluster) -> None:
        living = {one.order: one for one in self._mine()}
        for order, project in living.items():
            plot = self.plots.get(order)
            if plot is None:
                self.plots[order] = plot = Plot(cluster, project)
                self._tasks[order] = asyncio.create_task(self._tended(plot), name=f"project {project.name}")
            elif plot.project != project:
                plot.follow(project)
            elif plot.stale():
                plot.wake()
        for order in [one for one in self.plots if one not in living]:
            await self._end(order)
        for project in self._ended():
            if project.order not in self._tasks:
                plot = Plot(cluster, project)
                self._tasks[project.order] = asyncio.create_task(self._cleared(plot), name=f"end of {project.name}")

    def _ended(self) -> tuple[Project, ...]:
        """Projects that ended and whose namespace is not known to be gone."""
        query = (
            "SELECT said FROM projects WHERE ended > 0 AND id NOT IN"
            " (SELECT project FROM status WHERE (kind, name) = ('Cluster', 'gone'))"
        )
        found = self.store.structs(Project, query)
        return tuple(one for one in found if one.wanted.engine == "kubernetes")

    async def _tended(self, plot: Plot) -> None:
        """A plot that breaks begins again; the others never notice."""
        while True:
            try:
                await plot.work()
            except Exception:
                # Whatever broke one project must not stop the others.
                log.exception("a project's loop broke", project=plot.project.name)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _end(self, order: str) -> None:
        await end((self._tasks.pop(order),))
        del self.plots[order]

    async def _cleared(self, plot: Plot) -> None:
        """Until nothing of a project is left."""
        told = ""
        while True:
            try:
                if await plot.clear():
                    plot.objects.set_status("Cluster", "gone", {"at": self._now()})
                    return
            except (EngineGone, EngineSaid) as error:
                if str(error) != told:
                    told = str(error)
                    log.warning("a project cannot be cleared yet", project=plot.project.name, reason=told)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _rest(self) -> None:
        await end(self._tasks.values())
        self._tasks.clear()
        self.plots.clear()

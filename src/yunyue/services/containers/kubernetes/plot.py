"""One project in a cluster: its namespace and walls, its objects as they are wished, and what becomes of them.

One pass looks at everything and needs nothing from the pass before. What somebody else changes or deletes in the
cluster is heard of by a watch, and put back; once a minute everything is said again.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any, Final

from yunyue.host.log import logger
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.kubernetes.api import MERGE
from yunyue.services.containers.kubernetes.cluster import Cluster
from yunyue.services.containers.kubernetes.counting import releasable, released
from yunyue.services.containers.kubernetes.ending import end
from yunyue.services.containers.kubernetes.fencing import Fencing
from yunyue.services.containers.kubernetes.guards import openings_of
from yunyue.services.containers.kubernetes.hearing import Hearing, belongs_to, digest_of
from yunyue.services.containers.kubernetes.names import selector
from yunyue.services.containers.kubernetes.noting import Noting
from yunyue.services.containers.kubernetes.planting import Planting
from yunyue.services.containers.kubernetes.rendering import Rendering
from yunyue.services.containers.kubernetes.scheduling import Scheduling
from yunyue.services.containers.kubernetes.usage import read_usage
from yunyue.services.containers.kubernetes.using import Using
from yunyue.services.containers.kubernetes.watching import Watch
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ObjectRow
from yunyue.services.containers.project.wishes import Wishes

Json = dict[str, Any]

WATCHED: Final = (
    "ConfigMap",
    "PersistentVolumeClaim",
    "Service",
    "Deployment",
    "StatefulSet",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
    "NetworkPolicy",
    "Ingress",
    "Pod",
)
"""Everything but Secrets: what was given is not read back."""

PAUSE_SECONDS: Final = 5.0
RESYNC_MS: Final = 60_000
COUNT_MS: Final = 15_000
log = logger(__name__)


class Plot:
    """A project's place in the cluster."""

    def __init__(self, cluster: Cluster, project: Project) -> None:
        self.cluster = cluster
        self.project = project
        self.trouble = ""
        self.objects = Objects(cluster.store, project.order)
        self.hearing = Hearing(cluster, project)
        self._fencing = Fencing(cluster, project)
        self._planting = Planting(cluster, Rendering(cluster.key, project, cluster.abilities))
        self._noting = Noting(cluster, project)
        self._scheduling = Scheduling(cluster, project)
        self._using = Using(cluster.store, project.order)
        self._wake = asyncio.Event()
        self.watches: dict[str, Watch] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._read: tuple[ObjectRow, ...] | None = None
        self.wishes = Wishes((), ())
        self._resynced = cluster.now()
        self._counted = 0

    @property
    def seen(self) -> dict[str, dict[str, Json]]:
        """What is in the cluster, as far as it was told."""
        return {kind: watch.held for kind, watch in self.watches.items() if kind != "Event"}

    @property
    def namespace(self) -> str:
        """Where it lies."""
        return self._fencing.namespace

    def follow(self, project: Project) -> None:
        """The order changed: paused, or resumed."""
        self.project = self._noting.project = project
        self._planting.rendering = Rendering(self.cluster.key, project, self.cluster.abilities)
        self.wake()

    def wake(self) -> None:
        """Look again soon."""
        self._wake.set()

    def stale(self) -> bool:
        """Whether what is wished changed since the last pass."""
        return self.objects.all() != self._read

    async def work(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self.tend()
                except (EngineGone, EngineSaid) as error:
                    self._stumble(str(error))
                with contextlib.suppress(TimeoutError):
                    # Not wait_for, which forgets that it was cancelled when what it waits for comes at the same moment.
                    async with asyncio.timeout(PAUSE_SECONDS):
                        await self._wake.wait()
        finally:
            await self._rest()

    def _stumble(self, words: str) -> None:
        if words != self.trouble:
            log.warning("a pass stumbled", project=self.project.name, reason=words)
            self._noting.stumbled(words)
        self.trouble = words

    def _look(self) -> None:
        rows = self.objects.all()
        if rows != self._read:
            self.wishes, self._read = Wishes.of(rows), rows

    async def tend(self) -> None:
        """One pass. Raises EngineGone, EngineSaid."""
        self._look()
        now = self.cluster.now()
        if now - self._resynced >= RESYNC_MS:
            self._resynced = now
            self._fencing.forget()
            self._planting.forget()
        if not self.cluster.abilities.time_zone and not self.project.paused:
            self._scheduling.tick(self.wishes)
            self._look()
        refused = await self._fencing.stand(self.project, openings_of(self.wishes))
        if refused is not None:
            self._stumble(refused.reason)
            return
        await self._listen()
        for watch in self.watches.values():
            if watch.trouble:
                # What is not heard of is not known: nothing is told as ready while the cluster is away.
                raise EngineGone(watch.trouble)
        await self._planting.plant(self.wishes, self.seen, self._over())
        await self._planting.weed(self.wishes, self.seen)
        await self._release(self.watches["Pod"].held.values())
        await self._count(now)
        self._noting.note(self.wishes, self.seen, self.hearing.rows, self._planting)
        self.hearing.note()
        if self.trouble:
            self._noting.stumbled("")
        self.trouble = ""

    def _over(self) -> frozenset[str]:
        jobs = (row.name for row in self.wishes.rows if row.kind == "Job")
        return frozenset(one for one in jobs if self._noting.over(one))

    async def _listen(self) -> None:
        """Have a watch for every kind, and wait until each has listed once."""
        if self._tasks and not any(task.done() for task in self._tasks):
            return
        await self._rest()
        for kind in (*WATCHED, "Event"):
            path = self.cluster.abilities.kind(kind).path(self._fencing.namespace)
            chosen = selector(self.cluster.key, self.project) if kind != "Event" else ""
            self.watches[kind] = Watch(self.cluster.api, path, chosen, self._heard(kind))
            await self.watches[kind].list()
        pods = self.watches["Pod"].held
        self.hearing.keep_only(set(pods))
        self.hearing.counting.settle({str(one["metadata"]["uid"]) for one in pods.values()})
        self._tasks += [asyncio.create_task(one.run(), name=f"{kind} watch") for kind, one in self.watches.items()]

    def _heard(self, kind: str) -> Any:
        """What hears of one kind's changes."""

        def pod(deed: str, one: Json) -> None:
            self.hearing.pod(deed, one, missed=self._missed(one))
            self.wake()

        def event(deed: str, one: Json) -> None:
            if deed != "DELETED":
                self.hearing.event(one)

        def other(deed: str, one: Json) -> None:
            self._planting.drifted(kind, deed, one)
            self.wake()

        return {"Pod": pod, "Event": event}.get(kind, other)

    def _missed(self, pod: Json) -> bool:
        """Whether a pod that goes leaves its workload with fewer of the newest revision than it wants."""
        kind, name = belongs_to(pod)
        live = self.seen.get(kind, {}).get(name)
        row = next((one for one in self.wishes.rows if (one.kind, one.name) == (kind, name)), None)
        if live is None or row is None or digest_of(pod) != row.digest:
            return False
        wanted = int((live.get("spec") or {}).get("replicas", 0))
        return self.hearing.serving(row, str(pod["metadata"]["name"])) < wanted

    async def _release(self, pods: Iterable[Json]) -> None:
        """Let pods go whose end was written down."""
        for pod in list(pods):
            if releasable(pod):
                self.hearing.counting.gone(pod, self.cluster.now())
                path = self.cluster.abilities.kind("Pod").path(self._fencing.namespace, str(pod["metadata"]["name"]))
                with contextlib.suppress(EngineSaid):
                    await self.cluster.api.ask("PATCH", path, released(pod), kind=MERGE)

    async def _count(self, now: int) -> None:
        if now - self._counted < COUNT_MS:
            return
        self._counted = now
        pods = self.watches["Pod"].held
        nodes = {str(one["spec"]["nodeName"]) for one in pods.values() if one["spec"].get("nodeName")}
        readings = await read_usage(self.cluster.api, self.cluster.abilities, self._fencing.namespace, nodes)
        self._using.take(readings, pods, now)
        self.hearing.counting.looked(now)

    async def clear(self) -> bool:
        """The project ended: take everything away; whether it is gone. Raises EngineGone, EngineSaid."""
        path = self.cluster.abilities.kind("Pod").path(self._fencing.namespace)
        pods = await self.cluster.api.ask("GET", path, labelSelector=selector(self.cluster.key, self.project))
        for pod in pods.get("items") or ():
            self.hearing.counting.count(pod)
        await self._release(pods.get("items") or ())
        gone = await self._fencing.fall()
        if gone:
            self.hearing.counting.settle(set())
            self.hearing.keep_only(set())
        return gone

    async def _rest(self) -> None:
        """Stop listening; what runs runs on."""
        await end(self._tasks)
        self._tasks.clear()
        self.watches.clear()

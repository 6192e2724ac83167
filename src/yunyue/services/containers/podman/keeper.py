"""Keeps one installation's projects going: podman up, a yard for each project, the walls around them all."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

from yunyue.host.log import logger
from yunyue.services.containers.holding import holding
from yunyue.services.containers.podman.bell import Listener
from yunyue.services.containers.podman.images import Images, Source
from yunyue.services.containers.podman.libpod import Libpod
from yunyue.services.containers.podman.machine import Machine
from yunyue.services.containers.podman.places import Places
from yunyue.services.containers.podman.station import Station
from yunyue.services.containers.podman.volumes import Volumes
from yunyue.services.containers.podman.walls import Walls
from yunyue.services.containers.podman.yard import Yard
from yunyue.services.containers.project.projects import Projects
from yunyue.services.containers.project.store import Store
from yunyue.services.containers.registry.admission import Gate
from yunyue.services.containers.registry.server import Registry
from yunyue.services.containers.registry.tidying import Tidying
from yunyue.services.containers.registry.tokens import PushTokens

LOOK_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 0.5
"""How soon the very first project is noticed; before it there is no bell."""

AGAIN_SECONDS: Final = 2.0
log = logger(__name__)


class Keeper:
    """One at a time works on a folder: a second one waits until the first is gone."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self.places = Places(folder)
        self.station = Station(self.places)
        self.store = Store(folder)
        self.projects = Projects(self.store)
        self.walls = Walls(self.places)
        self.registry = Registry(folder / "registry", self.projects, PushTokens(self.store, now), now)
        self.yards: dict[str, Yard] = {}
        self.trouble = ""
        self.tidying: Tidying
        self._now = now
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._standing = asyncio.Lock()
        self._heard = asyncio.Event()

    @property
    def bell(self) -> Path:
        """Where to ring."""
        return self.places.run / "bell"

    async def work(self) -> None:
        """Until cancelled; then containers and their balancers run on by themselves."""
        while not self._may_work():
            await asyncio.sleep(IDLE_SECONDS)
        with holding(self.places.run / "lock") as alone:
            while not alone():
                await asyncio.sleep(AGAIN_SECONDS)
            await self._listen()

    def _may_work(self) -> bool:
        """Whether there is anything to do, and this is root's process; nobody else's was ever given a project."""
        if not self.projects.all():
            return False
        try:
            self.places.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return False
        return True

    async def _listen(self) -> None:
        listener = Listener(self.bell, self._ring)
        listener.open()
        timeout = aiohttp.ClientTimeout(total=30)
        # Probes ask one address each: a connection is made anew each time, since a kept one would hide a dead listener.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        try:
            async with (
                Libpod(self.places.socket) as libpod,
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            ):
                machine = Machine(
                    places=self.places,
                    store=self.store,
                    libpod=libpod,
                    session=session,
                    volumes=Volumes(self.places.volumes),
                    images=Images(libpod, Gate(self.places.folder, self._now).admit),
                    now=self._now,
                )
                await self._work(machine)
        finally:
            listener.close()

    async def _work(self, machine: Machine) -> None:
        self.tidying = Tidying(self.store, self.registry, machine.libpod)
        beside = [asyncio.create_task(one) for one in (self._keep_walls(), self.tidying.work())]
        try:
            while True:
                self._heard.clear()
                refused = await self.station.up() if self.yards or self.projects.all() else None
                self.trouble = refused.reason if refused is not None else ""
                if refused is None:
                    await self._open_registry(machine)
                    await self._follow(machine)
                else:
                    log.error("containers cannot run", reason=refused.reason)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._heard.wait()
        finally:
            for task in (*beside, *self._tasks.values()):
                task.cancel()
            await asyncio.gather(*beside, *self._tasks.values(), return_exceptions=True)
            for yard in self.yards.values():
                await yard.rest()
            await self.registry.close()

    async def _open_registry(self, machine: Machine) -> None:
        """Without a registry everything runs that is here already."""
        if not self.projects.all():
            return
        refused = await self.registry.up()
        if refused is None:
            machine.images.source = Source(self.registry.address, self.registry.platform_token)
        else:
            log.warning("the registry does not run", reason=str(refused))

    def _ring(self, project: str) -> None:
        yard = self.yards.get(project)
        if yard is None:
            self._heard.set()
        else:
            yard.wake()

    async def _follow(self, machine: Machine) -> None:
        """A yard for every project that lives, none for one that ended."""
        living = {project.order: project for project in self.projects.all() if project.wanted.engine == "podman"}
        for order, project in living.items():
            yard = self.yards.get(order)
            if yard is None:
                self.yards[order] = yard = Yard(machine, project, self._stand)
                self._tasks[order] = asyncio.create_task(self._tended(yard), name=f"project {project.name}")
            elif yard.project != project:
                yard.project = project
                yard.wake()
        for order in [one for one in self.yards if one not in living]:
            await self._end(order)

    async def _tended(self, yard: Yard) -> None:
        """A yard that breaks begins again; the others never notice."""
        while True:
            try:
                await yard.work()
            except Exception:
                # Whatever broke one project must not stop the others.
                log.exception("a project's loop broke", project=yard.project.name)
                await yard.rest()
                yard.replicas.clear()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _end(self, order: str) -> None:
        task = self._tasks.pop(order)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        ended = self.yards[order]
        await ended.clear()
        del self.yards[order]
        await self._stand(look=True)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            await self.tidying.forget(ended.project.name)

    async def _keep_walls(self) -> None:
        """Somebody may flush every table of the machine; then ours is written again."""
        while True:
            if self.yards:
                await self._stand(look=True)
            await asyncio.sleep(LOOK_SECONDS)

    async def _stand(self, *, look: bool = False) -> str:
        """Have the walls be as the projects are now; empty, or why they are not."""
        async with self._standing:
            walls = tuple(yard.wall for yard in sorted(self.yards.values(), key=lambda one: one.project.number))
            said = await asyncio.to_thread(self.walls.stand, walls, look=look)
        self.trouble = f"the walls between projects do not stand: {said}" if said else ""
        if said:
            log.error("walls", reason=said)
        return said

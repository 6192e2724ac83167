"""Keeps one replica alive: starts its container, asks how it is, starts another when it ended, drains it in the end.

Every step is written down before it is taken, so that after a crash of the platform the next one finds the container
by its name and goes on from there.
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.manifest.pod import PodSpec
from yunyue.services.containers.manifest.quantity import octets
from yunyue.services.containers.podman.life import LONG_LIFE_MS, back_off, belongs, ended
from yunyue.services.containers.podman.machine import Machine
from yunyue.services.containers.podman.probing import Asker, until_changed
from yunyue.services.containers.podman.running import exec_status
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.rows import ReplicaRow

DRAIN_STEP: Final = 0.05
KILLED: Final = 137
ENGINE_PAUSE: Final = 1.0
log = logger(__name__)


class Surroundings(Protocol):
    """What a replica asks of its project."""

    machine: Machine
    project: Project

    async def build(self, row: ReplicaRow, spec: PodSpec) -> "str | Refused":
        """Make the container of the row's attempt; its id."""
        ...

    async def enter(self, row: ReplicaRow) -> None:
        """It became ready: give it requests."""
        ...

    async def leave(self, row: ReplicaRow) -> None:
        """It is no longer ready, or gone."""
        ...

    async def sessions(self, row: ReplicaRow) -> int:
        """How many requests it still answers."""
        ...

    def keep(self, row: ReplicaRow) -> None:
        """Write down what is known of it."""
        ...

    def tell(self, row: ReplicaRow, severity: str, reason: str, message: str) -> None:
        """Something happened."""
        ...

    def ran(self, row: ReplicaRow, spec: PodSpec, *, start: bool, at: int) -> None:
        """Its container started or ended: what it may use is counted from or up to now."""
        ...

    def started(self, row: ReplicaRow, *, ok: bool, error: str) -> None:
        """A start was tried."""
        ...


class Replica:
    """One replica, from its first start to its end."""

    def __init__(self, around: Surroundings, row: ReplicaRow, spec: PodSpec, *, once: bool) -> None:
        self.around = around
        self.row = row
        self.spec = spec
        self.once = once
        self.pid = 0
        self.layer = ""
        self.rests = 0
        self.short_lives = 0
        self.ending = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Begin."""
        self.task = asyncio.create_task(self._run(), name=f"replica {self.row.name}")

    def end(self) -> None:
        """Drain it and be done."""
        self.ending.set()

    @property
    def cgroup(self) -> str:
        """The parent of its containers' control groups."""
        machine, project = self.around.machine, self.around.project
        return f"{machine.places.project_cgroup(project.number)}/{self.row.name}"

    def container(self, attempt: int | None = None) -> str:
        """The name of the container of an attempt, by default the present one."""
        number = self.row.attempt if attempt is None else attempt
        return self.around.machine.places.container(self.around.project.number, self.row.name, number)

    def put(self, **changes: object) -> None:
        """Change the row, and write it down."""
        self.row = msgspec.structs.replace(self.row, **changes)
        self.around.keep(self.row)

    async def adopt(self) -> bool:
        """Whether the container the row names still runs; then it is ours again."""
        if not self.row.attempt:
            return False
        found = await self.around.machine.libpod.inspect(self.container())
        state = (found or {}).get("State") or {}
        pid = int(state.get("Pid") or 0)
        if found is None or not state.get("Running") or not belongs(pid, str(found["Id"])):
            return False
        self.pid, self.layer = pid, _layer(found)
        self.row = msgspec.structs.replace(self.row, container=str(found["Id"]), address=self._address(found))
        return True

    async def _run(self) -> None:
        while True:
            try:
                await self._keep_alive()
                return
            except EngineGone as error:
                # Containers go on without podman's service; what is known is kept until it answers again.
                log.warning("podman is away", replica=self.row.name, reason=str(error))
                await asyncio.sleep(ENGINE_PAUSE)
            except EngineSaid as error:
                log.warning("podman refused", replica=self.row.name, reason=error.words)
                self.put(reason=error.words[:300])
                await asyncio.sleep(ENGINE_PAUSE)

    async def _keep_alive(self) -> None:
        adopted = await self.adopt()
        if not adopted and self.row.attempt and self.row.phase not in ("waiting", "ended"):
            await self._after_death(seen=False)
        while not self.ending.is_set():
            if self.row.phase == "ended":
                await self.ending.wait()
                break
            if not adopted and not await self._start():
                continue
            adopted = False
            died = await self._live()
            if died:
                await self._after_death(seen=True)
        await self._finish()

    async def _start(self) -> bool:
        """Start a container, after the back-off; False: not now, or not any more."""
        pause = self.row.until - self.around.machine.now()
        if pause > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause / 1000):
                    await self.ending.wait()
            return False
        async with self.around.machine.starts:
            if self.ending.is_set():
                return False
            self.put(phase="starting", attempt=self.row.attempt + 1, address="", container="", ready_since=0)
            try:
                built = await self._launch()
            except EngineSaid as error:
                built = Refused(f"StartFailed: {error.words}"[:500])
        if isinstance(built, Refused):
            self._failed(built)
            return False
        return True

    async def _launch(self) -> Refused | None:
        machine = self.around.machine
        made = await self.around.build(self.row, self.spec)
        if isinstance(made, Refused):
            return made
        await machine.libpod.start(made)
        found = await machine.libpod.inspect(made)
        if found is None:
            return Refused("StartFailed: the container is gone")
        now = machine.now()
        self.pid, self.layer = int(found["State"].get("Pid") or 0), _layer(found)
        self.put(phase="running", container=made, address=self._address(found), started=now, reason="")
        self.around.ran(self.row, self.spec, start=True, at=now)
        self.around.started(self.row, ok=True, error="")
        return None

    def _address(self, found: dict[str, object]) -> str:
        settings = found.get("NetworkSettings")
        networks = settings.get("Networks") if isinstance(settings, dict) else None
        for network in (networks or {}).values():
            return str(network.get("IPAddress") or "")
        return ""

    def _failed(self, why: Refused) -> None:
        self.short_lives += 1
        pause = back_off(self.short_lives + 1)
        self.put(phase="waiting", reason=why.reason, until=self.around.machine.now() + pause)
        self.around.tell(self.row, "warning", "StartFailed", f"{self.row.name}: {why.reason}")
        self.around.started(self.row, ok=False, error=why.reason)

    async def _live(self) -> bool:
        """Watch over the running container; True when it died, False when it shall end."""
        gone = asyncio.ensure_future(ended(self.pid) if self.pid else asyncio.sleep(0))
        asking = asyncio.create_task(self._ask())
        ending = asyncio.ensure_future(self.ending.wait())
        try:
            await asyncio.wait((gone, ending, asking), return_when=asyncio.FIRST_COMPLETED)
            if asking.done() and not gone.done() and not ending.done():
                await self._kill_unhealthy(asking)
                await gone
            return gone.done()
        finally:
            for one in (gone, asking, ending):
                one.cancel()
            await asyncio.gather(gone, asking, ending, return_exceptions=True)

    async def _kill_unhealthy(self, asking: "asyncio.Task[str]") -> None:
        """A probe found it dead: its container is ended, which leads to a new one."""
        said = asking.result()
        self.around.tell(self.row, "warning", "Unhealthy", f"{self.row.name}: {said}")
        await self._no_longer_ready(said)
        await self.around.machine.libpod.stop(self.row.container, self.spec.termination_grace_period_seconds)

    async def _ask(self) -> str:
        """Ask startup, then readiness and liveness; returns when the container should be ended, with the reason."""
        container = self.spec.container
        asker = Asker(self.around.machine.session, self.row.address, self.spec, self._run_words)
        if container.startup_probe is not None:
            for number in range(1, container.startup_probe.failure_threshold + 1):
                said = await asker.ask(container.startup_probe)
                if not said:
                    break
                if number == container.startup_probe.failure_threshold:
                    return f"startup probe: {said}"
                await asyncio.sleep(container.startup_probe.period_seconds)
        readiness = asyncio.create_task(self._ask_readiness(asker))
        try:
            if container.liveness_probe is None:
                await readiness
                await asyncio.Event().wait()
            else:
                await asyncio.sleep(container.liveness_probe.initial_delay_seconds)
                said = await until_changed(asker, container.liveness_probe, good=True, eager=False)
                return f"liveness probe: {said}"
        finally:
            readiness.cancel()
            await asyncio.gather(readiness, return_exceptions=True)
        return ""

    async def _ask_readiness(self, asker: Asker) -> None:
        probe = self.spec.container.readiness_probe
        if probe is None:
            await self._ready()
            return
        if self.row.phase != "ready":
            await asyncio.sleep(probe.initial_delay_seconds)
        while True:
            if self.row.phase != "ready":
                await until_changed(asker, probe, good=False, eager=True)
                await self._ready()
            said = await until_changed(asker, probe, good=True, eager=False)
            self.around.tell(self.row, "warning", "NotReady", f"{self.row.name}: {said}")
            await self._no_longer_ready(said)

    async def _ready(self) -> None:
        if self.row.phase != "ready":
            self.put(phase="ready", ready_since=self.around.machine.now(), reason="")
        await self.around.enter(self.row)

    async def _no_longer_ready(self, why: str) -> None:
        if self.row.phase == "ready":
            self.put(phase="running", ready_since=0, reason=why[:300])
            await self.around.leave(self.row)

    async def _run_words(self, words: tuple[str, ...], seconds: float) -> int:
        return await exec_status(self.around.machine.places, self.row.container, words, seconds)

    async def _after_death(self, *, seen: bool) -> None:
        """The container ended by itself, or while nobody looked: note why, and when it may start again."""
        machine = self.around.machine
        died = machine.now()
        served = self.row.phase == "ready"
        self.put(phase="waiting", ready_since=0, died=died if served else 0)
        await self.around.leave(self.row)
        status, finished = await self._ending_of(self.row.container or self.container())
        at = died if seen else min(died, finished or died)
        self.around.ran(self.row, self.spec, start=False, at=at)
        lived = at - self.row.started if self.row.started else 0
        self.short_lives = 1 if lived >= LONG_LIFE_MS else self.short_lives + 1
        reason = self._why(status)
        if self.once and (status == 0 or self.spec.restart_policy == "Never"):
            self.put(phase="ended", exit=status, reason=reason)
            return
        pause = back_off(self.short_lives)
        crash = f"CrashLoopBackOff: {reason}" if self.short_lives > 2 else reason
        self.put(restarts=self.row.restarts + 1, exit=status, reason=crash, until=machine.now() + pause)
        self.around.tell(self.row, "warning", "Died", f"{self.row.name}: {reason}; again in {pause / 1000:g} s")
        if self.row.attempt > 1:
            await machine.libpod.remove(self.container(self.row.attempt - 1))

    async def _ending_of(self, name: str) -> tuple[int, int]:
        """The status a container ended with, and when (ms); its monitor needs a moment to write it down."""
        for _ in range(100):
            found = await self.around.machine.libpod.inspect(name)
            if found is None:
                return -1, 0
            if not found["State"].get("Running"):
                return int(found["State"].get("ExitCode") or 0), _moment(str(found["State"].get("FinishedAt") or ""))
            await asyncio.sleep(0.02)
        return -1, 0

    def _why(self, status: int) -> str:
        """In a word and a status. The kernel's own count of kills for memory is not told by runc on version 1."""
        most = self.spec.container.resources.limits.get("memory")
        cgroups = self.around.machine.cgroups
        if status == KILLED and most is not None and reached(cgroups.peak(self.cgroup), most):
            return "OOMKilled: it needed more memory than its limit"
        return f"Exited({status})" if status >= 0 else "Gone"

    async def _finish(self) -> None:
        """Let it answer what it has begun, then end its container and forget it."""
        machine = self.around.machine
        if self.row.container and self.row.phase in ("running", "ready", "starting", "draining"):
            self.put(phase="draining", ready_since=0)
            await self.around.leave(self.row)
            await self._drain()
            await machine.libpod.stop(self.row.container, self.spec.termination_grace_period_seconds)
            self.around.ran(self.row, self.spec, start=False, at=machine.now())
        for attempt in (self.row.attempt, self.row.attempt - 1):
            if attempt > 0:
                await machine.libpod.remove(self.container(attempt))
        await asyncio.to_thread(machine.cgroups.remove, self.cgroup)

    async def _drain(self) -> None:
        """Until it has no requests any more, or its grace is over; then what the manifest wants done before the end."""
        grace = self.spec.termination_grace_period_seconds
        with contextlib.suppress(TimeoutError, EngineGone):
            async with asyncio.timeout(grace):
                while await self.around.sessions(self.row):
                    await asyncio.sleep(DRAIN_STEP)
        hook = self.spec.container.lifecycle.pre_stop if self.spec.container.lifecycle else None
        if hook is None:
            return
        if hook.sleep is not None:
            await asyncio.sleep(min(hook.sleep.seconds, grace))
        if hook.exec is not None:
            with contextlib.suppress(TimeoutError, EngineSaid):
                async with asyncio.timeout(max(grace, 1)):
                    await self._run_words(hook.exec.command, grace)


def _layer(found: dict[str, Any]) -> str:
    """Where what a container writes into its own root lies; empty when podman does not say."""
    return str(((found.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir") or "")


def reached(peak: int, limit: str | float) -> bool:
    """Whether memory was as good as used up."""
    return peak >= octets(limit) * 98 // 100


def _moment(text: str) -> int:
    """Milliseconds of a moment as podman writes it; 0 when it wrote none."""
    try:
        found = int(datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00").timestamp() * 1000)
    except ValueError:
        return 0
    return max(found, 0)

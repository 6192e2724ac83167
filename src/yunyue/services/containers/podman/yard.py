"""One project at work: compares what is wished with what is there, and sets replicas going until both are the same.

One pass looks at everything and needs nothing from the pass before, so it may be cut off anywhere. Replicas live by
themselves between passes and wake the next one; a passing replica is given or refused requests at once, without it.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.log import logger
from yunyue.services.containers.errors import EngineGone, EngineSaid
from yunyue.services.containers.manifest.objects import Deployment, Job, Object, PersistentVolumeClaim, StatefulSet
from yunyue.services.containers.manifest.pod import PodSpec, Template
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.podman import spreading
from yunyue.services.containers.podman.building import Builder
from yunyue.services.containers.podman.ground import Ground
from yunyue.services.containers.podman.machine import Machine
from yunyue.services.containers.podman.planning import ANY, Plan, plan_deployment, plan_job, plan_stateful
from yunyue.services.containers.podman.replica import Replica
from yunyue.services.containers.podman.rolling import Rolling
from yunyue.services.containers.podman.specification import limits
from yunyue.services.containers.podman.timing import Timing
from yunyue.services.containers.podman.walls import Wall
from yunyue.services.containers.project.addresses import Address, addresses
from yunyue.services.containers.project.objects import Objects
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.quota import Demand, each, exceeded
from yunyue.services.containers.project.rows import EventRow, ObjectRow, ReplicaRow
from yunyue.services.containers.project.wishes import Running, Wishes, template_of

RESYNC_SECONDS: Final = 10.0
log = logger(__name__)


class Yard:
    """Everything one project has on this machine."""

    def __init__(self, machine: Machine, project: Project, stand: Callable[[], Awaitable[str]]) -> None:
        self.machine = machine
        self.project = project
        self.objects = Objects(machine.store, project.order)
        self.ledger = Ledger(machine.store)
        self.ground = Ground(machine, project, self.wake)
        self.wishes = Wishes((), ())
        self.given: tuple[Address, ...] = ()
        self.replicas: dict[str, Replica] = {}
        self.trouble = ""
        self._stand = stand
        self._walled = False
        self._builder = Builder(self.ground)
        self._rolling = Rolling(self.objects, machine.now)
        self._timing = Timing(self)
        self._templates: dict[str, Template] = {}
        self._wake = asyncio.Event()
        self._read: tuple[ObjectRow, ...] | None = None

    def wake(self) -> None:
        """Look again soon."""
        self._wake.set()

    async def work(self) -> None:
        """Until cancelled."""
        await self._found()
        while True:
            self._wake.clear()
            try:
                await self.tend()
                self.trouble = ""
            except (EngineGone, EngineSaid) as error:
                self.trouble = str(error)
                self.ground.balancer.forget()
                log.warning("a pass stumbled", project=self.project.name, reason=str(error))
            with contextlib.suppress(TimeoutError):
                # Not wait_for, which forgets that it was cancelled when what it waits for comes at the same moment.
                async with asyncio.timeout(self._timing.pause(RESYNC_SECONDS)):
                    await self._wake.wait()

    async def _found(self) -> None:
        """Take up the replicas that were written down; containers nobody knows are removed."""
        self._look()
        rows = self.objects.replicas()
        for row in rows:
            template = self._template(row)
            if template is None:
                self.objects.drop(row.name)
                continue
            self._set_going(row, template)
        known = {
            one.container(attempt)
            for one in self.replicas.values()
            for attempt in (one.row.attempt, one.row.attempt - 1)
        }
        with contextlib.suppress(EngineGone):
            for one in await self.machine.libpod.containers(f"yunyue.project={self.project.order}"):
                if (
                    not set(one["Names"]) & known
                    and one["Labels"].get("yunyue.installation") == self.machine.places.key
                ):
                    log.warning("a container nobody asked for is removed", names=one["Names"])
                    await self.machine.libpod.remove(str(one["Id"]))

    def _look(self) -> None:
        rows = self.objects.all()
        if rows != self._read:
            self.wishes = Wishes.of(rows)
            self._read = rows
        self.given = addresses(self.machine.store, self.project.order)

    async def tend(self) -> None:
        """One pass."""
        self._look()
        refused = await self.ground.make()
        if refused is not None:
            self.trouble = refused.reason
            log.error("a project's ground cannot be made", project=self.project.name, reason=str(refused))
            return
        # Nothing runs before its walls stand; a later change of what passes may come with what it is for.
        said = "" if self._walled else await self._stand()
        self._walled = not said
        if said:
            self.trouble = said
            return
        await self._timing.tick()
        for row, one in self.wishes.running():
            self._tend_workload(row, one)
        self._end_orphans()
        await self._clear_claims()
        await self.balance()
        await self._open_edge()
        await self._stand()

    def _tend_workload(self, row: ObjectRow, one: Running) -> None:
        mine = [
            replica.row
            for replica in self.replicas.values()
            if (replica.row.kind, replica.row.workload) == (one.kind, one.name)
        ]
        ending = {name for name, replica in self.replicas.items() if replica.ending.is_set()}
        rows = [
            msgspec.structs.replace(each_row, phase="draining") if each_row.name in ending else each_row
            for each_row in mine
        ]
        plan = self._plan(row, self._resized(one), rows)
        for name in plan.end:
            self.replicas[name].end()
        why = ""
        for ordinal in plan.make:
            why = self._no_room(one)
            if why:
                break
            self._make(row, one, ordinal)
        if why:
            self._tell_of(row.kind, row.name, "warning", "NoRoom", why)
        self._rolling.note(row, one, plan, rows, why)

    def _resized(self, one: Running) -> Running:
        """While the project is paused nothing runs."""
        if not self.project.paused or isinstance(one, Job):
            return one
        return msgspec.structs.replace(one, spec=msgspec.structs.replace(one.spec, replicas=0))

    def _plan(self, row: ObjectRow, one: Running, rows: list[ReplicaRow]) -> Plan:
        now = self.machine.now()
        match one:
            case Deployment():
                return plan_deployment(one.spec, row.digest, rows, now)
            case StatefulSet():
                return plan_stateful(one.spec, row.digest, rows, now)
            case Job():
                return plan_job(one.spec, rows, row.at, now) if not self.project.paused else Plan()

    def _no_room(self, one: Object) -> str:
        """Why no replica more fits into the quota; replicas that drain still count, since they still use it."""
        template = template_of(one)
        assert template is not None
        used = [each(replica.spec.container, 1) for replica in self.replicas.values() if replica.row.phase != "ended"]
        refused = exceeded(self.project.quota, [*used, each(template.spec.container, 1), Demand()])
        return f"no room for another replica: {refused.reason}" if refused is not None else ""

    def _make(self, row: ObjectRow, one: Running, ordinal: int) -> None:
        name = f"{one.name}-{ordinal if ordinal != ANY else self.objects.number()}"
        fresh = ReplicaRow(
            name=name,
            project=self.project.order,
            kind=one.kind,
            workload=one.name,
            digest=row.digest,
            revision=row.revision,
            ordinal=ordinal,
            made=self.machine.now(),
        )
        self.objects.keep(fresh)
        self._templates[row.digest] = one.spec.template
        self._set_going(fresh, one.spec.template)

    def _set_going(self, row: ReplicaRow, template: Template) -> None:
        replica = Replica(self, row, template.spec, once=row.kind == "Job")
        self.replicas[row.name] = replica
        self._templates[row.digest] = template
        replica.run()
        assert replica.task is not None
        replica.task.add_done_callback(lambda task: self._ended(row.name, task))

    def _ended(self, name: str, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            return
        if task.exception() is not None:
            log.error("a replica's task broke", replica=name, error=repr(task.exception()))
            replica = self.replicas[name]
            replica.run()
            assert replica.task is not None
            replica.task.add_done_callback(lambda again: self._ended(name, again))
            return
        self.replicas.pop(name, None)
        self.objects.drop(name)
        for root in (self.machine.places.secrets, self.machine.places.mounts):
            for folder in (root / self.project.folder).glob(f"{name}.*"):
                shutil.rmtree(folder, ignore_errors=True)
        self.wake()

    def _template(self, row: ReplicaRow) -> Template | None:
        """The template a replica was made from: today's, or one of the revisions."""
        for known, one in self.wishes.running():
            if (known.kind, known.name, known.digest) == (row.kind, row.workload, row.digest):
                return one.spec.template
        for revision in self.objects.revisions(row.kind, row.workload):
            if revision.digest == row.digest:
                return self._rolling.template(revision)
        return None

    def _end_orphans(self) -> None:
        wanted = {(row.kind, row.name) for row, _ in self.wishes.running()}
        for replica in self.replicas.values():
            if (replica.row.kind, replica.row.workload) not in wanted:
                replica.end()

    async def _clear_claims(self) -> None:
        """Volumes that nobody asks for any more, and nobody uses."""
        wanted = {one.name for one in self.wishes.each(PersistentVolumeClaim)}
        for one in self.wishes.each(StatefulSet):
            prefixes = [f"{claim.metadata.name}-{one.name}-" for claim in one.spec.volume_claim_templates]
            wanted |= {name for _, name in self._volumes() if any(name.startswith(prefix) for prefix in prefixes)}
        for _, name in self._volumes():
            if name not in wanted and not self.replicas:
                await asyncio.to_thread(self.machine.volumes.destroy, self.project.folder, name)

    def _volumes(self) -> list[tuple[str, str]]:
        return [one for one in self.machine.volumes.all() if one[0] == self.project.folder]

    @property
    def live(self) -> list[tuple[ReplicaRow, Template]]:
        """Replicas with their templates."""
        return [(one.row, self._templates[one.row.digest]) for one in self.replicas.values()]

    async def balance(self) -> None:
        """Let the balancer and the file of names follow the replicas. Raises EngineGone."""
        live = self.live
        enough = await self.ground.balancer.fill(spreading.targets(self.wishes.services, self.given, live))
        if not enough:
            self._tell_of(
                "Project", self.project.name, "warning", "BalancerFull", "more replicas than the balancer has places"
            )
        self.ground.name(spreading.hosts(self.machine.places, self.project, self.wishes.services, self.given, live))

    async def _open_edge(self) -> None:
        ingresses = self.wishes.ingresses
        await self.ground.balancer.route(spreading.routes(ingresses, self.wishes.services, self.given))
        certificates = spreading.certificates(ingresses, self.wishes.shelf)
        said = await self.ground.balancer.certify(certificates)
        if said:
            self._tell_of("Ingress", ",".join(one.name for one in ingresses), "warning", "Certificate", said)

    @property
    def wall(self) -> Wall:
        """What may pass."""
        guarded = spreading.guards(self.wishes.policies, self.live)
        return spreading.wall(self.machine.places, self.project, self.ground.layout, self.given, guarded)

    async def build(self, row: ReplicaRow, spec: PodSpec) -> str | Refused:
        """Surroundings: make a container."""
        return await self._builder.build(row, spec, self.wishes)

    async def enter(self, row: ReplicaRow) -> None:
        """Surroundings: it is ready."""
        with contextlib.suppress(EngineGone):
            await self.balance()
        if row.died:
            self.ledger.replaced(self.project, row, self.machine.now())
            self.replicas[row.name].put(died=0)
        self.wake()

    async def leave(self, row: ReplicaRow) -> None:
        """Surroundings: it is not ready."""
        with contextlib.suppress(EngineGone):
            if row.phase == "draining":
                await self.balance()
            elif row.address:
                await self.ground.balancer.drop(row.address)
        self.wake()

    async def sessions(self, row: ReplicaRow) -> int:
        """Surroundings: what it still answers."""
        return await self.ground.balancer.sessions(row.address) if row.address else 0

    def keep(self, row: ReplicaRow) -> None:
        """Surroundings: write it down."""
        self.objects.keep(row)
        if row.phase in ("waiting", "ended"):
            self.wake()

    def ran(self, row: ReplicaRow, spec: PodSpec, *, start: bool, at: int) -> None:
        """Surroundings: count what it may use."""
        if start:
            self.ledger.begin(self.project.order, row.container, limits(spec.container), at)
        else:
            self.ledger.finish(self.project.order, row.container, at)

    def started(self, row: ReplicaRow, *, ok: bool, error: str) -> None:
        """Surroundings: a start was tried."""
        if not ok:
            log.warning("a start failed", replica=row.name, reason=error)
        self.ledger.sample(
            self.project, "success", self.machine.now(), error=error.partition(":")[0][:60] if not ok else ""
        )

    def tell(self, row: ReplicaRow, severity: str, reason: str, message: str) -> None:
        """Surroundings: something happened."""
        self._tell_of(row.kind, row.workload, severity, reason, message)

    def _tell_of(self, kind: str, name: str, severity: Any, reason: str, message: str) -> None:
        now = self.machine.now()
        self.objects.tell(EventRow(0, self.project.order, now, kind, name, severity, reason, message[:1000]))

    async def clear(self) -> None:
        """The project ended: end every replica, then take away what it stood on."""
        for replica in self.replicas.values():
            replica.end()
        tasks = [replica.task for replica in self.replicas.values() if replica.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        for _, name in self._volumes():
            await asyncio.to_thread(self.machine.volumes.destroy, self.project.folder, name)
        await self.ground.unmake()

    async def rest(self) -> None:
        """Stop looking; containers run on."""
        await self.ground.rest()
        tasks = [replica.task for replica in self.replicas.values() if replica.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

"""Lends the services what they may use of this machine: clock, series, a folder, the contract's objectives."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yunyue.answer import Refused
from yunyue.catalog import Registry, SampleSink, Service
from yunyue.contract.terms import Objective
from yunyue.host.log import logger
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import OwnershipGranted, OwnershipProven, Payload
from yunyue.kernel.happening import Happening, Recorder
from yunyue.kernel.kernel import Kernel
from yunyue.kernel.ownership import is_theirs
from yunyue.store.series import Series

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Hosting:
    """The services of this installation and what they run on."""

    kernel: Kernel
    registry: Registry
    series: Series

    def host(self, contract: str, service: str) -> "ContractHost":
        """What a service may use on behalf of one contract."""
        return ContractHost(self, contract, service)

    def service(self, code: str) -> Service | Refused:
        """The service of that code, if it can be ordered today."""
        refused = self.registry.orderable(code)
        return refused if refused is not None else self.registry.service(code)


@dataclass(frozen=True, slots=True)
class ContractHost:
    """catalog.Host for one contract and one service."""

    hosting: Hosting
    contract: str
    code: str

    @property
    def folder(self) -> Path:
        """A folder of this service and contract alone."""
        path = self.hosting.kernel.settings.home / "services" / self.code / self.contract
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    @property
    def series(self) -> SampleSink:
        """Where samples go."""
        return self.hosting.series

    @property
    def allow_private(self) -> bool:
        """As the operator set it."""
        return self.hosting.kernel.settings.private_targets

    @property
    def database(self) -> str:
        """ "sqlite", or the address of the database all machines share."""
        return self.hosting.kernel.settings.database

    @property
    def objects(self) -> str:
        """Where large objects lie: "folder", another folder, or the bucket all machines share."""
        return self.hosting.kernel.settings.objects

    @property
    def transcode_workers(self) -> int:
        """Workers this process has for films, as the operator set it; -1: as the machine allows."""
        return self.hosting.kernel.settings.transcode_workers

    @property
    def transcode_upload_days(self) -> int:
        """Days an unused film is kept, as the operator set it; 0: for ever."""
        return self.hosting.kernel.settings.transcode_upload_days

    def proven(self, tenant: str, name: str) -> bool:
        """As the facts of this contract say."""
        granted = self.standing(OwnershipGranted)
        return is_theirs(tenant, name, (*self.standing(OwnershipProven), *granted))

    def standing(self, *kinds: type[Payload]) -> tuple[Fact, ...]:
        """Of a contract that is not registered nothing stands."""
        known = self.hosting.kernel.known(self.contract)
        return () if isinstance(known, Refused) else tuple(fact for kind in kinds for fact in known.facts(kind))

    def now(self) -> datetime:
        """The kernel's clock."""
        return self.hosting.kernel.clock.now()

    def monotonic(self) -> float:
        """The kernel's clock."""
        return self.hosting.kernel.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without holding anybody up."""
        await asyncio.sleep(seconds)

    def objectives(self, service: str) -> tuple[Objective, ...]:
        """The contract's objectives of the service, else the service's own."""
        terms = self.hosting.kernel.terms(self.contract)
        agreed = () if isinstance(terms, Refused) else tuple(o for o in terms.sla.objectives if o.service == service)
        if agreed:
            return agreed
        found = self.hosting.registry.service(service)
        return () if isinstance(found, Refused) else found.entry.objectives

    def report(self, instance: str, payloads: tuple[Payload, ...], at: datetime) -> Refused | None:
        """Record what background work found; the same report again changes nothing. Refused: nothing was recorded."""
        happenings = [
            Happening(said, at, f"{said.type}-{instance}-{int(at.timestamp() * 1000)}-{index}")
            for index, said in enumerate(payloads)
        ]
        done = self.hosting.kernel.record(self.contract, happenings, Recorder(f"service:{self.code}", "/services"))
        if isinstance(done, Refused):
            log.warning("a service's report was refused", service=self.code, instance=instance, reason=str(done))
            return done
        return None

"""A host for services under test: a real series and folder, a clock that moves only when it is told to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from yunyue.answer import Refused
from yunyue.catalog import Observed, Order, Sample, SampleSink
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import BEIJING, Fact
from yunyue.journal.facts import Payload, SegmentSealed
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import Error, Outcome
from yunyue.services.monitor.parameters import Probe
from yunyue.store.series import Series

START = datetime(2024, 6, 3, 12, tzinfo=BEIJING)
T0 = 1_717_387_200_000
MINUTE = 60_000


@dataclass
class TestHost:
    """catalog.Host. `reports` keeps what background work handed over."""

    __test__ = False

    root: Path
    time: datetime = START
    allow_private: bool = True
    proven_names: tuple[str, ...] = ()
    agreed: tuple[Objective, ...] = ENTRY.objectives
    reports: list[tuple[str, Payload, datetime]] = field(default_factory=list)
    trouble: Exception | Refused | None = None
    slow_report: float = 0.0
    facts: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Series.open(self.root / "series", "probes")
        self.folder = self.root / "monitor"
        self.folder.mkdir(exist_ok=True)
        self.series: SampleSink = self.store

    def proven(self, tenant: str, name: str) -> bool:
        return f"{tenant}:{name}" in self.proven_names

    def standing(self, *kinds: type[Payload]) -> tuple[Fact, ...]:
        return tuple(one for kind in kinds for one in self.facts if isinstance(one.data, kind))

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return (self.time - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Nobody waits: the clock moves on."""
        self.forward(seconds)
        await asyncio.sleep(0)

    def objectives(self, service: str) -> tuple[Objective, ...]:
        return tuple(one for one in self.agreed if one.service == service)

    def report(self, instance: str, payloads: tuple[Payload, ...], at: datetime) -> Refused | None:
        if isinstance(self.trouble, Refused):
            return self.trouble
        if self.trouble is not None:
            raise self.trouble
        self.forward(self.slow_report)
        self.reports += [(instance, one, at) for one in payloads]
        return None

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def seal(self) -> tuple[SegmentSealed, ...]:
        return self.store.seal(self.time, force=True)

    def samples(self, order: str = "o1") -> list[Sample]:
        """All samples of an order, oldest first."""
        return list(reversed(self.store.recent(order, 100_000)))


class BrokenSeries:
    """A series whose disk is gone, in front of a real one; `mend` brings it back."""

    def __init__(self, behind: Series, how: Refused | Exception) -> None:
        self.behind = behind
        self.how: Refused | Exception | None = how
        self.tries = 0
        self.stores_first = False

    def mend(self) -> None:
        self.how = None

    def append(self, samples: Sequence[Sample], producer: str, epoch: int, seq: int) -> int | Refused:
        self.tries += 1
        if self.how is None or self.stores_first:
            taken = self.behind.append(samples, producer, epoch, seq)
            if self.how is None:
                return taken
        if isinstance(self.how, Exception):
            raise self.how
        return self.how

    def windows(self, instance: str, indicator: str, start: int, end: int) -> Observed:
        return self.behind.windows(instance, indicator, start, end)

    def recent(self, instance: str, limit: int) -> tuple[Sample, ...]:
        return self.behind.recent(instance, limit)

    def latest(self, indicator: str) -> Mapping[str, int]:
        return self.behind.latest(indicator)


def order(identifier: str = "o1", tenant: str = "bureau", **parameters: object) -> Order:
    wanted: dict[str, object] = {"kind": "tcp", "target": "127.0.0.1:9", **parameters}
    return Order(identifier, "monitor-probes", Decimal(1), tenant, wanted)


class Script:
    """Stands where `probe.run` stands: gives outcomes in turn, the last one for ever. The network is not under test."""

    def __init__(self, *errors: Error | str) -> None:
        self.errors = list(errors)
        self.runs = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self, probe: Probe, network: Network) -> Outcome:
        error = self.errors[min(self.runs, len(self.errors) - 1)]
        self.runs += 1
        if self.gate is not None:
            await self.gate.wait()
        if error == "bug":
            raise ZeroDivisionError("a bug of ours")
        return Outcome(error, 1_000)  # type: ignore[arg-type] # "bug" never gets here

"""What a service may use of the machine it runs on. The kernel makes the real one; a service knows only this shape."""

from datetime import datetime
from typing import Protocol

from yunyue.answer import Refused
from yunyue.catalog.sample import SampleSink
from yunyue.contract.terms import Objective
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import Payload


class Folder(Protocol):
    """A place on disk, such as a pathlib.Path; the catalogue itself opens none."""

    def __fspath__(self) -> str:
        """Its path."""
        ...


class Host(Protocol):
    """Clock, series, own folder, the contract's objectives and the way to tell the kernel something."""

    @property
    def folder(self) -> Folder:
        """Where this service keeps its own state; nobody else writes there."""
        ...

    @property
    def series(self) -> SampleSink:
        """Where samples go."""
        ...

    @property
    def allow_private(self) -> bool:
        """Whether targets on loopback and private addresses may be reached (tests, the tour, a closed network)."""
        ...

    def proven(self, tenant: str, name: str) -> bool:
        """Whether the tenant proved that the public host name is theirs, or was granted the internal address.

        A name proves no address: who owns a name may point it at a stranger's machine.
        """
        ...

    def standing(self, *kinds: type[Payload]) -> tuple[Fact, ...]:
        """The contract's facts of these kinds that no correction withdrew; of each kind in journal order."""
        ...

    def now(self) -> datetime:
        """The time of day, with a zone."""
        ...

    def monotonic(self) -> float:
        """Seconds that only run forward, for durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait without holding anybody up."""
        ...

    def objectives(self, service: str) -> tuple[Objective, ...]:
        """The SLA objectives the contract sets for the service; the entry's own when it sets none."""
        ...

    def report(self, instance: str, payloads: tuple[Payload, ...], at: datetime) -> Refused | None:
        """Hand over facts that background work found, as having happened at `at`; the kernel appends them.

        The same fact may be handed over again after a crash; it then has equal values. Refused: nothing was
        recorded; keep the report and hand it over again.
        """
        ...

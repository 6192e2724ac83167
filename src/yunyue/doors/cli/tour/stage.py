"""Where the tour takes place: an installation of its own, its clock, the watched site, and the two sides that act."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from yunyue.answer import Refused
from yunyue.doors.cli.tour.clock import TourClock
from yunyue.doors.cli.tour.probing import Probing, Watched
from yunyue.doors.cli.tour.progress import Progress
from yunyue.doors.cli.tour.site import Site
from yunyue.host.clock import BEIJING
from yunyue.journal.facts import Payload
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.kernel.measure import close_month
from yunyue.settlement.statement import Said
from yunyue.sla.verdict import Judged

CLIENT: Final = "client:manager"
APPROVER: Final = "client:approver"
PROVIDER: Final = "provider:manager"
SOURCE: Final = "/cli/tour"
MORNING: Final = 10

T = TypeVar("T")


class TourStopped(Exception):
    """Something the tour does was refused; what follows would mean nothing."""


def accepted(outcome: T | Refused) -> T:
    """What came of an act. Raises TourStopped when it was refused."""
    if isinstance(outcome, Refused):
        raise TourStopped(str(outcome))
    return outcome


@dataclass(slots=True)
class Stage:
    """The tour as it goes on."""

    hosting: Hosting
    clock: TourClock
    site: Site
    progress: Progress
    contract: str
    interval_s: int
    probing: Probing | None = None
    months: list[str] = field(default_factory=list)
    sent: int = 0
    began: date = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock.now().date()

    @property
    def kernel(self) -> Kernel:
        """Facts in, statements out."""
        return self.hosting.kernel

    def begin(self, day: str, title: Said, hour: int = MORNING) -> None:
        """Let contract time go on to the morning of a day, probing on the way, and begin a step there."""
        self.go(datetime.fromisoformat(f"{day}T{hour:02d}:00:00").replace(tzinfo=BEIJING))
        self.progress.step(self.clock.now(), title)

    def go(self, moment: datetime) -> None:
        """Contract time up to a moment; every month that ends on the way is closed as it ends."""
        while (ends := _next_month(self.clock.now())) <= moment:
            self._walk(ends)
            self._close(ends - timedelta(days=1))
        self._walk(moment)

    def happened(self, actor: str, *said: Payload) -> None:
        """Record facts of this moment. Raises TourStopped when they do not fit."""
        now = self.clock.now()
        accepted(self.kernel.record(self.contract, [Happening(one, now) for one in said], Recorder(actor, SOURCE)))

    def paper(self, title: str) -> str:
        """A document that a fact names: one line, marked as a sample. Its digest."""
        return accepted(self.kernel.objects.put(f"示例 SAMPLE\n{self.contract}\n{title}\n".encode()))

    def watch(self, order: str) -> None:
        """From now on the order's probes go out as they are due."""
        watched = Watched(self.contract, order, self.interval_s)
        self.probing = Probing(self.hosting, self.clock, watched, self.progress.moving)

    def _walk(self, moment: datetime) -> None:
        if self.probing is None:
            self.clock.move_to(moment)
        else:
            self.probing.until(moment)

    def _close(self, day: datetime) -> None:
        """Judge the month of a day, once there is something to judge."""
        month = f"{day:%Y-%m}"
        terms = accepted(self.kernel.registered_terms(self.contract))
        if self.probing is None or month > f"{terms.term.end:%Y-%m}":
            return
        verdicts = accepted(close_month(self.hosting, self.contract, month))
        self.months.append(month)
        for one in verdicts:
            if isinstance(one, Judged) and one.objective.indicator == "availability":
                self.progress.note(_verdict(one))


def _verdict(one: Judged) -> Said:
    said = one.payload()
    zh, en = ("达标", "met") if said.met else ("未达标", "missed")
    return Said(
        f"{said.month} 可用性 {said.measured}%（{said.method}，目标 {said.target}%）：{zh}",
        f"{said.month} availability {said.measured} % ({said.method}, target {said.target} %): {en}",
    )


def _next_month(now: datetime) -> datetime:
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)

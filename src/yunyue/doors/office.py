"""What every door of one process works with: kernel, services, jobs. Opened once, by whoever serves."""

from dataclasses import dataclass, field

from yunyue.doors.data.events import Feed
from yunyue.host.clock import Clock
from yunyue.host.jobs import Jobs
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.kernel.hosting import Hosting


@dataclass(frozen=True, slots=True)
class Office:
    """The open parts of the platform; without `jobs` nothing long is taken on. `feed` tells open pages."""

    hosting: Hosting
    jobs: Jobs | None = None
    feed: Feed = field(default_factory=Feed)

    @property
    def kernel(self) -> Kernel:
        """Facts in, statements out."""
        return self.hosting.kernel

    @property
    def settings(self) -> Settings:
        """As the operator chose."""
        return self.kernel.settings

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self.kernel.clock


class NotOpen(Exception):
    """A door was used before the office was opened."""


_open: list[Office] = []


def open_office(office: Office) -> None:
    """Make this the office of the process, in place of an earlier one."""
    _open[:] = [office]


def office() -> Office:
    """The office of the process. Raises NotOpen."""
    if not _open:
        raise NotOpen("open_office() comes first")
    return _open[0]

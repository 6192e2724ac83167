"""Contract time goes on from probe to probe. Each probe is a real request, and none is left out or made up.

Problem: a year of waiting must fit into a minute. Decision: the contract's clock jumps to the next moment a probe is
due, the monitor service's own schedule sends its request to the running site, and only when that has ended does the
clock jump on. What is shortened is the waiting between probes, nothing else; the factor is measured and shown.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from yunyue.doors.cli.tour.clock import TourClock
from yunyue.host.clock import BEIJING
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor import probe
from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import Schedule
from yunyue.sla.span import milliseconds

EPOCH = datetime(1970, 1, 1, 8, tzinfo=BEIJING)
EPOCHS_BEGIN = 1
"""The first epoch of the samples' producer; the tour's home is new."""

Seen = Callable[[datetime, int], None]
"""Told, now and then, where contract time stands and how many probes were sent."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is probed: under which contract and order, how often."""

    contract: str
    order: str
    interval_s: int


class Probing:
    """The monitor service at work for one contract, driven by the tour's clock."""

    def __init__(self, hosting: Hosting, clock: TourClock, watched: Watched, seen: Seen) -> None:
        self._clock = clock
        self._grid = Grid.of(watched.order, watched.interval_s)
        self._host = hosting.host(watched.contract, "monitor")
        self._seen = seen
        self._loop = asyncio.Runner()
        recorder = Recorder(self._host, EPOCHS_BEGIN)
        self._schedule = Schedule(self._host, Instances(self._host.folder), recorder, probe.run)
        self.sent = 0
        self._loop.run(self._schedule.tick())

    def until(self, moment: datetime) -> None:
        """Probe at every moment due up to `moment`, and let contract time end there."""
        self._loop.run(self._walk(self._moments(moment)))
        self._clock.move_to(moment)

    def times(self, count: int) -> None:
        """Probe so many times, at the next moments due."""
        first = self._grid.after(milliseconds(self._clock.now()))
        last = first + (count - 1) * self._grid.interval
        self._loop.run(self._walk(range(first, last + 1, self._grid.interval)))

    def close(self) -> None:
        """Send what was measured and end."""
        self._loop.run(self._schedule.close())
        self._loop.close()

    def _moments(self, end: datetime) -> range:
        return self._grid.between(milliseconds(self._clock.now()), milliseconds(end))

    async def _walk(self, moments: range) -> None:
        for due in moments:
            self._clock.move_to(EPOCH + timedelta(milliseconds=due))
            await self._schedule.tick()
            await self._schedule.settle()
            self.sent += 1
            self._seen(self._clock.now(), self.sent)
        # The last outcomes are still on their way.
        await self._schedule.tick()

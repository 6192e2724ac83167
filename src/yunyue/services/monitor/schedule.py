"""Runs the probes when they are due. One of an instance at a time, so many in all, and none is ever put off.

A probe that cannot run at its moment is a gap: the last one of the instance still runs, too many run already, or the
platform was not running. A gap is written down as what it is, neither a success nor a failure.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.catalog import GAP, Host, Sample
from yunyue.host.log import logger
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import IncidentClosed, IncidentOpened
from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.incidents import Turn, Watch, watch
from yunyue.services.monitor.instances import Instance, Instances
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outbox import Outbox, Report
from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.points.quorum import decide
from yunyue.services.monitor.recorder import Recorder
from yunyue.sla.span import milliseconds

log = logger(__name__)

AVAILABILITY = "availability"
ALERTS = "timely-alerts"
ALERT_MS = 60_000
MOST_AT_ONCE = 500
TICK_S = 0.5
SHORTEST_TICK_S = 0.1
"""Probes due within so much time start together and their samples are one commit; an fsync costs as much as a probe."""
BACK_MS = 600_000
"""A clock set back by no more is waited for."""

_EPOCH = datetime(1970, 1, 1, 8, tzinfo=BEIJING)

Run = Callable[[Probe, Network], Awaitable[Outcome]]
Keeper = Callable[[Instance, int, Outcome], Awaitable[None]]


async def _nobody(_instance: Instance, _at: int, _outcome: Outcome) -> None:
    """Who keeps what probes bring home when nobody does."""


@dataclass(slots=True)
class Running:
    """An instance on schedule: the last moment dealt with, what is watched, and the probe under way."""

    instance: Instance
    grid: Grid
    last: int
    watch: Watch
    task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether its last probe still runs."""
        return self.task is not None and not self.task.done()


class Schedule:
    """All instances of one host. Call `tick` as often as probes may be due; `close` when done."""

    def __init__(self, host: Host, instances: Instances, recorder: Recorder, run: Run) -> None:
        self._host = host
        self._instances = instances
        self._recorder = recorder
        self._run = run
        self._version = -1
        self._running: dict[str, Running] = {}
        self._due: list[tuple[int, str]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.outbox = self._outbox = Outbox(Path(host.folder))
        self.keeper: Keeper = _nobody
        self._told = asyncio.Lock()
        self._telling: asyncio.Task[None] | None = None
        self._clock = 0

    async def tick(self) -> None:
        """Start what is due now, write down what was missed, and send samples on their way."""
        await self._refresh()
        now = milliseconds(self._host.now())
        if now < self._clock:
            self._go_back(now)
        self._clock = now
        while self._due and self._due[0][0] <= now:
            _, order = heapq.heappop(self._due)
            one = self._running.get(order)
            if one is not None:
                self._serve(one, now)
                heapq.heappush(self._due, (one.grid.after(one.last), order))
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell())
        await self._recorder.flush()

    @property
    def pause(self) -> float:
        """Seconds until the next probe is due, at most half a second, since orders may come in meanwhile."""
        if not self._due:
            return TICK_S
        return min(TICK_S, max(SHORTEST_TICK_S, (self._due[0][0] - milliseconds(self._host.now())) / 1000))

    async def settle(self) -> None:
        """Wait for the probes under way, and for the reports that are being told."""
        await asyncio.gather(*self._tasks, *([self._telling] if self._telling else []))

    async def close(self) -> None:
        """Stop the probes under way and send what was measured."""
        ending = [*self._tasks, *([self._telling] if self._telling else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._recorder.flush()

    async def _refresh(self) -> None:
        """Take in instances that were added, paused, resumed or retired since."""
        version = self._instances.version
        if version == self._version:
            return
        every = self._instances.all()
        await self._end_incidents(every)
        found = [one for one in every if one.state == "running"]
        fresh = [one for one in found if not self._knows(one)]
        latest = await asyncio.to_thread(self._host.series.latest, AVAILABILITY) if fresh else {}
        begun = {one.order: self._begin(one, latest.get(one.order, 0)) for one in fresh}
        self._running = {one.order: begun.get(one.order) or self._running[one.order] for one in found}
        self._plan()
        self._version = version

    async def _end_incidents(self, every: Sequence[Instance]) -> None:
        """What was retired while it failed fails no longer; no probe will ever say so."""
        for one in every:
            if one.state == "retired" and one.incident and one.ended is not None:
                await self._noticed(one.order, Turn(IncidentClosed(incident=one.incident), one.ended), "")

    def _go_back(self, now: int) -> None:
        """The clock was set back. By a little: no moment is probed twice. By more: nobody waits until it is again where
        it was wrong, which is eight hours for a machine that took its clock's local time for UTC.
        """
        for one in self._running.values():
            if _too_far_ahead(one.last, now, one.grid):
                log.error("the clock was set back", instance=one.instance.order, by_ms=one.last - now)
                one.last = now
        self._plan()

    def _plan(self) -> None:
        self._due = [(one.grid.after(one.last), order) for order, one in self._running.items()]
        heapq.heapify(self._due)

    def _knows(self, instance: Instance) -> bool:
        known = self._running.get(instance.order)
        return known is not None and known.instance.since == instance.since

    def _begin(self, instance: Instance, newest: int) -> Running:
        """Go on after the newest sample there is, else after the moment the instance began to run.

        A sample of a time yet to come was made by a clock that was wrong, and holds nothing up.
        """
        grid = Grid.of(instance.order, instance.probe.interval_s)
        now = milliseconds(self._host.now())
        newest = now if _too_far_ahead(newest, now, grid) else newest
        waiting = self._outbox.open_incident(instance.order)
        incident = instance.incident if waiting is None else waiting
        state = Watch(instance.order, instance.probe.confirm, incident=incident)
        return Running(instance, grid, max(instance.since, newest), state)

    def _serve(self, one: Running, now: int) -> None:
        """Of the moments that passed, the newest is probed if it can be; all others are gaps."""
        moments = one.grid.between(one.last, now)
        if not moments:
            return
        one.last = moments[-1]
        free = not one.busy and len(self._tasks) < MOST_AT_ONCE
        missed = moments[:-1] if free else moments
        for moment in missed:
            self._recorder.add(Sample(one.instance.order, AVAILABILITY, moment, False, GAP, 0))
        if free:
            one.task = asyncio.get_running_loop().create_task(self._probe(one))
            self._tasks.add(one.task)
            one.task.add_done_callback(self._tasks.discard)

    async def _probe(self, one: Running) -> None:
        """One probe and what follows from it. A fault of our own is a gap, never the target's failure."""
        order = one.instance.order
        at = max(milliseconds(self._host.now()), one.last)
        try:
            outcome = await self._outcome(one)
        except NotMade as reason:
            log.warning("a probe could not be made", instance=order, reason=str(reason))
            self._recorder.add(Sample(order, AVAILABILITY, at, False, GAP, 0))
            return
        except Exception as error:  # a bug in a probe must neither stop the others nor count against the target
            log.error("a probe broke", instance=order, error=repr(error))
            self._recorder.add(Sample(order, AVAILABILITY, at, False, GAP, 0))
            return
        self._recorder.add(Sample(order, AVAILABILITY, at, outcome.ok, outcome.error, outcome.latency_us))
        state, turn = watch(one.watch, outcome, at)
        if turn is None or await self._noticed(order, turn, state.incident):
            one.watch = state
        if outcome.brought is not None:
            await self._kept(one.instance, at, outcome)
        if turn is not None:
            await self._tell()

    async def _outcome(self, one: Running) -> Outcome:
        """Of our own probe, or of several probe points together."""
        network = Network.of(self._host, one.instance.tenant)
        if not one.instance.probe.points:
            return await self._run(one.instance.probe, network)
        return await decide(one.instance, one.last, self._host, lambda: self._run(one.instance.probe, network))

    async def _kept(self, instance: Instance, at: int, outcome: Outcome) -> None:
        try:
            await self.keeper(instance, at, outcome)
        except Exception as error:  # a full disk or a bug of ours loses this look, and stops no probe
            log.error("what a probe brought could not be kept", instance=instance.order, error=repr(error))

    async def _noticed(self, order: str, turn: Turn, incident: str) -> bool:
        """Keep what turned until it is told. False when the disk did not take it: the next probe finds it again."""
        try:
            noticed = milliseconds(self._host.now())
            await asyncio.to_thread(self._outbox.put, order, turn.payload, turn.at, noticed)
            await asyncio.to_thread(self._instances.change, order, lambda one: replace(one, incident=incident))
        except Exception as error:  # a full disk, a lost folder: probing goes on, and the turn is found again
            log.error("an incident could not be kept", instance=order, error=repr(error))
            return False
        return True

    async def _tell(self) -> None:
        """Tell the kernel what waits in the outbox and is due; told again, a report has equal values."""
        async with self._told:
            try:
                now = milliseconds(self._host.now())
                while due := await asyncio.to_thread(self._outbox.due, now):
                    for report in due:
                        await self._tell_one(report)
            except Exception as error:  # the outbox itself is out of reach; what it holds is told later
                log.error("the outbox stumbled", error=repr(error))

    async def _tell_one(self, report: Report) -> None:
        at = _EPOCH + timedelta(milliseconds=report.at)
        try:
            answer = await asyncio.to_thread(self._host.report, report.instance, (report.payload,), at)
        except Exception as error:  # whatever keeps the journal from being written, it is tried again
            answer = Refused(repr(error))
        now = milliseconds(self._host.now())
        if isinstance(answer, Refused):
            tried = report.tries + 1
            log.error("an incident could not be told", instance=report.instance, reason=str(answer), tries=tried)
            await asyncio.to_thread(self._outbox.failed, report, now, str(answer))
            return
        await asyncio.to_thread(self._outbox.told, report)
        if isinstance(report.payload, IncidentOpened):
            took = now - report.noticed
            late = "late" if took > ALERT_MS else ""
            self._recorder.add(Sample(report.instance, ALERTS, now, not late, late, took * 1000))


def _too_far_ahead(moment: int, now: int, grid: Grid) -> bool:
    return moment - now > max(grid.interval, BACK_MS)

"""The program of a probe point: it probes what the platform asks it to, and keeps what it finds until it is taken.

`python -m yunyue.services.monitor.points.agent point.toml` runs until it is ended. Cut off, it goes on with the work it
knows and stores what it finds; killed, it goes on where its queue ends; its clock may be stepped without harm, since an
outcome's age is told beside its time.
"""

import asyncio
import hashlib
import heapq
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.catalog import GAP
from yunyue.host.clock import SystemClock
from yunyue.host.log import logger
from yunyue.services.monitor import probe
from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.metrics.machine import Machine
from yunyue.services.monitor.network import Network
from yunyue.services.monitor.outcome import NotMade
from yunyue.services.monitor.points.client import Away, Client, NotTaken, now_ms
from yunyue.services.monitor.points.clock import boot, since_boot
from yunyue.services.monitor.points.config import Config, load
from yunyue.services.monitor.points.spool import Spool, compact
from yunyue.services.monitor.points.wire import Batch, Taken, Task, Work

VERSION: Final = "1"
WORK_S: Final = 10.0
SEND_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
SHARE: Final = 4
"""Points begin within the first quarter of an interval, each at its own moment: that is the jitter."""

MOST_AT_ONCE: Final = 200
MOST_MISSED: Final = 100
"""Moments of an order that become gaps when the machine slept; what is older was never due here."""

MOST_WAITING: Final = 100_000
"""Outcomes that wait in memory when the disk takes none."""

EPOCH_OVER: Final = "is over"
"""In the platform's word that a point's epoch is an old one."""

ALIVE_S: Final = 15.0
"""Seconds after which a point says that it lives when it has nothing else to say."""

log = logger(__name__)


@dataclass(slots=True)
class Agent:
    """One probe point at work."""

    config: Config
    client: Client
    spool: Spool
    tasks: dict[str, Task] = field(default_factory=dict)
    due: list[tuple[int, int, str]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    busy: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    found: list[tuple[Taken, int]] = field(default_factory=list)
    spoke: float = -ALIVE_S

    async def run(self) -> None:
        """Until cancelled; what is found and not yet on disk is then put there."""
        self._remember()
        loops = [self._ask_for_work(), self._probe(), self._keep(), self._send(), self._measure(), self._tell_metrics()]
        try:
            await asyncio.gather(*loops)
        finally:
            self._store()

    async def _ask_for_work(self) -> None:
        failures = 0
        while True:
            try:
                self.adopt(await self.client.work())
                failures = 0
            except Away as reason:
                log.warning("the platform was not reached", reason=str(reason))
                failures += 1
            again = min(SEND_S * 2 ** min(failures, 10), LONGEST_PAUSE_S)
            await asyncio.sleep(again if failures else WORK_S)

    def adopt(self, work: Work) -> None:
        """Do this from now on; it is remembered for a start without the platform."""
        tasks = {one.order: one for one in work.tasks}
        if tasks == self.tasks:
            return
        self.tasks = tasks
        self.done = {order: moment for order, moment in self.done.items() if order in tasks}
        self.due = [self._next(one, now_ms()) for one in tasks.values()]
        heapq.heapify(self.due)
        fresh = self._memory.with_suffix(".tmp")
        fresh.write_bytes(msgspec.json.encode(work))
        fresh.rename(self._memory)

    @property
    def _memory(self) -> Path:
        return Path(self.config.folder) / "work.json"

    def _remember(self) -> None:
        if self._memory.exists():
            self.adopt(msgspec.json.decode(self._memory.read_bytes(), type=Work))

    def _next(self, task: Task, after: int) -> tuple[int, int, str]:
        """When it is next due by our clock, and the moment of the grid, by the platform's clock, that it is for.

        The difference of the clocks is measured again and again; a moment that is done is not due once more for that,
        and one that was missed is still due: it becomes a gap.
        """
        grid = Grid.of(task.order, task.probe.interval_s)
        delay = delay_of(self.config.folder, task.order, grid.interval)
        skew = self.client.skew.best[0]
        oldest = after + skew - delay - MOST_MISSED * grid.interval
        moment = grid.after(max(self.done[task.order], oldest) if task.order in self.done else after + skew - delay)
        return moment + delay - skew, moment, task.order

    async def _probe(self) -> None:
        while True:
            now = now_ms()
            while self.due and self.due[0][0] <= now:
                due, moment, order = heapq.heappop(self.due)
                self.done[order] = moment
                task = self.tasks[order]
                self._begin(task, now, due)
                heapq.heappush(self.due, self._next(task, now))
            wait = (self.due[0][0] - now) / 1000 if self.due else 0.5
            await asyncio.sleep(min(0.5, max(0.01, wait)))

    def _begin(self, task: Task, now: int, due: int) -> None:
        """A probe, or a gap when its moment passed, the last one still runs or too many do."""
        late = now - due >= task.probe.interval_s * 1000
        if late or task.order in self.busy or len(self.busy) >= MOST_AT_ONCE:
            self._note((task.order, due, since_boot() - max(0, now - due)), GAP, 0)
            return
        running = asyncio.get_running_loop().create_task(self._once(task, now))
        self.busy[task.order] = running
        running.add_done_callback(lambda _: self.busy.pop(task.order, None))

    async def _once(self, task: Task, at: int) -> None:
        clock = SystemClock()
        begun = (task.order, at, since_boot())
        network = Network(clock.now, clock.monotonic, lambda _: self.config.private_targets)
        try:
            outcome = await probe.run(task.probe, network)
            self._note(begun, outcome.error, outcome.latency_us)
        except NotMade as reason:
            log.warning("a probe could not be made", instance=task.order, reason=str(reason))
            self._note(begun, GAP, 0)
        except Exception as error:  # a bug of ours is a gap, and neither stops the others nor counts against the target
            log.error("a probe broke", instance=task.order, error=repr(error))
            self._note(begun, GAP, 0)

    def _note(self, begun: tuple[str, int, int], error: str, latency: int) -> None:
        """`begun`: the order, when by our clock, and when by the clock that nobody can step, from which ages count."""
        order, at, then = begun
        self.found.append((Taken(order, at, 0, error, 0 if error == GAP else latency), then))

    async def _keep(self) -> None:
        """To disk, several times a second: all that was found in between is one commit."""
        while True:
            await asyncio.sleep(0.25)
            if self.found:
                await asyncio.to_thread(self._store)

    def _store(self) -> None:
        batch, self.found = self.found, []
        if not batch:
            return
        now = since_boot()
        aged = [msgspec.structs.replace(one, age=now - then) for one, then in batch]
        try:
            self.spool.found(aged, now, boot())
        except Exception as error:  # a full disk: what was found waits in memory for the next try
            log.error("outcomes could not be kept", error=repr(error), waiting=len(batch))
            self.found = [*batch, *self.found][-MOST_WAITING:]

    async def _send(self) -> None:
        pause = SEND_S
        while True:
            try:
                more = await self._send_once()
                pause = 0.0 if more else SEND_S
            except (Away, NotTaken) as reason:
                log.warning("outcomes were not taken", reason=str(reason))
                if isinstance(reason, NotTaken) and EPOCH_OVER in str(reason):
                    await asyncio.to_thread(self.spool.renew, now_ms() + self.client.skew.best[0])
                pause = min(max(pause, SEND_S) * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def _send_once(self) -> bool:
        """Send the oldest outcomes, or a sign of life; whether more wait."""
        seq, samples = await asyncio.to_thread(self.spool.oldest, since_boot(), boot())
        if not samples and time.monotonic() - self.spoke < ALIVE_S:
            return False
        self.spoke = time.monotonic()
        skew, trip = self.client.skew.best
        held = await asyncio.to_thread(lambda: self.spool.held)
        lost = await asyncio.to_thread(lambda: self.spool.lost)
        batch = Batch(
            epoch=self.spool.epoch,
            seq=seq,
            clock=now_ms(),
            skew_ms=skew,
            round_trip_ms=trip,
            held=held - len(samples),
            lost=lost,
            version=VERSION,
            samples=samples,
        )
        receipt = await self.client.send(batch)
        await asyncio.to_thread(self.spool.acknowledged, receipt.next)
        return held > len(samples)

    async def _measure(self) -> None:
        """The machine's own numbers, and those of endpoints on it."""
        machine = Machine(self.config.scrape)
        while self.config.metrics_s:
            began = time.monotonic()
            try:
                message = await machine.message(now_ms() + self.client.skew.best[0])
                await asyncio.to_thread(self.spool.measured, message, now_ms())
            except Exception as error:  # what cannot be read this time is read the next
                log.error("the machine was not measured", error=repr(error))
            await asyncio.sleep(max(0.1, self.config.metrics_s - (time.monotonic() - began)))

    async def _tell_metrics(self) -> None:
        pause = SEND_S
        while True:
            waiting = await asyncio.to_thread(self.spool.next_message)
            try:
                if waiting is not None:
                    await self.client.measure(waiting[1])
                    await asyncio.to_thread(self.spool.delivered, waiting[0])
                pause = 0.0 if waiting else SEND_S
            except NotTaken as reason:
                log.error("metrics were refused and are dropped", reason=str(reason))
                await asyncio.to_thread(self.spool.delivered, waiting[0] if waiting else 0)
            except Away as reason:
                log.warning("metrics were not taken", reason=str(reason))
                pause = min(max(pause, SEND_S) * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)


def delay_of(folder: str, order: str, interval: int) -> int:
    """How long after the moments of an order's grid (ms) the point whose queue lies there begins."""
    drawn = hashlib.sha256(f"{folder}\n{order}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") % (interval // SHARE)


def open_agent(config: Config) -> Agent:
    """The point with its queue, as its last run left it."""
    folder = Path(config.folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    compact(folder)
    return Agent(config, Client(config), Spool(folder, now_ms(), config.most_held))


async def serve(config: Config) -> None:
    """Run until SIGTERM or SIGINT."""
    agent = open_agent(config)
    running = asyncio.ensure_future(agent.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("the probe point ends", held=agent.spool.held)


def main(arguments: list[str]) -> int:
    """Run the point of a configuration file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m yunyue.services.monitor.points.agent FILE\n")
        return 2
    config = load(Path(arguments[0]))
    if isinstance(config, Refused):
        sys.stderr.write(f"{config}\n")
        return 2
    asyncio.run(serve(config))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

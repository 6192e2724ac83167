"""Monitoring as a service: five verbs, and the schedule that works by itself."""

import asyncio
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.catalog import Entry, Host, Order, Result, Sample, Window, understand_parameters
from yunyue.host.log import logger
from yunyue.journal.facts import ServiceDelivered, ServiceResumed, ServiceRetired, ServiceSuspended
from yunyue.services import windows
from yunyue.services.monitor import meter, probe
from yunyue.services.monitor.alerts.watching import Alerting
from yunyue.services.monitor.content.look import Looker
from yunyue.services.monitor.coverage import READINGS
from yunyue.services.monitor.entry import ENTRY
from yunyue.services.monitor.instances import Instance, Instances, State
from yunyue.services.monitor.metrics.keep import Thinning, keep_metrics
from yunyue.services.monitor.metrics.store import close_stores
from yunyue.services.monitor.network import Network, barred
from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import AVAILABILITY, Schedule
from yunyue.sla.span import milliseconds

MANUAL = "manual"
"""The indicator of probes asked for by hand: shown, and never part of an SLA or a bill."""

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Monitor:
    """catalog.Service and catalog.Works for monitoring."""

    entry: Entry = ENTRY

    def provision(self, order: Order, host: Host) -> Result:
        """Register the probe; it runs from the next moment due. Refused: bad parameters, a target not to be reached."""
        wanted = understand_parameters(Probe, order.parameters, strict=False)
        if isinstance(wanted, Refused):
            return wanted
        if why := _denied(wanted, order.tenant, host):
            return Refused(f"this target may not be probed: {why}", "parameters.target", "C37")
        if why := probe.unable(wanted.kind):
            return Refused(why, "parameters.kind", "C37")
        now = milliseconds(host.now())
        made = Instance(order=order.id, tenant=order.tenant, probe=wanted, state="running", made=now, since=now)
        kept = _instances(host).add(made)
        return kept if isinstance(kept, Refused) else (ServiceDelivered(order=order.id),)

    def operate(self, instance: str, action: str, host: Host) -> Result:
        """pause, resume or probe_now. Refused: another action, an instance in another state."""
        match action:
            case "pause":
                return self._turn(instance, ("running", "paused"), host)
            case "resume":
                return self._turn(instance, ("paused", "running"), host)
            case "probe_now":
                return _probe_now(instance, host)
            case _:
                known = ", ".join(one.code for one in self.entry.actions)
                return Refused(f"there is no action {action!r}; known: {known}", "action", "C37")

    def _turn(self, order: str, states: tuple[State, State], host: Host) -> Result:
        before, after = states
        now = milliseconds(host.now())

        def turned(found: Instance) -> Instance | Refused:
            if found.state != before:
                return Refused(f"the instance is {found.state}, not {before}", "instance", "C37")
            return replace(found, state=after, since=now)

        changed = _instances(host).change(order, turned)
        if isinstance(changed, Refused):
            return changed
        if after == "paused":
            return (ServiceSuspended(order=order, ground="client_request"),)
        return (ServiceResumed(order=order),)

    def meter(self, instance: str, window: Window, host: Host) -> Result:
        """See `monitor.meter`."""
        found = _instances(host).find(instance)
        return found if isinstance(found, Refused) else meter.meter(found, window, host)

    def indicate(self, instance: str, window: Window, host: Host) -> Result:
        """See `services.windows`."""
        found = _instances(host).find(instance)
        return found if isinstance(found, Refused) else windows.indicate(ENTRY, found.order, window, host, READINGS)

    def retire(self, instance: str, host: Host) -> Result:
        """End the probe for good. Its samples stay; retired again it answers the same."""
        now = milliseconds(host.now())

        def retired(found: Instance) -> Instance:
            return found if found.state == "retired" else replace(found, state="retired", ended=now)

        changed = _instances(host).change(instance, retired)
        return changed if isinstance(changed, Refused) else (ServiceRetired(order=instance),)

    async def work(self, host: Host) -> None:
        """Probe until cancelled; then send what was measured."""
        recorder = Recorder(host, _next_epoch(Path(host.folder), milliseconds(host.now())))
        alerting = Alerting(host, AVAILABILITY)
        recorder.listener = alerting.observe
        thinning = Thinning(host)
        schedule = Schedule(host, _instances(host), recorder, probe.run)
        looker = Looker(host, schedule.outbox)

        async def keep(instance: Instance, at: int, outcome: Outcome) -> None:
            await asyncio.to_thread(keep_metrics, host, instance, outcome)
            await looker.take(instance, at, outcome)

        schedule.keeper = keep
        try:
            while True:
                try:
                    await schedule.tick()
                    await alerting.tick()
                    await thinning.tick()
                except Exception as error:  # a disk or a database in trouble must not end the probing of the others
                    log.error("the schedule stumbled", error=repr(error))
                await host.sleep(schedule.pause)
        finally:
            await schedule.close()
            await looker.close()
            await alerting.close()
            close_stores([Path(host.folder)])


service = Monitor()


def _instances(host: Host) -> Instances:
    return Instances(Path(host.folder))


def _denied(wanted: Probe, tenant: str, host: Host) -> str:
    """Why the target may not be probed, as far as its name resolves today; each probe asks again."""
    target = wanted.where
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return ""
    allowed = Network.of(host, tenant).private_allowed
    return next((why for one in found if (why := barred(str(one[4][0]), allowed))), "")


def _probe_now(order: str, host: Host) -> Result:
    """One probe at once, kept under its own indicator."""
    found = _instances(host).find(order)
    if isinstance(found, Refused):
        return found
    if found.state == "retired":
        return Refused("the instance is retired", "instance", "C37")
    at = milliseconds(host.now())
    outcome = _at_once(found.probe, Network.of(host, found.tenant))
    if isinstance(outcome, NotMade):
        return Refused(f"no probe could be made: {outcome}", "instance", "C37")
    sample = Sample(order, MANUAL, at, outcome.ok, outcome.error, outcome.latency_us)
    kept = host.series.append([sample], f"monitor-manual:{order}", at, 0)
    return kept if isinstance(kept, Refused) else ()


def _at_once(wanted: Probe, network: Network) -> Outcome | NotMade:
    """Runs a probe to its end in a thread of its own, since the caller may stand inside an event loop."""
    outcomes: list[Outcome | NotMade] = []

    def once() -> None:
        try:
            outcomes.append(asyncio.run(probe.run(wanted, network)))
        except NotMade as reason:
            outcomes.append(reason)

    thread = Thread(target=once, name="probe-now")
    thread.start()
    thread.join()
    return outcomes[0]


def _next_epoch(folder: Path, now: int) -> int:
    """A number higher than at every start before, kept in a file.

    It is the time (ms) unless a clock went back. So a file that was emptied, lost, or brought back older than the
    series from a backup does not have the series refuse every sample as one of a start that is over.
    """
    path = folder / "epoch"
    before = path.read_text().strip() if path.exists() else ""
    epoch = max(now, 1 + int(before) if before.isdecimal() else 0)
    fresh = path.with_suffix(".tmp")
    with fresh.open("w") as file:
        file.write(str(epoch))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    return epoch

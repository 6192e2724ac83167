"""Transcoding as a service (视频转码服务): five verbs, and the workers that run beside the doors."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from msgspec.structs import replace

from yunyue.answer import Refused
from yunyue.catalog import Entry, Host, Order, Result, Window, understand_parameters
from yunyue.host.log import logger
from yunyue.journal.facts import ServiceDelivered, ServiceResumed, ServiceRetired, ServiceSuspended
from yunyue.services import windows
from yunyue.services.transcode import meter
from yunyue.services.transcode.calling import Caller, callable_at
from yunyue.services.transcode.entry import ENTRY
from yunyue.services.transcode.instances import Instance, Instances
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.jobs.leases import Leases
from yunyue.services.transcode.jobs.worker import Worker, sweep, tidy
from yunyue.services.transcode.objects.expiry import expire
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.opening import place_of
from yunyue.services.transcode.parameters import TranscodeOrder
from yunyue.services.transcode.place import Place
from yunyue.services.transcode.samples import ATTEMPT_SECONDS, Samples
from yunyue.services.transcode.uploads import Uploads
from yunyue.sla.span import milliseconds

HOUSEKEEPING_SECONDS: Final = 600
_log = logger("yunyue.transcode")


@dataclass(frozen=True, slots=True)
class Transcode:
    """catalog.Service and catalog.Works for transcoding."""

    entry: Entry = ENTRY

    def provision(self, order: Order, host: Host) -> Result:
        """Open a department's place in the queue. Refused: bad parameters, a retired order."""
        wanted = understand_parameters(TranscodeOrder, order.parameters, strict=False)
        if isinstance(wanted, Refused):
            return wanted
        called = callable_at(wanted.callback) if wanted.callback else None
        if isinstance(called, Refused):
            return Refused(called.reason, "parameters.callback", "C37")
        instances = _instances(host)
        known = instances.find(order.id)
        if isinstance(known, Instance):
            if known.ended:
                return Refused(f"order {order.id} was retired; place a new one", "order", "C37")
            if (known.wanted, known.tenant) != (wanted, order.tenant):
                return Refused(f"order {order.id} is provided with other parameters", "parameters", "C37")
            return (ServiceDelivered(order=order.id),)
        made = milliseconds(host.now())
        instances.put(Instance(order=order.id, tenant=order.tenant, wanted=wanted, made=made))
        return (ServiceDelivered(order=order.id),)

    def operate(self, instance: str, action: str, host: Host) -> Result:
        """pause or resume. Refused: another action, an instance in another state."""
        found = _instances(host).find(instance)
        if isinstance(found, Refused):
            return found
        if self.entry.action(action) is None:
            known = ", ".join(one.code for one in self.entry.actions)
            return Refused(f"there is no action {action!r}; known: {known}", "action", "C37")
        pausing = action == "pause"
        if found.ended or found.paused == pausing:
            state = "retired" if found.ended else "paused" if found.paused else "running"
            return Refused(f"the instance is {state} already", "instance", "C37")
        _instances(host).put(replace(found, paused=pausing))
        if pausing:
            return (ServiceSuspended(order=instance, ground="client_request"),)
        return (ServiceResumed(order=instance),)

    def meter(self, instance: str, window: Window, host: Host) -> Result:
        """See `transcode.meter`."""
        found = _instances(host).find(instance)
        place = found if isinstance(found, Refused) else place_of(host)
        if isinstance(found, Refused) or isinstance(place, Refused):
            return found if isinstance(found, Refused) else Refused(str(place))
        return meter.meter(found, window, place.queue.database)

    def indicate(self, instance: str, window: Window, host: Host) -> Result:
        """See `services.windows`."""
        found = _instances(host).find(instance)
        return found if isinstance(found, Refused) else windows.indicate(ENTRY, found.order, window, host)

    def retire(self, instance: str, host: Host) -> Result:
        """End the order: its waiting and running jobs are cancelled, its results stay until they expire."""
        found = _instances(host).find(instance)
        if isinstance(found, Refused):
            return found
        if not found.ended:
            place = place_of(host)
            if isinstance(place, Refused):
                return place
            _instances(host).put(replace(found, ended=milliseconds(host.now())))
            place.queue.cancel_all(instance)
        return (ServiceRetired(order=instance),)

    async def work(self, host: Host) -> None:
        """Run the workers and keep house until cancelled; tasks in hand are then given back."""
        place = place_of(host)
        if isinstance(place, Refused):
            _log.error("transcoding is off", reason=str(place))
            await asyncio.Event().wait()
            return
        stop = Event()
        leases = Leases(place.queue)
        threads = [asyncio.to_thread(Worker(place, leases).run, stop) for _ in range(place.workers)]
        running = asyncio.gather(*threads)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._keep(host, place))
                both.create_task(self._call(Caller(place, host, stop), host))
        finally:
            stop.set()
            place.queue.ring()
            await asyncio.shield(running)

    async def _keep(self, host: Host, place: Place) -> None:
        samples, waited = Samples(host, place), HOUSEKEEPING_SECONDS
        while True:
            try:
                waited = await asyncio.to_thread(_round, host, place, samples, waited)
            except (QueueBroken, *Trouble) as error:
                _log.error("a round failed", reason=str(error))
            await host.sleep(ATTEMPT_SECONDS)
            waited += ATTEMPT_SECONDS

    async def _call(self, caller: Caller, host: Host) -> None:
        """Apart from the rounds: a tenant's server that hangs must not hold up the samples of everyone."""
        while True:
            try:
                await asyncio.to_thread(caller.due)
            except QueueBroken as error:
                _log.error("callbacks wait", reason=str(error))
            await host.sleep(ATTEMPT_SECONDS)


def _round(host: Host, place: Place, samples: Samples, waited: int) -> int:
    """One round; the seconds since the house was last kept."""
    everyone = _instances(host).all()
    samples.attempt([one.order for one in everyone if not one.ended])
    for one in everyone:
        samples.jobs(one.order)
    if waited < HOUSEKEEPING_SECONDS:
        return waited
    sweep(place)
    tidy(place)
    expire(place)
    Uploads(place, "").sweep()
    Uploads(place, "").expire()
    return 0


def _instances(host: Host) -> Instances:
    return Instances(Path(host.folder))


service = Transcode()

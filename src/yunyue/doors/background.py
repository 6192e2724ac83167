"""What goes on beside the doors: services that work by themselves, sealing, publishing, closing months.

Each task is watched: one that breaks is logged and begun again, and the rest goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Works
from yunyue.doors.accesses import seal_accesses
from yunyue.doors.office import Office
from yunyue.doors.points import points
from yunyue.doors.telling import telling
from yunyue.doors.work import enqueue_closings, enqueue_selfchecks, enqueue_summaries, prune
from yunyue.host.log import logger
from yunyue.kernel.measure import seal
from yunyue.kernel.retention import expire
from yunyue.tickets.escalation import escalate

LOOK_SECONDS: Final = 5.0
KEEP_SECONDS: Final = 60.0
CLOSE_SECONDS: Final = 3600.0
AGAIN_SECONDS: Final = 5.0

_log = logger(__name__)
Task = Callable[[Office], Awaitable[None]]


async def services(office: Office) -> None:
    """Let every service that works by itself work for every contract, also for those that come later."""
    running: dict[tuple[str, str], asyncio.Task[None]] = {}
    try:
        while True:
            for contract in await asyncio.to_thread(office.kernel.contracts):
                for code, service in office.hosting.registry.services.items():
                    if isinstance(service, Works) and (contract, code) not in running:
                        host = office.hosting.host(contract, code)
                        running[contract, code] = asyncio.create_task(watched(f"{code}:{contract}", service.work, host))
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


async def keeping(office: Office) -> None:
    """Seal samples that are due, and publish the tree whenever facts were added."""
    published = -1
    while True:
        _tell("seal", await asyncio.to_thread(seal, office.hosting))
        _tell("seal accesses", await asyncio.to_thread(seal_accesses, office))
        if office.jobs is not None and office.jobs.running:
            await asyncio.to_thread(enqueue_summaries, office.jobs, office.hosting)
            await asyncio.to_thread(enqueue_selfchecks, office.jobs)
        size = await asyncio.to_thread(lambda: office.kernel.journal.head().size)
        if size != published:
            _tell("publish", await asyncio.to_thread(office.kernel.publish))
            published = size
        await asyncio.sleep(KEEP_SECONDS)


async def closing(office: Office) -> None:
    """Have every month that ended judged, by durable jobs: a process that dies in between finishes them later."""
    while True:
        if office.jobs is not None and office.jobs.running:
            now = office.clock.now()
            await asyncio.to_thread(enqueue_closings, office.jobs, office.hosting, now.date())
            await asyncio.to_thread(prune, office.jobs, now)
        _tell("expire", await asyncio.to_thread(expire, office.hosting))
        await asyncio.sleep(CLOSE_SECONDS)


async def escalating(office: Office) -> None:
    """Tell who answers for it when a clock of a ticket has run out."""
    while True:
        for contract in await asyncio.to_thread(office.kernel.contracts):
            _tell("escalate", await asyncio.to_thread(escalate, office.kernel, contract))
        await asyncio.sleep(KEEP_SECONDS)


TASKS: Final[tuple[Task, ...]] = (services, keeping, closing, telling, points, escalating)
"""What runs beside the doors; each takes the office and runs until it is cancelled."""


async def watched(name: str, work: Callable[..., Awaitable[None]], *arguments: object) -> None:
    """Run a task until it is cancelled; when it breaks, say so and begin again."""
    while True:
        try:
            await work(*arguments)
        except Exception:
            # Whatever broke one task must not stop the others, nor this one for good.
            _log.exception("task.broke", task=name)
        await asyncio.sleep(AGAIN_SECONDS)


def _tell(what: str, outcome: object) -> None:
    if isinstance(outcome, Refused):
        _log.warning("task.refused", task=what, reason=str(outcome))

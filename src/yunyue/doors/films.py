"""The desks of transcoding that people at a door may see: a department's own, or everybody's under the contract."""

from collections.abc import Iterable, Sequence
from heapq import nlargest
from pathlib import Path
from typing import Any

from yunyue.answer import Refused
from yunyue.kernel.hosting import Hosting
from yunyue.services.transcode.desk import Desk, open_desk
from yunyue.services.transcode.entry import ENTRY
from yunyue.services.transcode.instances import Instances
from yunyue.services.transcode.jobs.job import Job, State
from yunyue.services.transcode.turnaround import Turnaround, turnarounds


def desk_of(hosting: Hosting, contract: str, tenant: str) -> Desk | Refused:
    """A department's desk. Refused: there is no such contract; transcoding is off on this machine."""
    known = hosting.kernel.registered_terms(contract)
    return known if isinstance(known, Refused) else open_desk(hosting.host(contract, ENTRY.code), tenant)


def desks(hosting: Hosting, contract: str, tenant: str) -> tuple[Desk, ...] | Refused:
    """The desk of `tenant`; for "" those of every department that ever ordered transcoding."""
    known = hosting.kernel.registered_terms(contract)
    if isinstance(known, Refused):
        return known
    host = hosting.host(contract, ENTRY.code)
    whose = (tenant,) if tenant else tenants(hosting, contract)
    found = [open_desk(host, one) for one in whose]
    refused = next((one for one in found if isinstance(one, Refused)), None)
    return refused or tuple(one for one in found if isinstance(one, Desk))


def tenants(hosting: Hosting, contract: str, *, running: bool = False) -> tuple[str, ...]:
    """Departments that ordered transcoding under a contract; `running`: whose order has not ended."""
    every = Instances(Path(hosting.host(contract, ENTRY.code).folder)).all()
    return tuple(sorted({one.tenant for one in every if not (running and one.ended)}))


def jobs(found: Iterable[Desk], state: State | None, before: str, limit: int) -> list[Job]:
    """The newest jobs of several desks, older than the job `before` ("~" for none)."""
    return nlargest(limit, (job for one in found for job in one.jobs(state, before, limit)), key=lambda job: job.id)


def turnaround(found: Sequence[Desk]) -> tuple[Turnaround, ...]:
    """How long the jobs of several desks of one contract took, taken together, the newest month first."""
    return turnarounds(found[0].place.queue, [one.tenant for one in found]) if found else ()


def shown_turnaround(one: Turnaround) -> dict[str, Any]:
    """A month as programs read it; p95: what 95 of 100 jobs do not exceed."""
    return {
        "month": one.month,
        "jobs": one.jobs,
        "in_time": one.in_time,
        "p95_seconds": round(one.seconds, 3),
        "p95_lengths": round(one.lengths, 3),
        "p95_of_allowed": round(one.used, 4),
    }


def desk_with(found: Iterable[Desk], job: str) -> tuple[Desk, Job] | Refused:
    """The desk that has a job, and the job. Refused: none of these has it."""
    for one in found:
        seen = one.job(job)
        if isinstance(seen, Job):
            return one, seen
    return Refused(f"there is no job {job!r}", "job", "C37")

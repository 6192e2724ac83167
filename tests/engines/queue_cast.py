"""What tests of the queue of jobs hand in, take and look at."""

from yunyue.services.transcode.engine.outcome import Progress
from yunyue.services.transcode.jobs.job import Job, Request, Source
from yunyue.services.transcode.jobs.leases import Held, Leases, Made
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.services.transcode.templates import Template

FILM = Source("tenants/bureau/upload-1", "sha256:" + "0" * 64, 1000)
DONE = Made("results/job", 60_000, (("transcode.h264-720-minute", 60_000),))
HALF = Progress(0.5, 2.0, "encode")


def request(**fields: object) -> Request:
    given: dict[str, object] = {"label": "film.mp4", "source": FILM, "template": Template(name="t"), **fields}
    return Request(**given)  # type: ignore[arg-type] # fields of Request by name


def submit(queue: Queue, tenant: str = "bureau", **fields: object) -> Job:
    job = queue.submit(f"order-{tenant}", tenant, request(**fields))
    assert isinstance(job, Job), job
    return job


def claim(leases: Leases, holder: str = "worker-1") -> Held:
    held = leases.claim(holder)
    assert held is not None
    return held


def state(queue: Queue, job: str, tenant: str = "bureau") -> Job:
    found = queue.find(tenant, job)
    assert isinstance(found, Job)
    return found

"""The course a job takes: divided among all workers, and how far they are, or in one piece, and why."""

from dataclasses import dataclass

from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.services.transcode.plan.join import in_one_piece


@dataclass(frozen=True, slots=True)
class Course:
    """`whole`: why the film is encoded in one piece however long it is, empty where it need not be.

    `pieces`: how many it was divided into, 0 while it is not; `done`: how many of them are encoded.
    """

    whole: str
    pieces: int
    done: int


def course_of(queue: Queue, job: Job) -> Course:
    """As it is known: whether a film is long enough to be divided shows when a worker has looked into it."""
    done, pieces = queue.pieces(job.id)
    appended = any(one.kind == "film" for one in job.request.files)
    return Course(in_one_piece(job.request.template, appended=appended), pieces, done)

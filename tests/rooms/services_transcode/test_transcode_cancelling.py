"""Jobs nobody wants any more end at once or with the next beat; a worker that lost its lease ends none."""

import pytest
from queue_cast import DONE, HALF, claim, state, submit
from transcode_cast import Moved

from yunyue.answer import Refused
from yunyue.services.transcode.engine.outcome import Failed
from yunyue.services.transcode.jobs.job import Job
from yunyue.services.transcode.jobs.leases import LEASE_MS, Leases, Piece
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.services.transcode.jobs.retry import PAUSES_MS


def test_a_waiting_job_is_cancelled_at_once_and_only_once(queue: Queue, leases: Leases) -> None:
    job = submit(queue)
    cancelled = queue.cancel("bureau", job.id)
    assert isinstance(cancelled, Job)
    assert cancelled.state == "cancelled"
    assert isinstance(queue.cancel("bureau", job.id), Refused)
    assert leases.claim("w") is None


def test_cancelling_a_running_job_reaches_its_worker_with_the_next_beat(queue: Queue, leases: Leases) -> None:
    job = submit(queue)
    held = claim(leases)
    queue.cancel("bureau", job.id)
    assert state(queue, job.id).state == "running"
    assert not leases.beat(held.task, HALF)
    leases.dropped(held.task)
    assert state(queue, job.id).state == "cancelled"


def test_a_worker_that_lost_its_lease_does_not_end_the_job_others_go_on_with(
    queue: Queue, leases: Leases, clock: Moved
) -> None:
    """A machine that stood still for a while, or a database that was away: nobody asked for the job to end."""
    job = submit(queue)
    lost = claim(leases, "lost")
    clock.at += LEASE_MS + 1
    assert leases.claim("other") is None, "it waits for the pause of a try"
    assert not leases.beat(lost.task, HALF)
    leases.dropped(lost.task)
    assert state(queue, job.id).state == "running"
    clock.at += PAUSES_MS[0]
    assert leases.done(claim(leases, "other").task, DONE)
    assert state(queue, job.id).state == "done"


@pytest.mark.parametrize("late", ["split", "finished", "given back"])
def test_a_task_that_ends_as_its_job_is_cancelled_does_not_leave_it_running_for_ever(
    queue: Queue, leases: Leases, late: str
) -> None:
    """Between being cancelled and the next beat a worker may well come to the end of what it holds."""
    job = submit(queue)
    held = claim(leases)
    if late == "finished":
        assert leases.split(held.task, [Piece("chunk", 0, "", 1.0)], 60_000)
        held = claim(leases)
    queue.cancel("bureau", job.id)
    if late == "split":
        assert not leases.split(held.task, [Piece("chunk", 0, "", 1.0)], 60_000)
    elif late == "finished":
        assert not leases.finished_piece(held.task, "", lambda _: Piece("join", 0, "", 0.1))
    else:
        leases.given_back(held.task)
    assert state(queue, job.id).state == "cancelled"
    assert leases.claim("other") is None


def test_a_cancelled_job_ends_when_the_last_of_its_tasks_has_stopped(queue: Queue, leases: Leases) -> None:
    job = submit(queue)
    assert leases.split(claim(leases).task, [Piece("chunk", one, "", 0.5) for one in range(2)], 60_000)
    first, second = claim(leases, "one"), claim(leases, "two")
    queue.cancel("bureau", job.id)
    leases.dropped(first.task)
    assert state(queue, job.id).state == "running"
    leases.dropped(second.task)
    assert state(queue, job.id).state == "cancelled"


def test_all_jobs_of_an_instance_are_cancelled_however_many_they_are(
    queue: Queue, leases: Leases, clock: Moved
) -> None:
    running = submit(queue)
    held = claim(leases)
    for _ in range(60):
        clock.at += 1
        submit(queue)
    other = submit(queue, "others")
    queue.cancel_all("order-bureau")
    assert queue.listed("bureau", "queued") == ()
    assert not leases.beat(held.task, HALF)
    leases.dropped(held.task)
    assert state(queue, running.id).state == "cancelled"
    assert state(queue, other.id, "others").state == "queued"


def test_a_failure_after_a_cancel_is_a_cancel(queue: Queue, leases: Leases) -> None:
    job = submit(queue)
    held = claim(leases)
    queue.cancel("bureau", job.id)
    leases.failed(held.task, Failed("engine", "killed"))
    assert state(queue, job.id).state == "cancelled"

"""The queue as workers see it: take a task, keep it by heartbeats, give it back done, failed or cancelled.

A worker that dies stops beating; after its lease has run out any other worker takes the task, which counts as one try.
A result is accepted only from the worker that still holds the lease: two can never finish the same task.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from yunyue.services.transcode.engine.outcome import Failed, Progress
from yunyue.services.transcode.jobs.database import Hand
from yunyue.services.transcode.jobs.ending import end
from yunyue.services.transcode.jobs.job import JOB_COLUMNS, TASK_COLUMNS, Job, Task, TaskKind, job_of, task_of
from yunyue.services.transcode.jobs.queue import Queue, add_task
from yunyue.services.transcode.jobs.retry import after

LEASE_MS: Final = 15_000
GONE: Final = Failed("infrastructure", "the worker was lost")


@dataclass(frozen=True, slots=True)
class Held:
    """A task and its job, as they were when the worker took it."""

    task: Task
    job: Job


@dataclass(frozen=True, slots=True)
class Piece:
    """A task that another makes: its kind, its number, what it needs to know, its share of the work."""

    kind: TaskKind
    number: int
    body: str
    weight: float


@dataclass(frozen=True, slots=True)
class Made:
    """What a job gave: the folder of its manifest, its length in ms, and milliseconds by meter."""

    result: str
    seconds: int
    meters: tuple[tuple[str, int], ...]


Following = Callable[[Sequence[tuple[str, str]]], Piece]
"""The piece that follows, made from what each chunk was told and what it gave."""


class Leases:
    """What workers do with a queue."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue

    def claim(self, holder: str) -> Held | None:
        """The task that is due: highest priority, oldest job; None when nothing is."""
        now = self.queue.now()
        with self.queue.database.transaction() as hand:
            self._lost(hand, now)
            due = _due(hand, now)
            if due is None:
                return None
            sql = "UPDATE tasks SET state = 'running', tries = tries + 1, lease = ?, holder = ?, share = 0 WHERE id = ?"
            hand.run(sql, (now + LEASE_MS, holder, due))
            task = task_of(hand.run(f"SELECT {TASK_COLUMNS} FROM tasks WHERE id = ?", (due,))[0])  # noqa: S608 - a constant of this room
            started = (
                "UPDATE jobs SET state = 'running', kind = '', reason = '',"
                " started = CASE started WHEN 0 THEN ? ELSE started END WHERE id = ?"
            )
            hand.run(started, (now, task.job))
            job = job_of(hand.run(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?", (task.job,))[0])  # noqa: S608 - a constant of this room
        return Held(task, job)

    def beat(self, task: Task, progress: Progress) -> bool:
        """Keep the lease and say how far the task is. False: it is to be dropped, cancelled or lost to another."""
        now = self.queue.now()
        with self.queue.database.transaction() as hand:
            if not _holds(hand, task):
                return False
            hand.run("UPDATE tasks SET lease = ?, share = ? WHERE id = ?", (now + LEASE_MS, progress.share, task.id))
            whole = "SELECT sum(share * weight) / sum(weight) FROM tasks WHERE job = ?"
            share = hand.run(whole, (task.job,))[0][0]
            hand.run(
                "UPDATE jobs SET share = ?, speed = ?, doing = ? WHERE id = ?",
                (min(max(float(share), 0.0), 1.0), progress.speed, progress.doing, task.job),
            )
            return not hand.run("SELECT cancel FROM jobs WHERE id = ?", (task.job,))[0][0]

    def split(self, task: Task, pieces: Sequence[Piece], seconds: int) -> bool:
        """The task is replaced by pieces that any worker may take. False: the lease was lost, the job cancelled."""
        with self.queue.database.transaction() as hand:
            if not _holds(hand, task) or _stopped(hand, task, self.queue.now()):
                return False
            hand.run("UPDATE tasks SET state = 'done', weight = 0.01, share = 1, body = '' WHERE id = ?", (task.id,))
            hand.run("UPDATE jobs SET seconds = ? WHERE id = ?", (seconds, task.job))
            for one in pieces:
                add_task(hand, task.job, one.kind, one.number, one.body, one.weight)
        self.queue.ring()
        return True

    def finished_piece(self, task: Task, outcome: str, following: Following) -> bool:
        """A piece is done; after the last one, the piece that follows is queued.

        False: the lease was lost, or the job was cancelled meanwhile.
        """
        with self.queue.database.transaction() as hand:
            if not _holds(hand, task) or _stopped(hand, task, self.queue.now()):
                return False
            sql = "UPDATE tasks SET state = 'done', share = 1, outcome = ? WHERE id = ?"
            hand.run(sql, (outcome, task.id))
            left = hand.run("SELECT 1 FROM tasks WHERE job = ? AND state <> 'done' LIMIT 1", (task.job,))
            if not left:
                sql = "SELECT body, outcome FROM tasks WHERE job = ? AND kind = 'chunk' ORDER BY number"
                last = following([(str(body), str(said)) for body, said in hand.run(sql, (task.job,))])
                add_task(hand, task.job, last.kind, last.number, last.body, last.weight)
        self.queue.ring()
        return True

    def done(self, task: Task, made: Made) -> bool:
        """The job is done, and what it made is metered, in one step. False: the lease was lost, nothing is."""
        now = self.queue.now()
        with self.queue.database.transaction() as hand:
            if not _holds(hand, task):
                return False
            sql = "UPDATE jobs SET result = ?, seconds = ?, share = 1 WHERE id = ?"
            hand.run(sql, (made.result, made.seconds, task.job))
            instance = hand.run("SELECT instance FROM jobs WHERE id = ?", (task.job,))[0][0]
            for meter, milliseconds in made.meters:
                sql = "INSERT INTO made (job, instance, meter, milliseconds, at) VALUES (?, ?, ?, ?, ?)"
                hand.run(sql, (task.job, instance, meter, milliseconds, now))
            hand.run("DELETE FROM tasks WHERE job = ?", (task.job,))
            end(hand, task.job, "done", now)
        self.queue.ring()
        return True

    def dropped(self, task: Task) -> None:
        """The task was stopped, because its job was cancelled or its lease was lost: then it is another's by now."""
        with self.queue.database.transaction() as hand:
            if _holds(hand, task):
                _stopped(hand, task, self.queue.now())

    def given_back(self, task: Task) -> None:
        """The worker stops before the task is done; another begins it anew, and it counts as no try."""
        with self.queue.database.transaction() as hand:
            if _holds(hand, task) and not _stopped(hand, task, self.queue.now()):
                sql = "UPDATE tasks SET state = 'queued', tries = tries - 1, holder = '', share = 0 WHERE id = ?"
                hand.run(sql, (task.id,))
        self.queue.ring()

    def failed(self, task: Task, failed: Failed) -> bool:
        """Another try or the end of the job, by the failure's class. True: the job has failed for good."""
        with self.queue.database.transaction() as hand:
            return _holds(hand, task) and _failed(hand, task.id, failed, self.queue.now())

    def _lost(self, hand: Hand, now: int) -> None:
        """Tasks whose workers stopped beating."""
        for (task,) in hand.run("SELECT id FROM tasks WHERE state = 'running' AND lease < ?", (now,)):
            _failed(hand, task, GONE, now)


def _due(hand: Hand, now: int) -> str | None:
    """The task that comes next: of the highest priority, the oldest job's, among tenants below their limit.

    A film's sound comes before its chunks: it is one long task, and would leave the other workers idle at the end.
    """
    sql = (
        "SELECT j.tenant, count(*) FROM tasks t JOIN jobs j ON j.id = t.job WHERE t.state = 'running' GROUP BY j.tenant"
    )
    running: dict[str, int] = dict(hand.run(sql))
    sql = (
        "SELECT t.id, j.tenant, j.at_once FROM tasks t JOIN jobs j ON j.id = t.job WHERE t.state = 'queued'"
        " AND t.not_before <= ? AND j.cancel = 0 ORDER BY j.priority DESC, j.id, t.kind <> 'sound', t.number, t.id"
    )
    for task, tenant, at_once in hand.run(sql, (now,)):
        if running.get(tenant, 0) < at_once:
            return str(task)
    return None


def _holds(hand: Hand, task: Task) -> bool:
    sql = "SELECT 1 FROM tasks WHERE id = ? AND holder = ? AND state = 'running' AND tries = ?"
    return bool(hand.run(sql, (task.id, task.holder, task.tries)))


def _stopped(hand: Hand, task: Task, now: int) -> bool:
    """True when the job was cancelled: the task goes, and with the last of them that runs the job has ended."""
    if not hand.run("SELECT cancel FROM jobs WHERE id = ?", (task.job,))[0][0]:
        return False
    hand.run("DELETE FROM tasks WHERE id = ?", (task.id,))
    if not hand.run("SELECT 1 FROM tasks WHERE job = ? AND state = 'running'", (task.job,)):
        end(hand, task.job, "cancelled", now)
    return True


def _failed(hand: Hand, task: str, failed: Failed, now: int) -> bool:
    job, tries = hand.run("SELECT job, tries FROM tasks WHERE id = ?", (task,))[0]
    if hand.run("SELECT cancel FROM jobs WHERE id = ?", (job,))[0][0]:
        hand.run("DELETE FROM tasks WHERE id = ?", (task,))
        end(hand, job, "cancelled", now)
        return False
    again = after(failed, tries)
    if again is not None:
        sql = (
            "UPDATE tasks SET state = 'queued', holder = '', share = 0, not_before = ?, threads = ?, outcome = ?"
            " WHERE id = ?"
        )
        hand.run(sql, (now + again.pause, again.threads, failed.reason, task))
        hand.run("UPDATE jobs SET kind = ?, reason = ? WHERE id = ?", (failed.kind, failed.reason, job))
        return False
    hand.run("DELETE FROM tasks WHERE job = ?", (job,))
    hand.run("UPDATE jobs SET kind = ?, reason = ? WHERE id = ?", (failed.kind, failed.reason, job))
    end(hand, job, "failed", now)
    return True

"""The queue as those see it who ask: submit, look, cancel."""

import hashlib
from collections.abc import Callable
from threading import Condition
from typing import Final

import msgspec

from yunyue.answer import Refused
from yunyue.host.randomness import identifier
from yunyue.services.transcode.jobs.calls import call
from yunyue.services.transcode.jobs.database import Database, Hand
from yunyue.services.transcode.jobs.ending import end
from yunyue.services.transcode.jobs.job import (
    ENDED,
    JOB_COLUMNS,
    Job,
    Request,
    State,
    job_of,
    request_of,
    sources_of,
)
from yunyue.services.transcode.jobs.moment import moment_of

MOST_QUEUED: Final = 10_000
_RUNNING: Final = "SELECT id, tries FROM tasks WHERE state = 'running'"
Clock = Callable[[], int]


class Queue:
    """Jobs of one contract. `now`: the moment in ms. Threads and processes may use it at once."""

    def __init__(self, database: Database, now: Clock) -> None:
        self.database = database
        self.now = now
        self._bell = Condition()

    def submit(self, instance: str, tenant: str, request: Request) -> Job | Refused:
        """Queue a job. Refused: too many wait already. An equal earlier result answers it when that is allowed."""
        now = self.now()
        with self.database.transaction() as hand:
            waiting = hand.run("SELECT count(*) FROM jobs WHERE tenant = ? AND state = 'queued'", (tenant,))[0][0]
            if waiting >= MOST_QUEUED:
                return Refused(f"{waiting} jobs are waiting already; let some finish first", "job", "C37")
            print_ = fingerprint(request)
            earlier = _earlier(hand, tenant, print_) if request.reuse else None
            job = _new(identifier("job", moment_of(now)), (instance, tenant), request, (print_, now))
            if earlier is not None:
                job = msgspec.structs.replace(
                    job, state="done", started=now, ended=now, share=1.0, result=earlier.result, seconds=earlier.seconds
                )
            _insert(hand, job)
            if earlier is None:
                add_task(hand, job.id, "whole")
            elif request.callback:
                call(hand, job)
        self.ring()
        return job

    def find(self, tenant: str, job: str) -> Job | Refused:
        """A tenant's job. Refused: there is none of that id, or it is another's."""
        with self.database.transaction() as hand:
            rows = hand.run(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ? AND tenant = ?", (job, tenant))  # noqa: S608 - a constant of this room
        return job_of(rows[0]) if rows else Refused(f"there is no job {job!r}", "job", "C37")

    def anyones(self, job: str) -> Job | None:
        """A job by its id alone, for whoever holds a signed link to it."""
        with self.database.transaction() as hand:
            rows = hand.run(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?", (job,))  # noqa: S608 - a constant of this room
        return job_of(rows[0]) if rows else None

    def listed(self, tenant: str, state: State | None = None, before: str = "~", limit: int = 50) -> tuple[Job, ...]:
        """A tenant's jobs, newest first, older than the job `before`."""
        sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE tenant = ? AND id < ?"  # noqa: S608 - a constant of this room
        values: list[object] = [tenant, before]
        if state is not None:
            sql, values = f"{sql} AND state = ?", [*values, state]
        with self.database.transaction() as hand:
            rows = hand.run(f"{sql} ORDER BY id DESC LIMIT ?", (*values, limit))
        return tuple(job_of(row) for row in rows)

    def pieces(self, job: str) -> tuple[int, int]:
        """How many pieces of a divided film are encoded, and how many there are; 0 of 0 for one that is not divided."""
        sql = "SELECT state FROM tasks WHERE job = ? AND kind IN ('chunk', 'sound')"
        with self.database.transaction() as hand:
            found = [row[0] for row in hand.run(sql, (job,))]
        return found.count("done"), len(found)

    def used_since(self, moment: int) -> frozenset[str]:
        """The paths of films that jobs use which have not ended, or ended after a moment."""
        asked = "SELECT request FROM jobs WHERE state IN ('queued', 'running') OR ended > ?"
        with self.database.transaction() as hand:
            found = [request_of(row[0]) for row in hand.run(asked, (moment,))]
        return frozenset(one.path for request in found for one in sources_of(request))

    def cancel(self, tenant: str, job: str) -> Job | Refused:
        """Ask a job to stop. One that waits is cancelled at once; one that runs within two seconds."""
        found = self.find(tenant, job)
        if isinstance(found, Refused):
            return found
        if found.state in ENDED:
            return Refused(f"the job is {found.state} already", "job", "C37")
        with self.database.transaction() as hand:
            _cancelled(hand, job, self.now())
        return self.find(tenant, job)

    def cancel_all(self, instance: str) -> None:
        """Ask every job of an instance to stop that has not ended."""
        asked = "SELECT id FROM jobs WHERE instance = ? AND state IN ('queued', 'running')"
        with self.database.transaction() as hand:
            for (job,) in hand.run(asked, (instance,)):
                _cancelled(hand, job, self.now())

    def tries(self) -> frozenset[tuple[str, int]]:
        """The tries workers are at: a task, and how often it was begun."""
        with self.database.transaction() as hand:
            return frozenset((str(task), int(tries)) for task, tries in hand.run(_RUNNING))

    def ring(self) -> None:
        """Wake the workers of this process; those elsewhere look twice a second."""
        with self._bell:
            self._bell.notify_all()

    def wait(self, seconds: float) -> None:
        """Until somebody rings, or the time is over."""
        with self._bell:
            self._bell.wait(seconds)


def _cancelled(hand: Hand, job: str, now: int) -> None:
    hand.run("UPDATE jobs SET cancel = 1 WHERE id = ?", (job,))
    hand.run("DELETE FROM tasks WHERE job = ? AND state = 'queued'", (job,))
    if not hand.run("SELECT 1 FROM tasks WHERE job = ? AND state = 'running'", (job,)):
        end(hand, job, "cancelled", now)


def fingerprint(request: Request) -> str:
    """The same for the same film, files and template, whatever they are called and whoever asks."""
    template = msgspec.structs.replace(request.template, name="same", title="", version=1)
    digests = [request.source.digest, *(f"{one.name} {one.source.digest}" for one in request.files)]
    content = msgspec.json.encode([digests, template], order="sorted")
    return hashlib.sha256(content).hexdigest()


def add_task(hand: Hand, job: str, kind: str, number: int = 0, body: str = "", weight: float = 1.0) -> None:
    """Queue a piece of a job; the same piece again changes nothing."""
    sql = (
        "INSERT INTO tasks (id, job, kind, number, state, tries, threads, not_before, lease, holder, share, weight,"
        " body, outcome) VALUES (?, ?, ?, ?, 'queued', 0, 0, 0, 0, '', 0, ?, ?, '') ON CONFLICT (id) DO NOTHING"
    )
    hand.run(sql, (f"{job}/{kind}-{number}", job, kind, number, weight, body))


def _earlier(hand: Hand, tenant: str, print_: str) -> Job | None:
    sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE fingerprint = ? AND tenant = ? AND state = 'done' AND result <> ''"  # noqa: S608 - a constant of this room
    rows = hand.run(f"{sql} ORDER BY id DESC LIMIT 1", (print_, tenant))
    return job_of(rows[0]) if rows else None


def _new(name: str, whose: tuple[str, str], request: Request, made: tuple[str, int]) -> Job:
    return Job(
        id=name,
        instance=whose[0],
        tenant=whose[1],
        state="queued",
        priority=request.priority,
        created=made[1],
        started=0,
        ended=0,
        share=0.0,
        speed=0.0,
        doing="",
        cancel=False,
        kind="",
        reason="",
        result="",
        seconds=0,
        fingerprint=made[0],
        request=request,
    )


def _insert(hand: Hand, job: Job) -> None:
    values = msgspec.structs.asdict(job)
    values["request"] = msgspec.json.encode(job.request).decode()
    values["cancel"] = int(job.cancel)
    names = JOB_COLUMNS.replace(" ", "").split(",")
    marks = ", ".join("?" for _ in (*names, "at_once"))
    given = [*(values[name] for name in names), job.request.at_once]
    hand.run(f"INSERT INTO jobs ({JOB_COLUMNS}, at_once) VALUES ({marks})", given)  # noqa: S608 - constants of this room

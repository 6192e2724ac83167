"""The end of a job: its state, the samples the SLA rests on, and the call that tells the tenant, all in one step."""

from typing import Final

from yunyue.services.transcode.jobs.calls import call
from yunyue.services.transcode.jobs.database import Hand
from yunyue.services.transcode.jobs.job import JOB_COLUMNS, Job, State, job_of

SUCCESS: Final = "success"
TURNAROUND: Final = "turnaround"
FACTOR: Final = 3
"""A job is to be done within so many times the film's length, and a minute; the objective says how often."""

OURS: Final = ("infrastructure", "engine")
"""Failures that are ours. A broken film and a passed limit are the customer's, and a cancelled job nobody's."""


def allowed(length: int) -> int:
    """Milliseconds a job may take, of its film's length in milliseconds."""
    return FACTOR * length + 60_000


def end(hand: Hand, job: str, state: State, now: int) -> None:
    """The job has ended; the second time it changes nothing."""
    open_ = "SELECT 1 FROM jobs WHERE id = ? AND state IN ('queued', 'running')"
    if not hand.run(open_, (job,)):
        return
    hand.run("UPDATE jobs SET state = ?, ended = ?, speed = 0, doing = '' WHERE id = ?", (state, now, job))
    hand.run("DELETE FROM tasks WHERE job = ? AND state <> 'running'", (job,))
    ended = job_of(hand.run(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?", (job,))[0])  # noqa: S608 - a constant of this room
    _sample(hand, ended)
    if ended.request.callback:
        call(hand, ended)


def _sample(hand: Hand, job: Job) -> None:
    took = (job.ended - job.created) * 1000
    if job.state == "done":
        add_sample(hand, job.instance, SUCCESS, job.ended, "", took)
        late = job.ended - job.created > allowed(job.seconds)
        add_sample(hand, job.instance, TURNAROUND, job.ended, "late" if late else "", took)
    elif job.state == "failed" and job.kind in OURS:
        add_sample(hand, job.instance, SUCCESS, job.ended, job.kind, took)


def add_sample(hand: Hand, instance: str, indicator: str, ts: int, error: str, latency: int) -> None:
    """Keep a sample until the series has taken it; numbered, so that the series knows it when it comes twice."""
    number = hand.run("SELECT coalesce(max(number) + 1, 0) FROM samples WHERE instance = ?", (instance,))[0][0]
    sent = hand.run("SELECT number FROM sent WHERE instance = ?", (instance,))
    number = max(number, sent[0][0] if sent else 0)
    values = (number, instance, indicator, ts, int(not error), error, latency)
    sql = "INSERT INTO samples (number, instance, indicator, ts, ok, error, latency) VALUES (?, ?, ?, ?, ?, ?, ?)"
    hand.run(sql, values)

"""Callbacks: a CloudEvents 1.0 envelope for each job that ended, kept until the tenant's server has taken it."""

from typing import Literal

import msgspec

from yunyue.services.transcode.jobs.database import Hand
from yunyue.services.transcode.jobs.job import Job, request_of
from yunyue.services.transcode.jobs.moment import moment_of

TYPES = {
    "done": "cn.yunyue.transcode.done",
    "failed": "cn.yunyue.transcode.failed",
    "cancelled": "cn.yunyue.transcode.cancelled",
}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A callback as it stands. `label`: what the job's film is called; `reason`: of the last try.

    `following`: when it is tried next, ms, 0 for never.
    """

    job: str
    label: str
    address: str
    state: Literal["waiting", "taken", "given up"]
    tries: int
    following: int
    reason: str


def calls_of(hand: Hand, tenant: str, limit: int) -> tuple[Call, ...]:
    """A tenant's, the newest job's first."""
    sql = (
        "SELECT c.job, j.request, c.url, c.state, c.tries, c.not_before, c.reason"
        " FROM calls c JOIN jobs j ON j.id = c.job WHERE c.tenant = ? ORDER BY c.id DESC LIMIT ?"
    )
    return tuple(
        Call(
            job=job,
            label=request_of(request).label,
            address=url,
            state=state,
            tries=tries,
            following=at if state == "waiting" else 0,
            reason=reason,
        )
        for job, request, url, state, tries, at, reason in hand.run(sql, (tenant, limit))
    )


def call(hand: Hand, job: Job) -> None:
    """Queue the call."""
    sql = (
        "INSERT INTO calls (id, job, tenant, url, body, tries, not_before, state, reason)"
        " VALUES (?, ?, ?, ?, ?, 0, 0, 'waiting', '') ON CONFLICT (id) DO NOTHING"
    )
    body = event(job).decode()
    hand.run(sql, (f"{job.id}/{job.state}", job.id, job.tenant, job.request.callback, body))


def event(job: Job) -> bytes:
    """What the tenant's server is sent."""
    said = {"job": job.id, "state": job.state, "label": job.request.label, "seconds": job.seconds / 1000}
    if job.state == "failed":
        said |= {"class": job.kind, "reason": job.reason}
    envelope = {
        "specversion": "1.0",
        "id": f"{job.id}/{job.state}",
        "source": "/services/transcode",
        "type": TYPES[job.state],
        "subject": job.id,
        "time": moment_of(job.ended).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": said,
    }
    return msgspec.json.encode(envelope)

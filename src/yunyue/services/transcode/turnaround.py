"""How long jobs took from being handed in to their end, month by month: the turnaround the SLA speaks of, and its p95.

A job is in time when it took at most so many times its film's length and a minute (`jobs.ending.allowed`). That 95 of
100 are and that the 95th percentile of the part of that time they used is at most one is the same. Jobs answered from
an earlier result take no time and are left out; failed and cancelled ones have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yunyue.host.clock import BEIJING
from yunyue.services.transcode.jobs.ending import allowed
from yunyue.services.transcode.jobs.moment import moment_of
from yunyue.services.transcode.jobs.queue import Queue
from yunyue.sla.span import Span, milliseconds

MONTHS: Final = 3
SHARE: Final = 95


@dataclass(frozen=True, slots=True)
class Took:
    """A job that is done: milliseconds it took, and its film's length in milliseconds."""

    took: int
    length: int


@dataclass(frozen=True, slots=True)
class Turnaround:
    """Of the jobs done in a month such as "2026-11" (in Beijing). `seconds`, `lengths` and `used`: what 95 of 100 do
    not exceed, in seconds, in times the film's length, and as a share of the time the SLA allows.
    """

    month: str
    jobs: int
    in_time: int
    seconds: float
    lengths: float
    used: float


def measured(month: str, found: Sequence[Took]) -> Turnaround | None:
    """The figures of some jobs; None of none."""
    if not found:
        return None
    return Turnaround(
        month,
        len(found),
        sum(one.took <= allowed(one.length) for one in found),
        _p95([one.took / 1000 for one in found]),
        _p95([one.took / one.length for one in found if one.length]),
        _p95([one.took / allowed(one.length) for one in found]),
    )


def turnarounds(queue: Queue, tenants: Sequence[str], months: int = MONTHS) -> tuple[Turnaround, ...]:
    """Of these tenants' jobs, the newest of the last months first; a month without jobs is left out."""
    found = [measured(name, _jobs(queue, tenants, span)) for name, span in _months(queue.now(), months)]
    return tuple(one for one in found if one is not None)


def _jobs(queue: Queue, tenants: Sequence[str], span: Span) -> list[Took]:
    sql = (
        "SELECT created, ended, seconds FROM jobs WHERE state = 'done' AND tenant = ? AND ended >= ? AND ended < ?"
        " AND ended > created"
    )
    with queue.database.transaction() as hand:
        rows = [row for one in tenants for row in hand.run(sql, (one, span.start, span.end))]
    return [Took(ended - created, length) for created, ended, length in rows]


def _months(now: int, count: int) -> list[tuple[str, Span]]:
    """This month so far and those before it."""
    begun = moment_of(now).astimezone(BEIJING)
    year, month, end = begun.year, begun.month, now + 1
    found = []
    for _ in range(count):
        start = milliseconds(datetime(year, month, 1, tzinfo=BEIJING))
        found.append((f"{year}-{month:02d}", Span(start, end)))
        end, (year, month) = start, (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def _p95(values: Sequence[float]) -> float:
    """By nearest rank: the smallest value that 95 of 100 do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * SHARE // 100) - 1] if ordered else 0.0

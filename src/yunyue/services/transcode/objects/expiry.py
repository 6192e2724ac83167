"""Results are kept as long as their job says; then files and manifest go, the job's record and its bill stay."""

from collections.abc import Iterator
from typing import Final

from yunyue.services.transcode.jobs.job import JOB_COLUMNS, Job, job_of
from yunyue.services.transcode.objects.manifest import withdraw
from yunyue.services.transcode.place import Place

DAY_MS: Final = 86_400_000
AT_ONCE: Final = 200


def expire(place: Place) -> int:
    """Take away the results whose time is over; how many."""
    now = place.queue.now()
    gone = 0
    for job in _kept(place, now - DAY_MS):
        if not job.request.expires_days or job.ended + job.request.expires_days * DAY_MS > now:
            continue
        with place.queue.database.transaction() as hand:
            # A job answered from this result shares its folder: the files go with the last of them.
            shared = "SELECT count(*) FROM jobs WHERE result = ? AND id <> ?"
            last = not hand.run(shared, (job.result, job.id))[0][0]
            hand.run("UPDATE jobs SET result = '' WHERE id = ?", (job.id,))
        if last:
            withdraw(place.objects, job.result.rpartition("/")[2])
        gone += 1
    return gone


def _kept(place: Place, before: int) -> Iterator[Job]:
    """Every job done before a moment whose result is kept, page by page: those kept for ever hide no other."""
    sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE state = 'done' AND result <> '' AND ended < ? AND id > ?"  # noqa: S608 - a constant of this room
    after = ""
    while True:
        with place.queue.database.transaction() as hand:
            found = [job_of(row) for row in hand.run(f"{sql} ORDER BY id LIMIT ?", (before, after, AT_ONCE))]
        yield from found
        if len(found) < AT_ONCE:
            return
        after = found[-1].id

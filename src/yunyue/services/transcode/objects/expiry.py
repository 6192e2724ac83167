"""Results are kept as long as their job says; then files and manifest go, the job's record and its bill stay."""

from typing import Final

from yunyue.services.transcode.jobs.job import JOB_COLUMNS, job_of
from yunyue.services.transcode.objects.manifest import withdraw
from yunyue.services.transcode.place import Place

DAY_MS: Final = 86_400_000
AT_ONCE: Final = 200


def expire(place: Place) -> int:
    """Take away the results whose time is over; how many."""
    now = place.queue.now()
    sql = f"SELECT {JOB_COLUMNS} FROM jobs WHERE state = 'done' AND result <> '' AND ended < ? ORDER BY ended LIMIT ?"  # noqa: S608 - a constant of this room
    with place.queue.database.transaction() as hand:
        found = [job_of(row) for row in hand.run(sql, (now - DAY_MS, AT_ONCE))]
    gone = 0
    for job in found:
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

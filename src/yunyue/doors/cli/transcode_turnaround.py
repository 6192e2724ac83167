"""yunyue transcode turnaround: how long films took, month by month, and what 95 of 100 of them did not exceed."""

from yunyue.doors.cli.command import Answer, answers, command
from yunyue.doors.cli.table import table
from yunyue.doors.cli.transcode_reach import at_desk, reaching
from yunyue.doors.cli.voice import Told, Voice
from yunyue.doors.films import shown_turnaround
from yunyue.settlement.statement import Said

HEADS = (
    ("月份", "month"),
    ("完成任务", "jobs done"),
    ("按时", "in time"),
    ("p95 用时（秒）", "p95 seconds"),
    ("p95 片长倍数", "p95 film's lengths"),
    ("p95 占允许用时", "p95 of allowed"),
)


@command("turnaround", Said("任务周转时间，含 p95", "How long jobs took, with the 95th percentile"))
@reaching
@answers
def turnaround(voice: Voice, contract: str, tenant: str) -> Answer:
    """The department's, of the last three months in which a job was done."""
    with at_desk(contract, tenant) as (desk, _):
        found = desk.turnarounds()
    rows = [
        (
            *(one.month, str(one.jobs), f"{one.in_time / one.jobs:.1%}", f"{one.seconds:.1f}"),
            *(f"{one.lengths:.2f}", f"{one.used:.1%}"),
        )
        for one in found
    ]
    lines = table([voice.pick(*one) for one in HEADS], rows, frozenset(range(1, len(HEADS))))
    told = [shown_turnaround(one) for one in found]
    return Told(told, lines or [voice.pick("还没有完成的任务", "no job is done yet")])

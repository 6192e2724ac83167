"""What an order used: minutes of output of jobs that ended well within a stretch of time, by meter."""

from decimal import Decimal

from yunyue.catalog import Result, Window
from yunyue.journal.facts import UsageMetered
from yunyue.services.transcode.instances import Instance
from yunyue.services.transcode.jobs.database import Database
from yunyue.services.transcode.meters import METERS
from yunyue.sla.span import milliseconds


def meter(instance: Instance, asked: Window, database: Database) -> Result:
    """usage.metered by every meter, in minutes with six decimals, cut off."""
    sql = "SELECT meter, sum(milliseconds) FROM made WHERE instance = ? AND at >= ? AND at < ? GROUP BY meter"
    with database.transaction() as hand:
        rows = hand.run(sql, (instance.order, milliseconds(asked.start), milliseconds(asked.end)))
    used = {str(code): int(total) for code, total in rows}
    return tuple(
        UsageMetered(
            order=instance.order,
            meter=one.code,
            quantity=_minutes(used.get(one.code, 0)),
            start=asked.start,
            end=asked.end,
        )
        for one in METERS
    )


def _minutes(milliseconds: int) -> Decimal:
    return Decimal(milliseconds * 10**6 // 60_000).scaleb(-6)

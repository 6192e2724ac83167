"""What goes into the series: how jobs ended, and the service's own attempts, five a minute, to reach its parts.

Nobody may ask while the queue or the objects are away; the attempts make that a bad five minutes by M2 all the same.
"""

from typing import Final

from yunyue.answer import Refused
from yunyue.catalog import Host, Sample
from yunyue.host.log import logger
from yunyue.services.transcode.entry import AVAILABILITY
from yunyue.services.transcode.jobs.errors import QueueBroken
from yunyue.services.transcode.objects.store import Trouble
from yunyue.services.transcode.place import Place

ATTEMPT_SECONDS: Final = 12
AT_ONCE: Final = 1000
_log = logger("yunyue.transcode")


class Samples:
    """Sends the samples of one contract's instances."""

    def __init__(self, host: Host, place: Place) -> None:
        self._host = host
        self._place = place
        self._epoch = place.queue.now()
        self._attempts = 0

    def attempt(self, instances: list[str]) -> None:
        """Try whether the service can serve, and say so for each instance."""
        began, error = self._host.monotonic(), self._fault()
        micros = int((self._host.monotonic() - began) * 1_000_000)
        for order in instances:
            sample = Sample(order, AVAILABILITY, self._place.queue.now(), not error, error, micros)
            sent = self._host.series.append([sample], f"transcode-self:{order}:{self._epoch}", 1, self._attempts)
            if isinstance(sent, Refused):
                _log.warning("samples were not taken", order=order, reason=str(sent))
        self._attempts += 1

    def jobs(self, order: str) -> int:
        """Send what the ends of jobs left; how many. Sent again after a crash, the series knows them."""
        sql = "SELECT number, indicator, ts, ok, error, latency FROM samples WHERE instance = ? ORDER BY number LIMIT ?"
        with self._place.queue.database.transaction() as hand:
            rows = hand.run(sql, (order, AT_ONCE))
        if not rows:
            return 0
        found = [Sample(order, row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows]
        sent = self._host.series.append(found, f"transcode-jobs:{order}", 1, rows[0][0])
        if isinstance(sent, Refused):
            _log.warning("samples were not taken", order=order, reason=str(sent))
            return 0
        following = rows[-1][0] + 1
        with self._place.queue.database.transaction() as hand:
            hand.run("DELETE FROM samples WHERE instance = ? AND number < ?", (order, following))
            hand.run("DELETE FROM sent WHERE instance = ?", (order,))
            hand.run("INSERT INTO sent (instance, number) VALUES (?, ?)", (order, following))
        return len(found)

    def _fault(self) -> str:
        try:
            with self._place.queue.database.transaction() as hand:
                hand.run("SELECT version FROM about")
        except QueueBroken:
            return "queue"
        try:
            self._place.objects.size("nothing/here")
        except Trouble:
            return "objects"
        return ""

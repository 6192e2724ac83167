"""Carries samples to the series in batches, and survives a series that does not take them for a while.

A batch that was sent is sent again unchanged until it is acknowledged: the series recognises it by its numbers, so
nothing is stored twice. What no longer fits into the memory is lost: logged, counted by instance and minute, and
written down as gaps when the series is back.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable

from yunyue.answer import Refused
from yunyue.catalog import Host, Sample
from yunyue.host.log import logger
from yunyue.services.monitor.lost import Lost

BATCH = 1_000
MOST_HELD = 100_000
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
SAY_AGAIN = 60.0
"""Seconds between two lines in the log about samples that are being lost."""

log = logger(__name__)


def _nobody(sample: Sample) -> None:
    """Who listens when nobody does."""


class Recorder:
    """The samples of one host on their way. `trouble`: why the last try failed, empty when it did not.

    `listener` hears of every sample, kept or lost.
    """

    def __init__(self, host: Host, epoch: int) -> None:
        self._host = host
        self._producer = f"monitor:{hashlib.sha256(host.folder.__fspath__().encode()).hexdigest()[:16]}"
        self._epoch = epoch
        self._seq = 0
        self._sending: tuple[Sample, ...] = ()
        self._waiting: deque[Sample] = deque()
        self._lost = Lost()
        self._said = 0.0
        self._pause = FIRST_PAUSE
        self._not_before = host.monotonic()
        self.trouble = ""
        self.listener: Callable[[Sample], None] = _nobody

    @property
    def held(self) -> int:
        """Samples not yet acknowledged."""
        return len(self._sending) + len(self._waiting)

    @property
    def lost(self) -> int:
        """How many samples were lost since the start, those among them that are gaps in the series by now too."""
        return self._lost.total

    @property
    def owing(self) -> bool:
        """Whether the series still has to be told of lost samples."""
        return bool(self._lost)

    def add(self, sample: Sample) -> None:
        """Take a sample along; when there is no room it is lost."""
        self.listener(sample)
        if self.held < MOST_HELD:
            self._waiting.append(sample)
        else:
            self.lose(sample)

    def lose(self, sample: Sample) -> None:
        """Count a sample that cannot be kept; it becomes a gap."""
        now = self._host.monotonic()
        if not self._lost.total or now - self._said >= SAY_AGAIN:
            log.error("samples are being lost", lost=self._lost.total + 1, held=self.held, reason=self.trouble)
            self._said = now
        self._lost.add(sample)

    async def flush(self) -> None:
        """Send what is held, batch by batch, unless the series failed a moment ago."""
        while self.held + self.owing and self._host.monotonic() >= self._not_before:
            self._fill()
            self._heard(await self._send())
            if self.trouble:
                return

    def _fill(self) -> None:
        """The next batch: one that failed again as it was, else the oldest samples, and gaps when there are no more."""
        if self._sending:
            return
        size = min(BATCH, len(self._waiting))
        waited = [self._waiting.popleft() for _ in range(size)]
        self._sending = (*waited, *self._lost.take(BATCH - size))

    def _heard(self, trouble: str) -> None:
        if trouble and not self.trouble:
            log.error("the series takes no samples", held=self.held, reason=trouble)
        elif self.trouble and not trouble:
            log.info("the series takes samples again", held=self.held, lost=self.lost)
        self.trouble = trouble
        if trouble:
            self._not_before = self._host.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            self._seq += len(self._sending)
            self._sending = ()
            self._pause = FIRST_PAUSE

    async def _send(self) -> str:
        """Why the batch was not taken; empty when it was."""
        series = self._host.series
        try:
            taken = await asyncio.to_thread(series.append, self._sending, self._producer, self._epoch, self._seq)
        except Exception as error:  # whatever holds the series may fail in its own way, and probing goes on
            return f"{type(error).__name__}: {error}"
        return str(taken) if isinstance(taken, Refused) else ""

"""Carries samples to the series in batches, and survives a series that does not take them for a while.

A batch that was sent is sent again unchanged until it is acknowledged: the series recognises it by its numbers, so
nothing is stored twice. What no longer fits into the memory is lost, and counted.
"""

import asyncio
import hashlib
from collections import deque

from yunyue.answer import Refused
from yunyue.catalog import Host, Sample

BATCH = 1_000
MOST_HELD = 100_000
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class Recorder:
    """The samples of one host on their way. `lost`: how many found no room; `trouble`: why the last try failed."""

    def __init__(self, host: Host, epoch: int) -> None:
        self._host = host
        self._producer = f"monitor:{hashlib.sha256(host.folder.__fspath__().encode()).hexdigest()[:16]}"
        self._epoch = epoch
        self._seq = 0
        self._sending: tuple[Sample, ...] = ()
        self._waiting: deque[Sample] = deque()
        self._pause = FIRST_PAUSE
        self._not_before = host.monotonic()
        self.lost = 0
        self.trouble = ""

    @property
    def held(self) -> int:
        """Samples not yet acknowledged."""
        return len(self._sending) + len(self._waiting)

    def add(self, sample: Sample) -> None:
        """Take a sample along; when there is no room it is lost."""
        if self.held < MOST_HELD:
            self._waiting.append(sample)
        else:
            self.lost += 1

    async def flush(self) -> None:
        """Send what is held, batch by batch, unless the series failed a moment ago."""
        while self.held and self._host.monotonic() >= self._not_before:
            if not self._sending:
                size = min(BATCH, len(self._waiting))
                self._sending = tuple(self._waiting.popleft() for _ in range(size))
            self.trouble = await self._send()
            if self.trouble:
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

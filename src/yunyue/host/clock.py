"""What time it is: the machine's clock, or one that a test or the tour sets and moves."""

import time
from datetime import datetime, timedelta, timezone
from typing import Final, Protocol

BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one zone without summer time since 1991, before any contract of ours."""


class Clock(Protocol):
    """Tells the time of day for what is recorded, and a steady count for what is measured."""

    def now(self) -> datetime:
        """The moment, in Beijing time."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, whatever is done to the time of day."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The moment, in Beijing time."""
        return datetime.now(BEIJING)

    def monotonic(self) -> float:
        """Seconds since some moment before the process began."""
        return time.monotonic()


class VirtualClock:
    """A clock that stands still until it is moved forward, so that a contract year takes a minute."""

    def __init__(self, now: datetime) -> None:
        """Begin at `now`. Raises ValueError without a zone."""
        if now.tzinfo is None:
            raise ValueError(f"A moment needs its zone: {now.isoformat()}")
        self._began = self._now = now.astimezone(BEIJING)

    def now(self) -> datetime:
        """Where the clock stands, in Beijing time."""
        return self._now

    def monotonic(self) -> float:
        """Seconds moved since the beginning."""
        return (self._now - self._began).total_seconds()

    def move(self, by: timedelta) -> datetime:
        """Go forward and say where it stands now. Raises ValueError backwards."""
        if by < timedelta(0):
            raise ValueError(f"Time does not run backwards: {by}")
        self._now += by
        return self._now

    def move_to(self, moment: datetime) -> datetime:
        """Go forward to a moment. Raises ValueError if it has passed."""
        return self.move(moment - self._now)

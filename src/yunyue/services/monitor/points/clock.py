"""How far a probe point's clock is off, measured with every exchange; and a clock of its machine nobody can step."""

import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

KEPT: Final = 8
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(slots=True)
class Skew:
    """Differences measured lately. As in NTP (RFC 5905 §8), the exchange that took least time errs least."""

    found: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def exchanged(self, sent: int, theirs: int, received: int) -> None:
        """We sent at `sent` and had the answer at `received` by our clock (ms); `theirs` is what the answer said."""
        trip = max(0, received - sent)
        offset = theirs - (sent + trip // 2)
        if self.found and abs(offset - self.best[0]) > trip + self.best[1] + 1:
            self.found.clear()  # a clock was stepped: what was measured before is of another clock
        self.found.append((offset, trip))

    @property
    def best(self) -> tuple[int, int]:
        """Add the first to our time (ms) to get theirs; the second is how long that exchange took (ms)."""
        return min(self.found, key=lambda one: one[1]) if self.found else (0, 0)


def since_boot() -> int:
    """Milliseconds since this machine was started, sleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def boot() -> str:
    """Which start of the machine this is."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""

"""When probes are due: at fixed moments that follow from the order's id alone, spread so that not all are due at once.

The moments do not depend on when the platform started. So after a restart it is known which ones were missed.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grid:
    """Moments `offset` + k × `interval`, in ms."""

    offset: int
    interval: int

    @classmethod
    def of(cls, order: str, interval_s: int) -> "Grid":
        """The grid of an order; its offset is drawn from a hash of the id and never changes."""
        interval = interval_s * 1000
        drawn = int.from_bytes(hashlib.sha256(order.encode()).digest()[:8], "big")
        return cls(drawn % interval, interval)

    def after(self, moment: int) -> int:
        """The first moment due later than `moment`."""
        return moment + self.interval - (moment - self.offset) % self.interval

    def between(self, after: int, upto: int) -> range:
        """The moments due later than `after` and not later than `upto`."""
        return range(self.after(after), upto + 1, self.interval)

"""One record of the use log, and counts of them."""

from typing import NamedTuple


class Use(NamedTuple):
    """One use. `at`: milliseconds since 1970; `actor`: the token's accessor; `items`: in a batch; `micros`: time."""

    at: int
    space: str
    key: str
    version: int
    operation: str
    items: int
    actor: str
    status: int
    micros: int
    request: bytes
    response: bytes


class Counted(NamedTuple):
    """Uses of a space in a stretch of time: all, the good ones, those that failed by our fault."""

    total: int
    good: int
    failed: int

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(self.total + other.total, self.good + other.good, self.failed + other.failed)

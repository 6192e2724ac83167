"""One record of the use log, and counts of them."""

from typing import Final, NamedTuple

REFUSED: Final = " refused"
"""Behind an operation whose status of 500 or more says what was wrong with the request, as transit answers."""
PARTLY: Final = " partly"
"""Behind one on a batch of which some items were done: it counts as done, whatever status its sender chose for it."""


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

    @property
    def failed(self) -> bool:
        """Whether the service failed, and not the request."""
        return self.status >= 500 and not self.operation.endswith((REFUSED, PARTLY))


class Counted(NamedTuple):
    """Uses of a space in a stretch of time: all, and those of which at least a part was done."""

    total: int
    good: int

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(self.total + other.total, self.good + other.good)

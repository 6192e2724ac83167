"""How running a plan can end, and which ends are worth another try."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Class = Literal["input", "limit", "infrastructure", "engine"]
"""input: never again. limit: never, explained. infrastructure: three times. engine: once more, with one thread."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work: the class of the failure and the reason, fit to be shown."""

    kind: Class
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Somebody asked for it to stop, and it has."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: a share from 0 to 1, seconds of film a second (0: unknown), and what is being done."""

    share: float
    speed: float
    doing: str


Tell = Callable[[Progress], None]

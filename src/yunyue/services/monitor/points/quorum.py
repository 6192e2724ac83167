"""What several probe points say of one moment, put together: N of M must fail for it to be a failure.

A point that says nothing in time says neither. When those that are missing could turn the verdict, there is none: the
moment is a gap, and no success.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from yunyue.catalog import GAP, Host
from yunyue.services.monitor.grid import Grid
from yunyue.services.monitor.instances import Instance
from yunyue.services.monitor.outcome import Error, NotMade, Outcome

PLATFORM: Final = "platform"
"""The name of the platform's own probe point."""

KEPT: Final = 4
LOOK_S: Final = 0.2
BEFORE_NEXT_S: Final = 1.0
"""A verdict comes so long before the next moment is due."""


@dataclass(frozen=True, slots=True)
class Said:
    """A point's outcome of one moment. `error` is empty for a success."""

    error: str
    latency_us: int


@dataclass(slots=True)
class Board:
    """Where points' outcomes wait for the verdict: by order, by the moment due (ms), by point."""

    moments: dict[str, dict[int, dict[str, Said]]] = field(default_factory=dict)

    def put(self, order: str, interval_s: int, point: str, at: int, said: Said) -> None:
        """An outcome that began `at` (ms) belongs to the moment due before. The newest moments of an order are kept."""
        due = slot(order, interval_s, at)
        moments = self.moments.setdefault(order, {})
        moments.setdefault(due, {})[point] = said
        for old in sorted(moments)[:-KEPT]:
            del moments[old]

    def of(self, order: str, due: int) -> dict[str, Said]:
        """What is known of a moment."""
        return dict(self.moments.get(order, {}).get(due, {}))


_boards: dict[Path, Board] = {}


def board(folder: Path) -> Board:
    """The board of one service folder in this process."""
    return _boards.setdefault(folder.resolve(), Board())


def slot(order: str, interval_s: int, at: int) -> int:
    """The moment due at or before `at` (ms)."""
    grid = Grid.of(order, interval_s)
    return grid.after(at) - grid.interval


def verdict(said: Mapping[str, Said], points: tuple[str, ...], quorum: int) -> Outcome | None:
    """The verdict of those points once nothing that is missing can change it; None before. A gap says nothing."""
    heard = [said[one] for one in points if one in said and said[one].error != GAP]
    failed = [one for one in heard if one.error]
    if len(failed) >= quorum:
        named = Counter(one.error for one in failed)
        error = max(sorted(named), key=lambda one: named[one])
        return Outcome(cast(Error, error), max(one.latency_us for one in failed))
    good = [one for one in heard if not one.error]
    if len(good) > len(points) - quorum:
        return Outcome("", sorted(one.latency_us for one in good)[len(good) // 2])
    return None


async def decide(instance: Instance, due: int, host: Host, own: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """The verdict on the moment `due`, with the platform's own probe when it is among the points. Raises NotMade."""
    here = board(Path(host.folder))
    probe = instance.probe
    points = probe.points_named
    if PLATFORM in points:
        outcome = await own()
        here.put(instance.order, probe.interval_s, PLATFORM, due, Said(outcome.error, outcome.latency_us))
    left = probe.interval_s - BEFORE_NEXT_S
    while (found := verdict(here.of(instance.order, due), points, probe.quorum)) is None and left > 0:
        await asyncio.sleep(LOOK_S)
        left -= LOOK_S
    if found is None:
        missing = sorted(set(points) - set(here.of(instance.order, due)))
        raise NotMade(f"too few probe points were heard in time; missing: {', '.join(missing) or 'none'}")
    return found

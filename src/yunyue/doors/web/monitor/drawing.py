"""Drawings of a page as SVG numbers: no script draws them, so they print, and their colours are the page's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yunyue.doors.monitor.budget import Budget
from yunyue.doors.monitor.target import Course
from yunyue.services.monitor.pages.waterfall import Load, Waterfall

WIDTH: Final = 900
HEIGHT: Final = 220
LEFT: Final = 60
BOTTOM: Final = 24
ROW: Final = 18


@dataclass(frozen=True, slots=True)
class Curve:
    """A line: its name, its place among the chart's colours, and pieces of it (SVG points), parted where nothing is."""

    name: str
    colour: int
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over a stretch. `marks`: heights with their labels; `times`: places along the bottom with theirs."""

    curves: tuple[Curve, ...]
    marks: tuple[tuple[float, str], ...]
    times: tuple[tuple[float, int], ...]
    zero: float = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """A request of a waterfall: where it begins on the line and its parts as (x, width, part)."""

    url: str
    kind: str
    status: int
    error: str
    size: int
    milliseconds: float
    y: int
    parts: tuple[tuple[float, float, str], ...]


def course(found: Course) -> Chart:
    """Percentiles of latency over time."""
    steps = found.steps
    top = nice(max((one.p99 for one in steps), default=0) / 1000)
    curves = tuple(
        Curve(name, colour, _pieces([None if not one.good else getattr(one, name) / 1000 for one in steps], 0.0, top))
        for colour, name in enumerate(("p50", "p95", "p99"), 1)
    )
    every = max(len(steps) // 8, 1)
    times = tuple((_x(index, len(steps)), one.start) for index, one in enumerate(steps) if index % every == 0)
    return Chart(curves, _marks(0.0, top, "ms"), times)


def budget(found: Budget) -> Chart:
    """What is left of the month's budget, day by day, from the whole of it on the first."""
    left = [float(found.allowed), *(float(one.left) for one in found.days)]
    top, low = nice(max(left)), min(0.0, *left)
    slots = found.month.days + 1
    pieces = _pieces([*left, *([None] * (slots - len(left)))], low, top)
    even = [float(found.allowed) * (slots - 1 - index) / (slots - 1) for index in range(slots)]
    curves = (Curve("left", 1, pieces), Curve("even", 2, _pieces(list(even), low, top)))
    days = tuple((_x(index, slots), index) for index in range(1, slots, 3))
    return Chart(curves, _marks(low, top, ""), days, _y(0.0, low, top))


def waterfall(found: Waterfall) -> tuple[Bar, ...]:
    """The requests of a visit, one below the other."""
    end = max((_ends(one) for one in found.loads), default=1) or 1
    scale = WIDTH / end
    bars = []
    for index, one in enumerate(found.loads):
        at, parts = float(one.start), []
        for part in ("dns", "connect", "tls", "wait", "receive"):
            length = getattr(one, part)
            if length > 0:
                parts.append((round(at * scale, 1), max(round(length * scale, 1), 0.5), part))
                at += length
        took = (at - one.start) / 1000
        bars.append(Bar(one.url, one.kind, one.status, one.error, one.size, took, index * ROW, tuple(parts)))
    return tuple(bars)


def nice(value: float) -> float:
    """The next round number above: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1 if value >= 1 else -1)
    return next(step * power for step in (1, 2, 5, 10, 20, 50, 100) if step * power >= value)


def _ends(load: Load) -> int:
    return load.start + sum(max(one, 0) for one in (load.dns, load.connect, load.tls, load.wait, load.receive))


def _pieces(values: Sequence[float | None], low: float, top: float) -> tuple[str, ...]:
    """Points of each unbroken run; a value that is not there breaks the line."""
    pieces: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{_x(index, len(values)):.1f},{_y(value, low, top):.1f}")
    return tuple(" ".join(piece * 2 if len(piece) == 1 else piece) for piece in pieces if piece)


def _x(index: int, count: int) -> float:
    return round(LEFT + (WIDTH - LEFT) * index / max(count - 1, 1), 1)


def _y(value: float, low: float, top: float) -> float:
    height = HEIGHT - BOTTOM - 8
    return round(8 + height * (top - value) / ((top - low) or 1), 1)


def _marks(low: float, top: float, unit: str) -> tuple[tuple[float, str], ...]:
    values = [low + (top - low) * part / 4 for part in range(5)]
    return tuple((_y(value, low, top), f"{value:,.4g} {unit}".strip()) for value in values)

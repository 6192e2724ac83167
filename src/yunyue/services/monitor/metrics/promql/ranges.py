"""Functions of a range of values, as Prometheus 2 computes them (promql/functions.go, extrapolatedRate)."""

import math
from collections.abc import Sequence
from typing import Final

Points = Sequence[tuple[int, float]]
THRESHOLD: Final = 1.1
"""A gap at an edge up to 1.1 times the usual step is taken for the series going on to the edge."""


def over(function: str, points: Points, span: tuple[int, int]) -> float | None:
    """The function of the values within `span` (ms); None when there are too few to say."""
    match function:
        case "rate" | "increase" | "delta":
            return _extrapolated(function, points, span)
        case "count_over_time":
            return float(len(points))
        case "last_over_time":
            return points[-1][1]
        case "sum_over_time":
            return math.fsum(value for _, value in points)
        case "avg_over_time":
            return math.fsum(value for _, value in points) / len(points)
        case "min_over_time":
            return _outermost(points, least=True)
        case _:
            return _outermost(points, least=False)


def _outermost(points: Points, *, least: bool) -> float:
    """NaN only when all are."""
    found = [value for _, value in points if not math.isnan(value)]
    return (min(found) if least else max(found)) if found else math.nan


def _extrapolated(function: str, points: Points, span: tuple[int, int]) -> float | None:
    """The growth between the first and the last value, drawn out to the edges of the range."""
    if len(points) < 2:
        return None
    (first_at, first), (last_at, last) = points[0], points[-1]
    counter = function != "delta"
    grown = last - first + (_fallen(points) if counter else 0.0)
    covered = (last_at - first_at) / 1000
    step = covered / (len(points) - 1)
    before, after = (first_at - span[0]) / 1000, (span[1] - last_at) / 1000
    if counter and grown > 0 and first >= 0:
        before = min(before, covered * (first / grown))  # a counter was never below zero
    reached = covered
    for edge in (before, after):
        reached += edge if edge < step * THRESHOLD else step / 2
    factor = reached / covered
    if function == "rate":
        factor /= (span[1] - span[0]) / 1000
    return grown * factor


def _fallen(points: Points) -> float:
    """What a counter had when it began anew, each time it did."""
    fallen = 0.0
    before = points[0][1]
    for _, value in points:
        if value < before:
            fallen += before
        before = value
    return fallen

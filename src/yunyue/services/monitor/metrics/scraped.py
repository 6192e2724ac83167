"""Numbers as they come: a series is its labels (the name under __name__), a value belongs to a moment."""

from dataclasses import dataclass

Labels = tuple[tuple[str, str], ...]
"""Pairs of name and value in the order of the names, __name__ among them."""

Values = tuple[tuple[int, float], ...]
"""Moment (ms) and value; NaN with the bits of STALE ends a series."""


@dataclass(frozen=True, slots=True)
class Scraped:
    """What one scrape or message brought."""

    series: tuple[tuple[Labels, Values], ...]


def sort(labels: dict[str, str]) -> Labels:
    """Labels in their order. One without a value is as good as absent (Prometheus' data model)."""
    return tuple(sorted((name, value) for name, value in labels.items() if value))

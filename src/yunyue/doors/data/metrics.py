"""What a monitoring system may scrape: OpenMetrics 1.0, counted in this process."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
AREAS: Final = frozenset(
    {"api", "static", "accounts", "livez", "readyz", "metrics", "events", "journal", "statement", "monitoring"}
)

Count = Mapping[str, float]
"""A number for each value of a label; the label "" stands for a number without one."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number asked for at each scrape: its name, what it is, its label's name ("" for none) and who knows it."""

    name: str
    help: str
    label: str
    read: Callable[[], Count]
    grows: bool = True


class _Numbers(Collector):
    def __init__(self, numbers: Iterable[Number]) -> None:
        self._numbers = tuple(numbers)

    def collect(self) -> Iterable[Metric]:
        """Ask each number."""
        for number in self._numbers:
            labels = [number.label] if number.label else []
            kind = CounterMetricFamily if number.grows else GaugeMetricFamily
            family = kind(number.name, number.help, labels=labels)
            for label, value in number.read().items():
                family.add_metric([label] if labels else [], value)
            yield family


class Metrics:
    """The counts of one process."""

    def __init__(self, numbers: Iterable[Number] = ()) -> None:
        """With the numbers that others know."""
        self._registry = CollectorRegistry()
        self._latency = Histogram(
            "yunyue_http_request_seconds",
            "Time from a request's head to its answer's last byte.",
            ["method", "area", "status"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_Numbers(numbers))

    def observe(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request. Labels come from small closed sets, so that nobody can fill the memory with paths."""
        known = method if method in {"GET", "HEAD", "POST", "PUT", "DELETE"} else "other"
        self._latency.labels(known, area(path), f"{status // 100}xx").observe(seconds)

    def text(self) -> bytes:
        """All of it, as OpenMetrics 1.0."""
        text: bytes = generate_latest(self._registry)  # type: ignore[no-untyped-call]  # the library gives it no types
        return text


def area(path: str) -> str:
    """The part of the platform a path belongs to."""
    first = path.strip("/").split("/", 1)[0]
    return first if first in AREAS else ("home" if not first else "other")


__all__ = ["CONTENT_TYPE_LATEST", "Count", "Metrics", "Number", "area"]

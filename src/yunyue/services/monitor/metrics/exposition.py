"""Reads what an endpoint exposes: OpenMetrics 1.0 or Prometheus' text format 0.0.4."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_plain

from yunyue.services.monitor.metrics.scraped import Scraped, sort

MOST_SERIES: Final = 50_000
LATEST: Final = 2**53 - 1
OPENMETRICS: Final = "application/openmetrics-text"
ACCEPTED: Final = f"{OPENMETRICS};version=1.0.0,text/plain;version=0.0.4;q=0.5"


class NoExposition(Exception):
    """The text is no exposition of metrics, or has too many series."""


def read(text: str, kind: str, now: int, more: dict[str, str]) -> Scraped:
    """The series of a text of that content type as of `now` (ms), each with `more` labels. Raises NoExposition.

    A label of the endpoint's that is also one of ours is kept as exported_<name>, as Prometheus does.
    """
    parse = read_openmetrics if kind.startswith(OPENMETRICS) else read_plain
    try:
        series = tuple(islice(_series(parse, text, now, more), MOST_SERIES + 1))
    except (ArithmeticError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        # The library's parser gives way to odd input in many ways; each means the text is not what it should be.
        raise NoExposition(f"{type(error).__name__}: {error}") from None
    if len(series) > MOST_SERIES:
        raise NoExposition(f"more than {MOST_SERIES} series")
    return Scraped(series)


def _series(
    parse: Callable[[str], Iterable[Any]], text: str, now: int, more: dict[str, str]
) -> Iterator[tuple[tuple[tuple[str, str], ...], tuple[tuple[int, float], ...]]]:
    for family in parse(text):
        for one in family.samples:
            own = {f"exported_{name}" if name in more else name: str(value) for name, value in one.labels.items()}
            at = now if one.timestamp is None else round(float(one.timestamp) * 1000)
            if not 0 <= at <= LATEST:
                raise NoExposition(f"{one.name} has a time that is none")
            yield sort({"__name__": one.name, **own, **more}), ((at, float(one.value)),)

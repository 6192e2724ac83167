"""Our part of PromQL against a real Prometheus on the same values, and what is outside of it, with its place."""

import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_cast import Prometheus, prometheus

from yunyue.services.monitor.metrics.exposition import read
from yunyue.services.monitor.metrics.promql import NotPromql, evaluate, parse
from yunyue.services.monitor.metrics.promql.evaluate import Ambiguous
from yunyue.services.monitor.metrics.scraped import Labels, Scraped
from yunyue.services.monitor.metrics.store import Store

STEP = 15
COUNT = 240


def _values(begin: int) -> str:
    """An hour of a few services: counters that begin anew, gauges, one that stops early, in OpenMetrics with times."""
    chance = random.Random(7)
    lines = ["# TYPE requests counter"]
    for service in ("web", "api"):
        for code in ("200", "500"):
            total = 0.0
            for number in range(COUNT):
                total = (
                    0.0 if chance.random() < 0.02 else total + chance.randrange(0, 20) * (1 if code == "200" else 0.1)
                )
                at = begin + number * STEP
                lines.append(f'requests_total{{service="{service}",code="{code}"}} {total:.3f} {at}')
    lines.append("# TYPE temperature gauge")
    for room in ("a", "b", "c"):
        for number in range(COUNT if room != "c" else COUNT // 2):
            at = begin + number * STEP + (3 if room == "b" else 0)
            lines.append(f'temperature{{room="{room}"}} {20 + 5 * math.sin(number / 9 + ord(room)):.6f} {at}')
    lines.append("# TYPE limit gauge")
    lines += [
        f'limit{{room="{room}"}} {20 + place} {begin + n * STEP}'
        for place, room in enumerate("ab")
        for n in range(COUNT)
    ]
    return "\n".join([*lines, "# EOF\n"])


QUERIES = [
    "temperature",
    'temperature{room="a"}',
    'temperature{room!="a"}',
    'temperature{room=~"a|b"}',
    'temperature{room!~"[ab]"}',
    '{__name__="temperature",room="b"}',
    "-temperature",
    "temperature offset 10m",
    "rate(requests_total[5m])",
    "rate(requests_total[1m])",
    "increase(requests_total[10m])",
    "increase(requests_total[10m] offset 7m)",
    "delta(temperature[5m])",
    "avg_over_time(temperature[5m])",
    "min_over_time(temperature[5m])",
    "max_over_time(temperature[7m30s])",
    "sum_over_time(temperature[5m])",
    "count_over_time(temperature[5m])",
    "last_over_time(temperature[1h])",
    "sum(requests_total)",
    "sum by (service) (rate(requests_total[5m]))",
    "sum without (code) (rate(requests_total[5m]))",
    "avg by (code) (requests_total)",
    "min(temperature)",
    "max by (room) (temperature)",
    "count(requests_total) by (code)",
    "temperature > 20",
    "temperature > bool 20",
    "20 < temperature",
    "temperature > limit",
    "temperature >= bool limit",
    "temperature - limit",
    "temperature * 2 + 1",
    "temperature / 0",
    "temperature % 3",
    "(1 + 2) * 3 - 4 / 8",
    "1 > bool 2",
    "temperature > 20 and limit > 19",
    "temperature > 24 or limit",
    "temperature unless limit",
    "temperature and on (room) limit",
    "sum by (room) (temperature) / on (room) limit",
    'rate(requests_total{code="500"}[5m]) / ignoring (code) rate(requests_total{code="200"}[5m])',
    'sum by (service) (rate(requests_total{code="500"}[5m])) / sum by (service) (rate(requests_total[5m])) > 0.01',
    "absent(temperature)",
    'absent(nothing{job="x",room=~"a"})',
    'absent_over_time(temperature{room="c"}[5m])',
    "abs(temperature - 22)",
    "nothing",
    "+1e2",
    "0x1F",
    "-1 * -temperature",
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prometheus, Store, int]]:
    """A Prometheus and a store of ours with the same values, and the moment they end."""
    folder = tmp_path_factory.mktemp("promql")
    begin = int(time.time()) // 7_200 * 7_200 - 21_600
    text = _values(begin)
    store = Store(folder / "metrics.sqlite")
    scraped = read(text, "application/openmetrics-text", 0, {})
    assert store.add(scraped, int(time.time() * 1000)) == len(scraped.series)
    with prometheus(folder / "prometheus", "global: {}\n", text) as there:
        yield there, store, (begin + (COUNT - 1) * STEP) * 1000
    store.close()


@pytest.mark.parametrize("query", QUERIES)
def test_it_says_what_prometheus_says(both: tuple[Prometheus, Store, int], query: str) -> None:
    there, store, end = both
    expression = parse(query)
    said = 0
    for back in (0, 7_000, 437_000, 1_800_000, 2_000_001, 3_900_000):
        expected, found = there.ask(query, end - back), evaluate(expression, store, end - back)
        if isinstance(expected, float):
            assert isinstance(found, float)
            assert found == pytest.approx(expected, rel=1e-12)
            said += 1
            continue
        assert isinstance(found, dict)
        wanted = {tuple(sorted(labels.items())): value for labels, value in expected}
        assert found.keys() == wanted.keys(), (query, back)
        said += len(wanted)
        for labels, value in wanted.items():
            assert found[labels] == pytest.approx(value, rel=1e-9, nan_ok=True), (query, back, labels)
    assert said or query in ("nothing", "absent(temperature)"), "nothing was compared"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "an expression"),
        ("sum(", 5, "an expression"),
        ("rate(x)", 1, "a range"),
        ("rate(x[5m]", 11, ")"),
        ("x[5m]", 1, "a range is no result"),
        ("histogram_quantile(0.9, x)", 1, "outside"),
        ("topk(3, x)", 1, "outside"),
        ("x offset -5m", 10, "duration"),
        ("x @ 5", 3, "outside"),
        ("rate(x[5m:1m])", 10, "]"),
        ("x ^ 2", 3, "outside"),
        ("a * on (b) group_left c", 12, "outside"),
        ("1 and x", 3, "series on both sides"),
        ("1 > 2", 3, "bool"),
        ("x + bool 1", 3, "comparison"),
        ('x{a="b}', 5, "means nothing"),
        ("x{a=b}", 5, "quotes"),
        ('x{a=~"("}', 6, "no regular expression"),
        ('x{a=~"(a+)+"}', 6, "repeats"),
        ("{}", 1, "at least one label"),
        ('{a=~".*"}', 1, "at least one label"),
        ("x y", 3, "nothing is expected"),
        ("x # and a comment\n y", 20, "nothing is expected"),
        ("sum(1)", 1, "series"),
        ("abs(x[5m])", 1, "series"),
        ("§", 1, "means nothing"),
        ("x[0s]", 3, "longer"),
        ("((((" * 20 + "1" + "))))" * 20, 51, "nested"),
    ],
)
def test_what_is_outside_is_refused_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(NotPromql) as refused:
        parse(text)
    assert refused.value.position == position, refused.value
    assert words in refused.value.reason


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*"()[]{}", "sum", "x", "5m", ">", "and", "by", '"a"', "="])).map(" ".join)
)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    position = 1
    try:
        parse(text)
    except NotPromql as refused:
        position = refused.position
    assert 1 <= position <= len(text) + 1


def labels(**more: str) -> Labels:
    return tuple(sorted({"__name__": "x", **more}.items()))


def test_two_series_that_match_one_are_ambiguous(tmp_path: Path) -> None:
    store = Store(tmp_path / "m.sqlite")
    store.add(Scraped(((labels(a="1"), ((1_000, 1.0),)), (labels(a="2"), ((1_000, 2.0),)))), 1_000)
    with pytest.raises(Ambiguous):
        evaluate(parse("x * on () x"), store, 1_000)
    store.close()

"""Metrics in: a real Prometheus writes to us, endpoints are scraped, machines looked at; kept, thinned, forgotten."""

import asyncio
import math
import struct
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import cramjam
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from monitor_servers import answers, hangs, network, page, probe, serving
from points_cast import LiveHost, platform, point, running, target, until
from prometheus_cast import prometheus
from services_cast import T0, TestHost, order

from yunyue.answer import Refused
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.metrics import remote
from yunyue.services.monitor.metrics.exposition import NoExposition, read
from yunyue.services.monitor.metrics.keep import keep_metrics
from yunyue.services.monitor.metrics.machine import Machine
from yunyue.services.monitor.metrics.promql import evaluate, parse
from yunyue.services.monitor.metrics.scraped import Labels, Scraped, sort
from yunyue.services.monitor.metrics.store import Store, close_stores, store
from yunyue.services.monitor.metrics.values import STALE, is_stale
from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.points.register import Points
from yunyue.services.monitor.probe import run
from yunyue.services.monitor.service import service

DAY = 86_400_000
X: Labels = (("__name__", "x"), ("host", "a"))
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
numbers = st.floats(allow_nan=False)
series = st.dictionaries(names, names, max_size=4).map(lambda more: sort({**more, "__name__": "m"}))
values = st.lists(st.tuples(st.integers(0, 2**53 - 1), numbers), max_size=4).map(tuple)


def one(labels: Labels, *points: tuple[int, float]) -> Scraped:
    return Scraped(((labels, points),))


class TestRemoteWrite:
    @given(st.lists(st.tuples(series, values), max_size=5))
    def test_what_is_written_is_read_back(
        self, given_series: list[tuple[Labels, tuple[tuple[int, float], ...]]]
    ) -> None:
        scraped = Scraped(tuple(given_series))
        assert remote.read(remote.write(scraped)) == scraped

    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, octets: bytes) -> None:
        for body in (octets, bytes(cramjam.snappy.compress_raw(octets))):
            assert isinstance(remote.read(body), Scraped | Refused)

    def test_a_small_message_that_would_become_large_is_refused_before_it_does(self) -> None:
        bomb = bytes(cramjam.snappy.compress_raw(bytes(remote.MOST_UNPACKED + 1)))
        assert len(bomb) < remote.MOST_PACKED
        assert "unpacked" in str(remote.read(bomb))

    @pytest.mark.parametrize("labels", [{}, {"a": "b"}, {"__name__": "x", **{f"l{n}": "v" for n in range(64)}}])
    def test_a_series_without_a_name_or_with_too_many_labels_is_refused(self, labels: dict[str, str]) -> None:
        assert isinstance(remote.read(remote.write(one(tuple(sorted(labels.items())), (1, 1.0)))), Refused)

    def test_labels_that_would_fill_the_memory_are_refused(self) -> None:
        """A name more or less is nothing; sixty of two thousand characters, two hundred thousand times, are."""
        heavy = sort({"__name__": "x", **{f"l{n}": "v" * 2_000 for n in range(20)}})
        refused = remote.read(remote.write(one(heavy, (T0, 1.0))))
        assert isinstance(refused, Refused)
        assert "labels" in refused.reason

    def test_long_labels_are_read_and_not_remembered(self) -> None:
        long = one(sort({"__name__": "x", "l": "v" * 2_000}), (T0, 1.0))
        before = len(remote._known)
        assert remote.read(remote.write(long)) == long
        assert len(remote._known) == before

    def test_the_end_of_a_series_keeps_its_bits(self) -> None:
        found = remote.read(remote.write(one(X, (1, STALE))))
        assert isinstance(found, Scraped)
        assert struct.pack("<d", found.series[0][1][0][1]) == struct.pack("<Q", 0x7FF0000000000002)

    def test_a_real_prometheus_writes_to_us_and_both_say_the_same(self, tmp_path: Path) -> None:
        host = LiveHost(tmp_path)
        token = Points(host.folder).enrol("prometheus", "", 1)
        with platform(host) as door:
            config = f"""
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: self, static_configs: [{{targets: ["127.0.0.1:1", "127.0.0.1:{door}"]}}]}}]
remote_write:
- url: http://127.0.0.1:{door}/monitor/v1/c1/write
  authorization: {{credentials: "{token}"}}
  queue_config: {{batch_send_deadline: 500ms}}
"""
            with prometheus(tmp_path / "prometheus", config) as there:
                here = store(host.folder)
                until(lambda: len(_points(here, "up")) >= 6, "Prometheus writes")
                at = sorted(_points(here, "up"))[-1]
                for query in ("up", "avg_over_time(up[2s])", "scrape_samples_scraped"):
                    said = there.ask(query, at)
                    found = evaluate(parse(query), here, at)
                    assert isinstance(said, list)
                    assert isinstance(found, dict)
                    assert {frozenset(labels.items()): value for labels, value in said} == {
                        frozenset(label for label in labels if label[0] != "point"): value
                        for labels, value in found.items()
                    }
                assert {dict(labels)["point"] for labels in here.labels("up")} == {"prometheus"}
        close_stores([host.folder])

    def test_who_shows_no_token_writes_nothing(self, tmp_path: Path) -> None:
        host = LiveHost(tmp_path)
        with platform(host) as door:
            for contract, headers in (("c1", {}), ("c1", {"Authorization": "Bearer x"}), ("none", {})):
                asked = Request(f"http://127.0.0.1:{door}/monitor/v1/{contract}/write", b"x", headers)
                with pytest.raises(HTTPError) as refused:
                    urlopen(asked, timeout=10)
                assert refused.value.code == 401
                refused.value.close()


def _points(here: Store, name: str) -> list[int]:
    return [at for points in here.select(name, lambda _: True, 0, 2**53).values() for at, _ in points]


class TestStore:
    @pytest.fixture
    def kept(self, tmp_path: Path) -> Store:
        return Store(tmp_path / "metrics.sqlite", most_series=3)

    def test_a_message_that_comes_again_changes_nothing(self, kept: Store) -> None:
        for _ in range(2):
            kept.add(one(X, (T0, 1.0), (T0 + 1, 2.0)), T0)
        assert kept.select("x", lambda _: True, 0, T0 + 9) == {X: ((T0, 1.0), (T0 + 1, 2.0))}

    def test_what_is_no_number_comes_back_as_what_it_was(self, kept: Store) -> None:
        kept.add(one(X, (T0, STALE), (T0 + 1, math.nan), (T0 + 2, math.inf)), T0)
        ((stale, nan, infinite),) = kept.select("x", lambda _: True, 0, T0 + 9).values()
        assert is_stale(stale[1])
        assert math.isnan(nan[1])
        assert not is_stale(nan[1])
        assert infinite[1] == math.inf

    def test_more_series_than_there_is_room_for_are_refused_as_a_whole(self, kept: Store) -> None:
        many = Scraped(tuple((sort({"__name__": "y", "n": str(n)}), ((T0, 1.0),)) for n in range(4)))
        assert isinstance(kept.add(many, T0), Refused)
        assert kept.names() == ()

    def test_a_value_from_the_future_is_refused(self, kept: Store) -> None:
        assert "future" in str(kept.add(one(X, (T0 + 3_600_000, 1.0)), T0))

    def test_what_was_acknowledged_is_there_after_a_start(self, kept: Store, tmp_path: Path) -> None:
        kept.add(one(X, (T0, 1.0)), T0)
        kept.close()
        again = Store(tmp_path / "metrics.sqlite")
        assert again.add(one(X, (T0 + 1, 2.0)), T0) == 1
        assert len(_points(again, "x")) == 2
        again.close()

    def test_old_values_become_summaries_and_then_nothing(self, kept: Store) -> None:
        kept.add(one(X, *((T0 + n * 60_000, float(n)) for n in range(10))), T0 + DAY)
        assert kept.keep_house(T0 + 20 * DAY) == 10
        assert _points(kept, "x") == []
        first, second = kept.summaries(X, 0, T0 + DAY)
        assert (first[1:], second[1:]) == ((0.0, 4.0, 2.0, 5), (5.0, 9.0, 7.0, 5))
        kept.keep_house(T0 + 500 * DAY)
        assert kept.names() == (), "a series without values makes room"

    def test_what_comes_after_its_bucket_was_summed_up_takes_no_others_place(self, kept: Store) -> None:
        kept.add(one(X, *((T0 + n * 60_000, float(n)) for n in range(5))), T0 + DAY)
        kept.keep_house(T0 + 20 * DAY)
        kept.add(one(X, (T0, 99.0)), T0 + 20 * DAY)
        kept.keep_house(T0 + 20 * DAY)
        assert kept.summaries(X, 0, T0 + DAY) == ((T0, 0.0, 4.0, 2.0, 5),)

    def test_housekeeping_keeps_what_is_young(self, kept: Store) -> None:
        kept.add(one(X, (T0, 1.0)), T0)
        assert kept.keep_house(T0 + DAY) == 0
        assert _points(kept, "x") == [T0]


PLAIN = '# TYPE up gauge\nup{job="a",instance="theirs"} 1\nup{job="b"} 0 1700000000000\n'
OPEN = "# TYPE hits counter\nhits_total 5 1700000000.5\n# EOF\n"


class TestExposition:
    def test_both_formats_are_read_with_their_times(self) -> None:
        plain = dict(read(PLAIN, "text/plain", T0, {}).series)
        assert plain[sort({"__name__": "up", "job": "b"})] == ((1_700_000_000_000, 0.0),)
        opened = dict(read(OPEN, "application/openmetrics-text; version=1.0.0", T0, {}).series)
        assert opened[(("__name__", "hits_total"),)] == ((1_700_000_000_500, 5.0),)

    def test_our_label_stands_and_theirs_is_kept_beside_it(self) -> None:
        found = [dict(labels) for labels, _ in read(PLAIN, "text/plain", T0, {"instance": "ours"}).series]
        assert found[0]["instance"] == "ours"
        assert found[0]["exported_instance"] == "theirs"

    @pytest.mark.parametrize("text", ["<html>", "up{", "up one", "hits_total 5\n"])
    def test_what_is_no_exposition_is_told(self, text: str) -> None:
        with pytest.raises(NoExposition):
            read(text, "application/openmetrics-text", T0, {})

    @pytest.mark.parametrize("at", ["inf", "1e400", "-5", "99999999999999999999999"])
    def test_a_time_that_is_none_is_no_exposition(self, at: str) -> None:
        with pytest.raises(NoExposition):
            read(f"up 1 {at}\n", "text/plain", T0, {})

    def test_an_endpoint_that_takes_the_connection_and_hangs_is_a_read_timeout(self) -> None:
        async def both() -> str:
            async with serving(hangs) as port:
                asked = probe("openmetrics", f"http://localhost:{port}/", ca="", timeout_ms=200)
                return (await run(asked, network())).error

        assert asyncio.run(both()) == "read_timeout"

    def test_a_probe_scrapes_an_endpoint_and_brings_its_numbers(self) -> None:
        scraped = _scraped(OPEN)
        assert [dict(labels)["__name__"] for labels, _ in scraped.series] == ["hits_total"]

    def test_a_page_of_something_else_is_a_failure(self) -> None:
        async def both() -> str:
            async with serving(answers(page(b"<html>hello"))) as port:
                return (await run(probe("openmetrics", f"http://localhost:{port}/", ca=""), network())).error

        assert asyncio.run(both()) == "metrics"


def _scraped(text: str) -> Scraped:
    async def both() -> Scraped:
        answer = page(text.encode(), headers="Content-Type: application/openmetrics-text\r\n")
        async with serving(answers(answer)) as port:
            outcome = await run(probe("openmetrics", f"http://localhost:{port}/", ca=""), network())
            assert isinstance(outcome.brought, Scraped)
            return outcome.brought

    return asyncio.run(both())


class TestMachine:
    def test_a_machine_tells_its_memory_processors_disks_and_network(self) -> None:
        found = {dict(labels)["__name__"]: points[0][1] for labels, points in Machine().look(T0).series}
        assert found["node_memory_MemTotal_bytes"] == psutil.virtual_memory().total
        assert {"node_cpu_seconds_total", "node_load1", "node_network_receive_bytes_total"} <= found.keys()

    def test_its_message_is_a_remote_write(self) -> None:
        message = asyncio.run(Machine().message(T0))
        found = remote.read(message)
        assert isinstance(found, Scraped)
        assert {at for _, points in found.series for at, _ in points} == {T0}

    def test_an_endpoint_that_is_down_is_told_as_down(self) -> None:
        found = remote.read(asyncio.run(Machine(("http://127.0.0.1:1/metrics",)).message(T0)))
        assert isinstance(found, Scraped)
        (up,) = [points for labels, points in found.series if dict(labels)["__name__"] == "up"]
        assert up == ((T0, 0.0),)

    def test_a_probe_point_sends_its_machines_numbers(self, tmp_path: Path) -> None:
        host = LiveHost(tmp_path)
        with target(), platform(host) as door:
            there = point(tmp_path / "point", host, door, "near", metrics_s=1)
            with running(there):
                here = store(host.folder)
                until(lambda: len(_points(here, "node_load1")) >= 2, "the machine's load arrives")
        now = round(time.time() * 1000)
        assert all(abs(now - at) < 60_000 for at in _points(here, "node_load1"))
        assert {dict(labels)["point"] for labels in here.labels("node_load1")} == {"near"}
        close_stores([host.folder])


def test_scraped_numbers_of_an_order_are_kept(tmp_path: Path) -> None:
    host = TestHost(tmp_path)
    service.provision(order("o1", "bureau", kind="openmetrics", target="http://127.0.0.1:9/metrics"), host)
    (instance,) = Instances(host.folder).all()
    keep_metrics(host, instance, Outcome("", 5, one(X, (T0, 3.0))))
    (labels,) = store(host.folder).labels("x")
    assert dict(labels)["order"] == "o1"
    assert evaluate(parse("x"), store(host.folder), T0) == {labels: 3.0}
    close_stores([host.folder])

"""What is counted of pods: runs by the cluster's own times, processor time by the nodes' counts, each once."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunyue.services.containers.kubernetes.counting import Counting
from yunyue.services.containers.kubernetes.reading import moment
from yunyue.services.containers.kubernetes.usage import Reading, of_page
from yunyue.services.containers.kubernetes.using import Using
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.services.containers.project.rows import ReplicaRow
from yunyue.services.containers.project.store import Store

Json = dict[str, Any]
T0 = moment("2026-11-23T10:00:00Z")


def at(seconds: int) -> str:
    return f"2026-11-23T10:{seconds // 60:02}:{seconds % 60:02}Z"


def pod(state: Json, restarts: int = 0, last: Json | None = None, uid: str = "u1") -> Json:
    status = {"restartCount": restarts, "state": state, "lastState": last or {}}
    limits = {"cpu": "500m", "memory": "64Mi"}
    spec = {"containers": [{"name": "main", "resources": {"limits": limits}}]}
    return {"metadata": {"uid": uid, "name": uid}, "spec": spec, "status": {"containerStatuses": [status]}}


def spans(store: Store) -> list[tuple[Any, ...]]:
    rows = store.rows("SELECT container, start, ended FROM spans ORDER BY container")
    return [(name, (start - T0) // 1000, (end - T0) // 1000 if end else 0) for name, start, end in rows]


def test_a_run_counts_from_its_start_to_its_end_however_often_it_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path)
    counting = Counting(store, "o1")
    for _ in range(3):
        counting.count(pod({"running": {"startedAt": at(10)}}))
    counting.count(pod({"terminated": {"startedAt": at(10), "finishedAt": at(40)}}))
    counting.count(pod({"terminated": {"startedAt": at(10), "finishedAt": at(40)}}))
    assert spans(store) == [("u1/0", 10, 40)]
    assert Ledger(store).allotted("o1", T0, T0 + 100_000, T0 + 100_000)[0] == 500 * 30_000


def test_the_run_before_a_restart_is_counted_too(tmp_path: Path) -> None:
    store = Store(tmp_path)
    last = {"terminated": {"startedAt": at(10), "finishedAt": at(20)}}
    Counting(store, "o1").count(pod({"running": {"startedAt": at(30)}}, 1, last))
    assert spans(store) == [("u1/0", 10, 20), ("u1/1", 30, 0)]


def test_a_pod_that_is_gone_ends_at_the_latest_now(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Counting(store, "o1").gone(pod({"running": {"startedAt": at(10)}}), T0 + 50_000)
    assert spans(store) == [("u1/0", 10, 50)]


def test_what_vanished_while_nobody_looked_counts_up_to_the_last_look(tmp_path: Path) -> None:
    store = Store(tmp_path)
    counting = Counting(store, "o1")
    for uid in ("u1", "u2"):
        counting.count(pod({"running": {"startedAt": at(10)}}, uid=uid))
    counting.looked(T0 + 60_000)
    Counting(store, "o1").settle({"u2"})
    assert spans(store) == [("u1/0", 10, 60), ("u2/0", 10, 0)]


PAGE = """
# HELP container_cpu_usage_seconds_total Cumulative cpu time
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{container="main",namespace="ns",pod="web-1"} 12.5 1600000000000
container_cpu_usage_seconds_total{container="side",namespace="ns",pod="web-1"} 0.5 1600000000000
container_cpu_usage_seconds_total{container="main",namespace="other",pod="web-1"} 99 1600000000000
container_memory_working_set_bytes{container="main",namespace="ns",pod="web-1"} 1.048576e+07 1600000000000
node_cpu_usage_seconds_total 1000 1600000000000
"""


def test_a_nodes_page_is_read_by_pod_and_only_of_ones_own_namespace() -> None:
    assert of_page(PAGE, "ns") == {"web-1": Reading("web-1", 13_000_000_000, None, 10_485_760)}


@pytest.mark.parametrize("page", ["", "nonsense", "container_cpu_usage_seconds_total{} 1", "{"])
def test_a_page_that_is_none_has_no_pods(page: str) -> None:
    assert of_page(page, "ns") == {}


def reading(seconds: float) -> dict[str, Reading]:
    return {"u1": Reading("u1", round(seconds * 1e9), None, 1 << 20)}


PODS = {"u1": pod({"running": {"startedAt": at(0)}})}


def used(store: Store) -> int:
    return Ledger(store).used("o1", 0, T0 + 10_000_000)[0]


def test_a_count_is_added_once_also_across_a_restart_of_the_platform(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Using(store, "o1").take(reading(2), PODS, T0)
    Using(store, "o1").take(reading(5), PODS, T0 + 15_000)
    Using(store, "o1").take(reading(5), PODS, T0 + 30_000)
    assert used(store) == 5_000_000_000


def test_a_count_that_began_anew_counts_whole(tmp_path: Path) -> None:
    store = Store(tmp_path)
    using = Using(store, "o1")
    using.take(reading(5), PODS, T0)
    using.take(reading(1), PODS, T0 + 15_000)
    assert used(store) == 6_000_000_000


def test_rates_are_multiplied_by_the_time_between_readings(tmp_path: Path) -> None:
    store = Store(tmp_path)
    using = Using(store, "o1")
    rate = {"u1": Reading("u1", None, 250_000_000, 1 << 20)}
    using.take(rate, PODS, T0)
    using.take(rate, PODS, T0 + 20_000)
    assert used(store) == 5_000_000_000


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_what_was_added_is_what_the_node_counted_whenever_it_is_read(steps: list[int]) -> None:
    with TemporaryDirectory() as folder:
        store, total = Store(Path(folder)), 0
        for number, step in enumerate(steps):
            total += step
            one = {"u1": Reading("u1", total, None, 0)}
            Using(store, "o1").take(one, PODS, T0 + number * 15_000)
        assert used(store) == total


def test_the_last_reading_tells_what_replicas_use_and_may_use(tmp_path: Path) -> None:
    using = Using(Store(tmp_path), "o1")
    using.take(reading(0), PODS, T0)
    using.take(reading(3), PODS, T0 + 15_000)
    rows = (
        ReplicaRow("u1", "o1", "Deployment", "web", "d", 1, -1, 0),
        ReplicaRow("u2", "o1", "Job", "j", "d", 1, -1, 0),
    )
    (one,) = using.top(rows)
    assert (one.replica, one.milli, one.most_milli, one.octets, one.most_octets) == ("u1", 200, 500, 1 << 20, 64 << 20)

"""What is counted: allotted to the millisecond, used as the kernel counted it, across restarts and absences."""

import asyncio
import os
import signal
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from podman_cast import Installation, deployment, service
from wishing import now, until

from yunyue.catalog import Window
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import UsageMetered
from yunyue.services.containers.entry import GIB, VCPU
from yunyue.services.containers.meter import meter
from yunyue.services.containers.metering.ledger import Ledger, waiting
from yunyue.services.containers.metering.watching import endpoints, watch
from yunyue.services.containers.podman.cgroups import Cgroups
from yunyue.services.containers.project.project import Project
from yunyue.services.containers.project.store import Store

MONTH_MS = 30 * 86_400_000
NOVEMBER = datetime(2026, 11, 1, tzinfo=BEIJING)
T0 = int(NOVEMBER.timestamp() * 1000)


def used(code: str, ledger: Ledger, window: Window, at: int) -> Decimal:
    found = meter("o1", window, ledger, at)
    assert isinstance(found, tuple)
    return next(one.quantity for one in found if isinstance(one, UsageMetered) and one.meter == code)


def test_a_processor_and_a_gib_for_a_whole_month_are_one_of_each(tmp_path: Path) -> None:
    ledger = Ledger(Store(tmp_path))
    ledger.begin("o1", "c1", (1000, 1 << 30), T0)
    ledger.finish("o1", "c1", T0 + MONTH_MS)
    window = Window(NOVEMBER, NOVEMBER + timedelta(days=30))
    assert used(VCPU, ledger, window, T0) == used(GIB, ledger, window, T0) == Decimal(1)


def test_what_still_runs_counts_up_to_now_and_no_further(tmp_path: Path) -> None:
    ledger = Ledger(Store(tmp_path))
    ledger.begin("o1", "c1", (500, 1 << 30), T0)
    window = Window(NOVEMBER, NOVEMBER + timedelta(days=30))
    assert used(VCPU, ledger, window, T0 + MONTH_MS // 2) == Decimal("0.25")
    assert used(VCPU, ledger, window, T0 + 10 * MONTH_MS) == Decimal("0.5")


def test_parts_of_two_months_are_parts_of_each_months_length(tmp_path: Path) -> None:
    """The last day of November and the first of December: 1/30 + 1/31."""
    ledger = Ledger(Store(tmp_path))
    ledger.begin("o1", "c1", (1000, 1 << 30), T0)
    start = datetime(2026, 11, 30, tzinfo=BEIJING)
    assert used(VCPU, ledger, Window(start, start + timedelta(days=2)), 2 * T0) == Decimal("0.065591")


def test_windows_add_up_to_the_whole(tmp_path: Path) -> None:
    ledger = Ledger(Store(tmp_path))
    ledger.begin("o1", "c1", (1000, 1 << 30), T0 + 12_345)
    ledger.finish("o1", "c1", T0 + 54_321_000)
    cut = (0, 10_000_000, 20_000_000, 86_400_000)
    parts = [ledger.allotted("o1", T0 + a, T0 + b, 2 * T0)[0] for a, b in pairwise(cut)]
    assert sum(parts) == ledger.allotted("o1", T0, T0 + cut[-1], 2 * T0)[0] == (54_321_000 - 12_345) * 1000


def test_a_counter_that_began_anew_after_a_reboot_is_added_up(tmp_path: Path) -> None:
    ledger = Ledger(Store(tmp_path))
    for step, count in enumerate((5_000, 9_000, 2_000, 3_000)):
        ledger.use("o1", count, 0, T0 + step * 10_000, T0)
    assert ledger.used("o1", T0, T0 + 60_000)[0] == 9_000 + 3_000


BUSY = 'command: ["/bin/sh", "-c", "httpd -p 8080 -h /www; while true; do :; done"]'


def test_what_was_used_is_what_the_kernel_counted_within_two_percent(cloud: Installation, project: Project) -> None:
    """A busy replica is killed and the platform goes away meanwhile; both counts run from the project's beginning."""
    cloud.apply(project, deployment(replicas=1, container=BUSY))
    cloud.complete(project)
    group = cloud.places.project_cgroup(project.number)
    ledger, cgroups = Ledger(cloud.engine.store), Cgroups()
    os.kill(cloud.yard(project).replicas["web-1"].pid, signal.SIGKILL)
    until(lambda: cloud.yard(project).replicas["web-1"].row.restarts == 1)
    cloud.complete(project)
    cloud.stop_keeper()
    counted = cgroups.processor_ns(group)
    assert counted is not None
    until(lambda: (cgroups.processor_ns(group) or 0) > counted + 1_000_000_000)
    cloud.start_keeper()

    def told() -> tuple[int, int]:
        kernel = cgroups.processor_ns(group) or 0
        return ledger.used(project.order, 0, 2 * now())[0], kernel

    until(lambda: told()[0] > counted + 1_000_000_000)
    cloud.complete(project)
    assert cloud.loop is not None
    yard = cloud.yard(project)
    cloud.loop.call_soon_threadsafe(yard._timing.count, now())
    until(lambda: abs(told()[0] / told()[1] - 1) < 0.02)


def test_what_was_allotted_is_the_time_the_containers_ran(cloud: Installation, project: Project) -> None:
    """Against podman's own notes of starts and ends."""
    cloud.apply(project, deployment(replicas=1))
    cloud.complete(project)
    row = cloud.yard(project).replicas["web-1"].row
    began = int(cloud.podman("inspect", "--format", "{{.State.StartedAt.UnixMilli}}", row.container))
    assert cloud.engine.scale(project, "deploy", "web", 0, "a")
    until(lambda: not cloud.yard(project).replicas)
    ended = now()
    milli_ms, octet_ms = Ledger(cloud.engine.store).allotted(project.order, 0, 2 * ended, ended)
    ran = milli_ms / 500
    assert octet_ms == milli_ms // 500 * (64 << 20)
    assert abs(ran - (ended - began)) < 1_500


def test_starts_replacements_and_endpoints_leave_samples(cloud: Installation) -> None:
    made = cloud.project()
    try:
        cloud.apply(made, service() + deployment(replicas=2))
        cloud.complete(made)
        os.kill(cloud.yard(made).replicas["web-1"].pid, signal.SIGKILL)
        until(lambda: cloud.yard(made).replicas["web-1"].row.restarts == 1)
        cloud.complete(made)
        assert cloud.loop is not None
        asked = asyncio.run_coroutine_threadsafe(watch(cloud.yard(made), Ledger(cloud.engine.store)), cloud.loop)
        assert asked.result(10) == 1
        kept = [one for _, one in waiting(cloud.engine.store, "c1", 10_000) if one.order == made.order]
        assert [one.error for one in kept if one.indicator == "success"] == [""] * 3
        (replaced,) = [one for one in kept if one.indicator == "timely-replacement"]
        assert replaced.error == ""
        assert 0 < replaced.micros < 20_000_000
        assert [one.error for one in kept if one.indicator == "availability"] == [""]
        assert all(one.micros > 0 for one in kept if one.indicator == "availability")
    finally:
        cloud.end(made)


def test_an_endpoint_nobody_answers_at_is_a_failed_sample_by_its_reason(cloud: Installation, project: Project) -> None:
    """The balancer says that nobody is there."""
    broken = 'command: ["/bin/sh", "-c", "exit 1"]'
    cloud.apply(project, service() + deployment(replicas=1, container=broken))
    until(lambda: cloud.rollout(project).reason)
    until(lambda: endpoints(cloud.yard(project)))
    assert cloud.loop is not None
    asked = asyncio.run_coroutine_threadsafe(watch(cloud.yard(project), Ledger(cloud.engine.store)), cloud.loop)
    assert asked.result(20) == 1
    kept = [one for _, one in waiting(cloud.engine.store, "c1", 10_000) if one.order == project.order]
    assert [one.error for one in kept if one.indicator == "availability"] == ["status"]


def test_a_service_that_was_scaled_to_nothing_is_not_asked(cloud: Installation, project: Project) -> None:
    cloud.apply(project, service() + deployment(replicas=0))
    cloud.complete(project)
    assert endpoints(cloud.yard(project)) == []

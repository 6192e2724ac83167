"""The schedule: every moment that is due is a probe or a gap, one at a time, and nothing piles up."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from services_cast import START, BrokenSeries, Script, TestHost, order

from yunyue.answer import Refused
from yunyue.catalog import GAP
from yunyue.journal.facts import IncidentClosed, IncidentOpened
from yunyue.services.monitor import schedule as module
from yunyue.services.monitor.instances import Instance, Instances
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import ALERTS, AVAILABILITY, Schedule
from yunyue.services.monitor.service import service


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


class Bench:
    """A schedule over a script of outcomes, driven minute by minute."""

    def __init__(self, host: TestHost, script: Script, epoch: int = 1) -> None:
        self.host = host
        self.script = script
        self.recorder = Recorder(host, epoch)
        self.schedule = Schedule(host, Instances(host.folder), self.recorder, script)

    async def minutes(self, count: int) -> None:
        for _ in range(count):
            self.host.forward(60)
            await self.schedule.tick()
            if self.script.gate is None:
                await self.schedule.settle()
        await self.recorder.flush()


def drive(host: TestHost, script: Script, steps: Callable[[Bench], Awaitable[None]], epoch: int = 1) -> Bench:
    async def run() -> Bench:
        bench = Bench(host, script, epoch)
        await bench.schedule.tick()
        await steps(bench)
        await bench.schedule.close()
        return bench

    return asyncio.run(run())


def errors(host: TestHost, identifier: str = "o1") -> list[str]:
    return [one.error for one in host.samples(identifier) if one.indicator == AVAILABILITY]


def test_a_probe_runs_at_each_moment_due(host: TestHost) -> None:
    service.provision(order(), host)
    drive(host, Script("", "", "reset", ""), lambda bench: bench.minutes(4))
    assert errors(host) == ["", "", "reset", ""]


def test_no_probe_runs_before_its_moment(host: TestHost) -> None:
    service.provision(order(interval_s=3600), host)
    drive(host, Script(""), lambda bench: bench.minutes(1))
    assert len(errors(host)) <= 1


def test_a_probe_that_still_runs_makes_the_next_ones_gaps_and_they_never_pile_up(host: TestHost) -> None:
    async def slow(bench: Bench) -> None:
        bench.script.gate = asyncio.Event()
        await bench.minutes(5)
        bench.script.gate.set()
        await bench.schedule.settle()
        bench.script.gate = None
        await bench.minutes(1)

    service.provision(order(), host)
    script = Script("")
    drive(host, script, slow)
    assert sorted(errors(host)) == ["", "", GAP, GAP, GAP, GAP]
    assert script.runs == 2


def test_when_too_many_run_already_the_others_are_gaps(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    async def once(bench: Bench) -> None:
        bench.script.gate = asyncio.Event()
        await bench.minutes(1)
        bench.script.gate.set()
        await bench.schedule.settle()

    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    for number in range(5):
        service.provision(order(f"o{number}"), host)
    drive(host, Script(""), once)
    assert sorted(error for number in range(5) for error in errors(host, f"o{number}")) == ["", "", GAP, GAP, GAP]


def test_the_time_the_platform_was_down_is_gaps_after_a_restart(host: TestHost) -> None:
    service.provision(order(), host)
    drive(host, Script(""), lambda bench: bench.minutes(2))
    host.forward(10 * 60)
    drive(host, Script(""), lambda bench: bench.minutes(1), epoch=2)
    assert errors(host) == ["", "", *[GAP] * 9, "", ""]


def test_a_paused_instance_is_not_probed_and_its_pause_is_no_gap(host: TestHost) -> None:
    async def pause(bench: Bench) -> None:
        await bench.minutes(1)
        service.operate("o1", "pause", host)
        await bench.minutes(5)
        service.operate("o1", "resume", host)
        await bench.minutes(2)

    service.provision(order(), host)
    drive(host, Script(""), pause)
    assert errors(host) == ["", "", ""]


def test_a_retired_instance_is_not_probed(host: TestHost) -> None:
    async def retire(bench: Bench) -> None:
        await bench.minutes(1)
        service.retire("o1", host)
        await bench.minutes(3)

    service.provision(order(), host)
    drive(host, Script(""), retire)
    assert len(errors(host)) == 1


def test_an_order_that_comes_in_while_it_runs_is_probed(host: TestHost) -> None:
    async def add(bench: Bench) -> None:
        await bench.minutes(1)
        service.provision(order("o2"), host)
        await bench.minutes(2)

    service.provision(order(), host)
    drive(host, Script(""), add)
    assert len(errors(host, "o2")) == 2


def test_a_clock_that_is_set_back_does_not_probe_a_moment_twice(host: TestHost) -> None:
    async def back(bench: Bench) -> None:
        await bench.minutes(3)
        host.forward(-120)
        await bench.minutes(2)

    service.provision(order(), host)
    drive(host, Script(""), back)
    assert len(errors(host)) == 3


HOURS = 8 * 3600
"""How far ahead a machine is that takes its clock's local time for UTC."""


def test_a_clock_that_was_hours_ahead_and_is_set_right_stops_no_probing(host: TestHost) -> None:
    async def right(bench: Bench) -> None:
        host.forward(HOURS)
        await bench.minutes(1)
        host.forward(-HOURS)
        await bench.minutes(4)  # it is noticed in the first

    service.provision(order(), host)
    drive(host, Script(""), right)
    assert errors(host).count("") == 4


def test_samples_of_a_time_yet_to_come_hold_nothing_up_after_a_start(host: TestHost) -> None:
    service.provision(order(), host)
    host.forward(HOURS)
    drive(host, Script(""), lambda bench: bench.minutes(1))
    host.forward(-HOURS)
    before = errors(host).count("")
    drive(host, Script(""), lambda bench: bench.minutes(3), epoch=2)
    assert errors(host).count("") == before + 3


def test_what_is_retired_while_it_fails_leaves_no_incident_open(host: TestHost) -> None:
    async def retire(bench: Bench) -> None:
        await bench.minutes(2)
        service.retire("o1", host)
        await bench.minutes(2)

    service.provision(order(), host)
    drive(host, Script("refused"), retire)
    opened, closed = [said for _, said, _ in host.reports]
    assert isinstance(opened, IncidentOpened)
    assert closed == IncidentClosed(incident=opened.incident)


def test_a_bug_of_ours_is_a_gap_and_not_the_targets_failure(host: TestHost) -> None:
    service.provision(order(), host)
    drive(host, Script("bug", "bug", ""), lambda bench: bench.minutes(3))
    assert errors(host) == [GAP, GAP, ""]
    assert host.reports == []


def test_a_failing_series_does_not_stop_the_probing(host: TestHost) -> None:
    async def broken(bench: Bench) -> None:
        series = BrokenSeries(host.store, Refused("the disk is full", "samples"))
        host.series = series
        await bench.minutes(3)
        series.mend()
        await bench.minutes(2)

    service.provision(order(), host)
    bench = drive(host, Script(""), broken)
    assert (len(errors(host)), bench.recorder.lost) == (5, 0)


class TestIncidents:
    def test_an_outage_is_reported_once_and_closed_once(self, host: TestHost) -> None:
        service.provision(order(), host)
        drive(host, Script("", "refused", "refused", "refused", "", ""), lambda bench: bench.minutes(6))
        kinds = [type(payload) for _, payload, _ in host.reports]
        assert kinds == [IncidentOpened, IncidentClosed]
        opened, closed = (at for _, _, at in host.reports)
        assert (closed - opened).total_seconds() == 180

    def test_it_begins_when_the_first_probe_failed(self, host: TestHost) -> None:
        service.provision(order(), host)
        drive(host, Script("refused"), lambda bench: bench.minutes(3))
        first = next(one for one in host.samples() if one.indicator == AVAILABILITY)
        assert (host.reports[0][2] - START).total_seconds() * 1000 == first.ts - int(START.timestamp()) * 1000

    def test_it_is_remembered_over_a_restart(self, host: TestHost) -> None:
        service.provision(order(), host)
        drive(host, Script("refused"), lambda bench: bench.minutes(3))
        drive(host, Script("refused", ""), lambda bench: bench.minutes(2), epoch=2)
        opened, closed = (payload for _, payload, _ in host.reports)
        assert isinstance(opened, IncidentOpened)
        assert closed == IncidentClosed(incident=opened.incident)

    def test_what_could_not_be_told_is_told_later_with_the_same_name(self, host: TestHost) -> None:
        async def deaf(bench: Bench) -> None:
            host.trouble = OSError("journal gone")
            await bench.minutes(3)
            host.trouble = None
            await bench.minutes(1)

        service.provision(order(), host)
        drive(host, Script("refused"), deaf)
        first = next(one for one in host.samples() if one.indicator == AVAILABILITY)
        told = host.reports[0][1]
        assert isinstance(told, IncidentOpened)
        assert (len(host.reports), told.incident) == (1, f"o1/{first.ts}")

    def test_a_report_that_is_refused_is_kept_and_told_later(self, host: TestHost) -> None:
        """Also when the target has long recovered: the incident and its end are told, in that order."""

        async def refused(bench: Bench) -> None:
            host.trouble = Refused("another process records", "journal")
            await bench.minutes(4)
            host.trouble = None
            await bench.minutes(3)

        service.provision(order(), host)
        drive(host, Script("refused", "refused", "", ""), refused)
        assert [type(payload) for _, payload, _ in host.reports] == [IncidentOpened, IncidentClosed]
        assert [one.error for one in host.samples() if one.indicator == ALERTS] == ["late"]

    def test_what_was_not_told_survives_a_restart(self, host: TestHost) -> None:
        host.trouble = Refused("another process records", "journal")
        service.provision(order(), host)
        drive(host, Script("refused"), lambda bench: bench.minutes(3))
        host.trouble = None
        drive(host, Script("refused"), lambda bench: bench.minutes(3), epoch=2)
        assert [type(payload) for _, payload, _ in host.reports] == [IncidentOpened]

    @pytest.mark.parametrize(("seconds", "error"), [(60, ""), (61, "late")])
    def test_an_alert_is_on_time_within_a_minute(self, host: TestHost, seconds: int, error: str) -> None:
        host.slow_report = seconds
        service.provision(order(), host)
        drive(host, Script("refused"), lambda bench: bench.minutes(2))
        assert [one.error for one in host.samples() if one.indicator == ALERTS] == [error]

    def test_the_open_incident_is_kept_with_the_instance(self, host: TestHost) -> None:
        service.provision(order(), host)
        drive(host, Script("refused"), lambda bench: bench.minutes(2))
        found = Instances(host.folder).find("o1")
        assert isinstance(found, Instance)
        assert found.incident.startswith("o1/")

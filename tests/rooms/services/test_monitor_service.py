"""The five verbs of monitoring, and the way from probes to windows, usage and a verdict."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from monitor_servers import answers, hangs, page, serving
from services_cast import MINUTE, START, T0, TestHost, order

from yunyue.answer import Refused
from yunyue.catalog import GAP, Result, Sample, Window
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import (
    SampleWindow,
    ServiceDelivered,
    ServiceResumed,
    ServiceRetired,
    ServiceSuspended,
    UsageMetered,
)
from yunyue.services.monitor.service import MANUAL, _next_epoch, service

HOUR = Window(START, START + timedelta(hours=1))


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


def refused(result: Result) -> Refused:
    assert isinstance(result, Refused), result
    return result


def windows(result: Result, objective: str) -> list[SampleWindow]:
    assert not isinstance(result, Refused), result
    return [one for one in result if isinstance(one, SampleWindow) and one.objective == objective]


def probed(host: TestHost, errors: list[str], start: int = T0, indicator: str = "availability") -> None:
    """Samples a minute apart, as if the schedule had made them, and sealed."""
    samples = [Sample("o1", indicator, start + n * MINUTE, not one, one, 1_000) for n, one in enumerate(errors)]
    host.store.append(samples, f"test:{indicator}:{start}", 1, 0)
    host.seal()


class TestEpoch:
    """Each start counts for the series as a later one than all before."""

    @pytest.mark.parametrize("kept", ["", "3", "junk"])
    def test_a_file_that_was_emptied_or_brought_back_from_a_backup_stops_nothing(
        self, tmp_path: Path, kept: str
    ) -> None:
        (tmp_path / "epoch").write_text(kept)
        assert _next_epoch(tmp_path, T0) >= T0

    def test_a_clock_that_went_back_does_not_count_backwards(self, tmp_path: Path) -> None:
        first = _next_epoch(tmp_path, T0)
        assert _next_epoch(tmp_path, T0 - 3_600_000) == first + 1


class TestProvision:
    def test_an_order_is_delivered(self, host: TestHost) -> None:
        assert service.provision(order(), host) == (ServiceDelivered(order="o1"),)

    def test_the_same_order_again_is_delivered_again(self, host: TestHost) -> None:
        service.provision(order(), host)
        assert service.provision(order(), host) == (ServiceDelivered(order="o1"),)

    def test_the_same_order_with_another_target_is_refused(self, host: TestHost) -> None:
        service.provision(order(), host)
        answer = refused(service.provision(order(target="127.0.0.1:10"), host))
        assert answer.reason == "order o1 is provided with other parameters"

    def test_bad_parameters_are_refused_and_leave_nothing(self, host: TestHost) -> None:
        assert refused(service.provision(order(interval_s=0), host)).field == "parameters.interval_s"
        assert "no instance" in refused(service.retire("o1", host)).reason

    def test_a_private_target_is_refused(self, host: TestHost) -> None:
        host.allow_private = False
        answer = refused(service.provision(order(), host))
        assert (answer.field, answer.reason) == (
            "parameters.target",
            "this target may not be probed: 127.0.0.1 is not a public address",
        )

    def test_a_private_target_the_tenant_proved_is_theirs_is_accepted(self, host: TestHost) -> None:
        host.allow_private = False
        host.proven_names = ("bureau:127.0.0.1",)
        assert service.provision(order(), host) == (ServiceDelivered(order="o1"),)
        assert "may not be probed" in refused(service.provision(order("o2", tenant="other"), host)).reason

    def test_a_retired_order_is_not_provided_again(self, host: TestHost) -> None:
        service.provision(order(), host)
        service.retire("o1", host)
        assert "was retired" in refused(service.provision(order(), host)).reason


class TestOperate:
    def test_it_pauses_and_resumes(self, host: TestHost) -> None:
        service.provision(order(), host)
        assert service.operate("o1", "pause", host) == (ServiceSuspended(order="o1", ground="client_request"),)
        assert service.operate("o1", "resume", host) == (ServiceResumed(order="o1"),)

    def test_a_paused_instance_is_not_paused_again(self, host: TestHost) -> None:
        service.provision(order(), host)
        service.operate("o1", "pause", host)
        assert refused(service.operate("o1", "pause", host)).reason == "the instance is paused, not running"

    def test_a_running_instance_is_not_resumed(self, host: TestHost) -> None:
        service.provision(order(), host)
        assert refused(service.operate("o1", "resume", host)).reason == "the instance is running, not paused"

    def test_an_unknown_action_is_refused_with_the_known_ones(self, host: TestHost) -> None:
        answer = refused(service.operate("o1", "explode", host))
        assert answer.reason == "there is no action 'explode'; known: pause, resume, probe_now"

    def test_a_probe_at_once_is_seen_and_counts_for_nothing(self, host: TestHost) -> None:
        async def probe_once() -> Result:
            async with serving(hangs) as port:
                service.provision(order(target=f"127.0.0.1:{port}"), host)
                return await asyncio.to_thread(service.operate, "o1", "probe_now", host)

        assert asyncio.run(probe_once()) == ()
        assert [(one.indicator, one.ok) for one in host.samples()] == [(MANUAL, True)]
        host.seal()
        assert service.indicate("o1", HOUR, host) == ()

    def test_a_probe_at_once_of_a_dead_target_keeps_the_failure(self, host: TestHost) -> None:
        service.provision(order(target="127.0.0.1:1", timeout_ms=200), host)
        service.operate("o1", "probe_now", host)
        assert [one.error for one in host.samples()] == ["refused"]

    def test_a_retired_instance_is_not_probed_at_once(self, host: TestHost) -> None:
        service.provision(order(), host)
        service.retire("o1", host)
        assert refused(service.operate("o1", "probe_now", host)).reason == "the instance is retired"


class TestRetire:
    def test_it_ends(self, host: TestHost) -> None:
        service.provision(order(), host)
        assert service.retire("o1", host) == (ServiceRetired(order="o1"),)
        assert service.retire("o1", host) == (ServiceRetired(order="o1"),)

    def test_its_samples_stay(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, [""] * 60)
        service.retire("o1", host)
        assert windows(service.indicate("o1", HOUR, host), "monitor-availability")[0].total == 60


class TestIndicate:
    def test_a_good_hour_is_one_window_that_names_its_files(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, [""] * 60)
        found = windows(service.indicate("o1", HOUR, host), "monitor-availability")
        assert [(one.start, one.end, one.total, one.good, one.bad_minutes) for one in found] == [
            (START, START + timedelta(hours=1), 60, 60, 0)
        ]
        assert found[0].segments == tuple(one.digest for one in host.store.sealed())

    def test_an_outage_is_a_window_of_its_own(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, ["", *["refused"] * 5, *[""] * 54])
        found = windows(service.indicate("o1", HOUR, host), "monitor-availability")
        assert [(one.total, one.good, one.bad_minutes) for one in found] == [(1, 1, 0), (5, 0, 5), (54, 54, 0)]
        assert found[1].start == START + timedelta(minutes=1)

    def test_a_stretch_over_midnight_is_a_window_for_each_day(self, host: TestHost) -> None:
        """So a fact names the files of one day, and a whole month can be asked for at once."""
        service.provision(order(), host)
        probed(host, [*[""] * 700, *["refused"] * 40, *[""] * 100])
        window = Window(START, START + timedelta(days=2))
        found = windows(service.indicate("o1", window, host), "monitor-availability")
        midnight = datetime(2024, 6, 4, tzinfo=BEIJING)
        assert [one.start for one in found] == [
            START,
            START + timedelta(minutes=700),
            midnight,
            START + timedelta(minutes=740),
            midnight + timedelta(days=1),
        ]
        assert [one.bad_minutes for one in found] == [0, 20, 20, 0, 0]

    def test_a_gap_lowers_the_coverage_and_not_the_availability(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, [GAP, *[""] * 59])
        result = service.indicate("o1", HOUR, host)
        assert sum(one.bad_minutes for one in windows(result, "monitor-availability")) == 0
        coverage = windows(result, "monitor-coverage")
        assert (sum(one.good for one in coverage), sum(one.total for one in coverage)) == (59, 60)

    def test_a_failed_probe_is_covered(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, ["reset"] * 60)
        coverage = windows(service.indicate("o1", HOUR, host), "monitor-coverage")
        assert [(one.good, one.total) for one in coverage] == [(60, 60)]

    def test_late_alerts_are_told_from_those_on_time(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, ["", "late"], indicator="timely-alerts")
        found = windows(service.indicate("o1", HOUR, host), "monitor-alerts")
        assert (sum(one.good for one in found), sum(one.total for one in found)) == (1, 2)

    def test_nothing_observed_says_nothing(self, host: TestHost) -> None:
        service.provision(order(), host)
        assert service.indicate("o1", HOUR, host) == ()

    def test_samples_that_are_not_sealed_are_refused(self, host: TestHost) -> None:
        service.provision(order(), host)
        host.store.append([Sample("o1", "availability", T0, True, "", 1)], "test", 1, 0)
        answer = refused(service.indicate("o1", HOUR, host))
        assert answer.reason == "1 samples of o1 are not sealed yet; seal them first"

    def test_a_window_off_the_minute_is_refused(self, host: TestHost) -> None:
        service.provision(order(), host)
        window = Window(START + timedelta(seconds=1), HOUR.end)
        assert refused(service.indicate("o1", window, host)).reason == "a window begins and ends on a whole minute"

    def test_only_the_contracts_objectives_are_answered(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, [""] * 60)
        host.agreed = host.agreed[1:2]
        result = service.indicate("o1", HOUR, host)
        assert windows(result, "monitor-availability") == []
        assert len(windows(result, "monitor-coverage")) == 1


class TestMeter:
    def used(self, host: TestHost, window: Window) -> dict[str, Decimal]:
        result = service.meter("o1", window, host)
        assert not isinstance(result, Refused)
        return {one.meter: one.quantity for one in result if isinstance(one, UsageMetered)}

    def test_probes_are_counted_in_ten_thousands_and_gaps_are_none(self, host: TestHost) -> None:
        service.provision(order(), host)
        probed(host, ["", "reset", GAP, ""])
        assert self.used(host, HOUR)["monitor.probe-10k"] == Decimal("0.0003")

    def test_a_site_counts_from_its_provision_as_a_part_of_the_month(self, host: TestHost) -> None:
        """From noon of the third: 27.5 of June's 30 days."""
        service.provision(order(), host)
        june = Window(datetime(2024, 6, 1, tzinfo=BEIJING), datetime(2024, 7, 1, tzinfo=BEIJING))
        assert self.used(host, june)["monitor.site-month"] == Decimal("0.916666")

    def test_whole_months_are_whole_whatever_their_length(self, host: TestHost) -> None:
        service.provision(order(), host)
        window = Window(datetime(2024, 7, 1, tzinfo=BEIJING), datetime(2024, 10, 1, tzinfo=BEIJING))
        assert self.used(host, window)["monitor.site-month"] == Decimal("3.000000")

    def test_after_its_end_a_site_is_not_counted(self, host: TestHost) -> None:
        service.provision(order(), host)
        host.forward(86_400 * 3)
        service.retire("o1", host)
        june = Window(datetime(2024, 6, 1, tzinfo=BEIJING), datetime(2024, 7, 1, tzinfo=BEIJING))
        assert self.used(host, june)["monitor.site-month"] == Decimal("0.100000")


@pytest.mark.parametrize("verb", ["operate", "meter", "indicate", "retire"])
def test_an_unknown_instance_is_refused_by_every_verb(host: TestHost, verb: str) -> None:
    answer = {
        "operate": lambda: service.operate("ghost", "pause", host),
        "meter": lambda: service.meter("ghost", HOUR, host),
        "indicate": lambda: service.indicate("ghost", HOUR, host),
        "retire": lambda: service.retire("ghost", host),
    }[verb]()
    assert refused(answer).reason == "there is no instance of order 'ghost'"


def test_it_works_by_itself_against_a_real_target_until_it_is_cancelled(host: TestHost) -> None:
    """The clock runs as fast as the schedule asks it to, the probes are real."""

    async def both() -> None:
        async with serving(answers(page())) as port:
            target = f"http://127.0.0.1:{port}/"
            service.provision(order(kind="http", target=target, interval_s=1, timeout_ms=1_000), host)
            work = asyncio.create_task(service.work(host))
            while not any(one.ok for one in host.samples()):
                await asyncio.sleep(0.001)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    asyncio.run(both())
    assert {one.error for one in host.samples()} <= {"", GAP}


def test_work_goes_on_when_a_tick_stumbles(host: TestHost) -> None:
    async def run() -> None:
        service.provision(order(interval_s=1, timeout_ms=200), host)
        broken = host.folder / "instances" / "broken.json"
        broken.write_text("{")
        work = asyncio.create_task(service.work(host))
        await asyncio.sleep(0.05)
        assert not work.done()
        broken.unlink()
        while not host.samples():
            await asyncio.sleep(0.001)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(run())
    assert host.samples()

"""Faults of our machine and of probe points: clocks that jump, disks that fill, points that fall silent; installing."""

import asyncio
import sqlite3
import tomllib
from pathlib import Path

import pytest
from services_cast import T0, Script, TestHost, order
from test_monitor_alert_more import HOOK
from test_monitor_alert_path import AlertPath, write

from yunyue.answer import Refused
from yunyue.catalog import GAP
from yunyue.services.monitor.alerts.register import alerts
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.metrics.keep import Thinning
from yunyue.services.monitor.metrics.scraped import Scraped
from yunyue.services.monitor.metrics.store import close_stores, store
from yunyue.services.monitor.points.agent import Agent, open_agent
from yunyue.services.monitor.points.config import Config, load
from yunyue.services.monitor.points.install import CONFIG, SERVICE, TOKEN, install
from yunyue.services.monitor.points.register import Heard, Points
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import AVAILABILITY, Schedule
from yunyue.services.monitor.service import service


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


def test_a_clock_that_jumps_ahead_leaves_gaps_and_no_successes(host: TestHost) -> None:
    service.provision(order(), host)

    async def run() -> None:
        recorder = Recorder(host, 1)
        schedule = Schedule(host, Instances(host.folder), recorder, Script(""))
        await schedule.tick()
        for seconds in (60, 3_600, 60):
            host.forward(seconds)
            await schedule.tick()
            await schedule.settle()
        await recorder.flush()
        await schedule.close()

    asyncio.run(run())
    found = [one.error for one in host.samples() if one.indicator == AVAILABILITY]
    assert found.count("") == 3
    assert found.count(GAP) == 59


def test_what_a_probe_brought_and_nobody_could_keep_stops_no_probe(host: TestHost) -> None:
    service.provision(order(), host)

    async def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    class Bringing(Script):
        async def __call__(self, *given: object) -> object:  # type: ignore[override] # what it brings is not under test
            outcome = await super().__call__(*given)  # type: ignore[arg-type] # passed on as they came
            return type(outcome)(outcome.error, outcome.latency_us, Scraped(()))

    async def run() -> None:
        recorder = Recorder(host, 1)
        schedule = Schedule(host, Instances(host.folder), recorder, Bringing(""))  # type: ignore[arg-type] # see above
        schedule.keeper = fails
        await schedule.tick()
        for _ in range(3):
            host.forward(60)
            await schedule.tick()
            await schedule.settle()
        await recorder.flush()
        await schedule.close()

    asyncio.run(run())
    assert [one.error for one in host.samples() if one.indicator == AVAILABILITY] == ["", "", ""]


class TestPoint:
    def agent(self, folder: Path) -> Agent:
        (folder / "token").write_text("t")
        return open_agent(
            Config(platform="http://127.0.0.1:1", contract="c1", folder=str(folder), token_file=str(folder / "token"))
        )

    def test_a_full_disk_keeps_what_was_found_in_memory_until_it_is_freed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        agent = self.agent(tmp_path)
        agent._note(("o1", T0, 0), "", 5)

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(agent.spool, "found", full)
            agent._store()
        assert (len(agent.found), agent.spool.held) == (1, 0)
        agent._store()
        assert (len(agent.found), agent.spool.held) == (0, 1)

    def test_it_goes_on_with_the_work_it_knows_when_it_starts_cut_off(self, tmp_path: Path) -> None:
        from yunyue.services.monitor.parameters import Probe
        from yunyue.services.monitor.points.wire import Task, Work

        probe = Probe(kind="tcp", target="127.0.0.1:9", points="a", interval_s=5)
        self.agent(tmp_path).adopt(Work((Task("o1", "bureau", probe),), T0))
        again = self.agent(tmp_path)
        again._remember()
        assert list(again.tasks) == ["o1"]

    def test_a_silent_point_is_an_alert_until_it_is_heard_again(self, host: TestHost) -> None:
        points = Points(host.folder)
        points.enrol("haidian", "", T0)
        points.enrol("never", "", T0)
        heard = Heard(0, 1, 0, 0, "1")
        points.hear("haidian", heard, T0)

        async def steps(path: AlertPath) -> None:
            await path.pass_(60)
            await path.pass_(200)
            points.hear("haidian", heard, T0 + 300_000)
            await path.pass_(60)
            await path.pass_(61)

        write(host, [HOOK], [])
        asyncio.run(steps(AlertPath(host)))
        (found,) = [one for one in alerts(host.folder) if one.rule == "probe-point"]
        assert (found.instance, found.firing) == ("haidian", False)


class TestConfig:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('platform = "https://a.example"', "contract"),
            ('platform = "ftp://a.example"\ncontract = "c"\nfolder = "/x"\ntoken_file = "/t"', "target"),
            ('platform = "https://a.example"\ncontract = "c"\nfolder = "/x"', "token_file"),
            ('platform = "https://a.example"\ncontract = "c"\nfolder = "/x"\ncertificate = "/c"', "key"),
            ('platform = "http://a.example"\ncontract = "c"\nfolder = "/x"\ncertificate = "/c"\nkey = "/k"', "https"),
            ('platform = "https://a.example"\ncontract = "c"\nfolder = "/x"\ntoken_file = "/t"\nodd = 1', "odd"),
            ("= =", "Invalid"),
        ],
    )
    def test_one_that_is_not_right_is_refused_with_its_field(self, tmp_path: Path, text: str, words: str) -> None:
        (tmp_path / "point.toml").write_text(text)
        refused = load(tmp_path / "point.toml")
        assert isinstance(refused, Refused)
        assert words in refused.reason

    def test_one_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        assert isinstance(load(tmp_path / "none"), Refused)


class TestInstall:
    def test_it_writes_a_configuration_that_is_right_a_secret_token_and_a_unit(self, tmp_path: Path) -> None:
        unit = install("https://yunyue.example.gov.cn", "c1", "secret", tmp_path)
        assert unit == tmp_path / SERVICE
        assert isinstance(load(tmp_path / CONFIG), Config)
        assert tomllib.loads((tmp_path / CONFIG).read_text())["contract"] == "c1"
        assert (tmp_path / TOKEN).stat().st_mode & 0o777 == 0o600
        said = (tmp_path / SERVICE).read_text()
        assert "points.agent /etc/yunyue-point/point.toml" in said
        assert "secret" not in said

    @pytest.mark.parametrize(("platform", "token"), [("https://a.example", ""), ("nowhere", "t"), ("", "t")])
    def test_what_cannot_work_is_not_installed(self, tmp_path: Path, platform: str, token: str) -> None:
        assert isinstance(install(platform, "c1", token, tmp_path), Refused)
        assert not (tmp_path / SERVICE).exists()
        assert not (tmp_path / CONFIG).exists()


def test_old_metrics_are_thinned_by_the_service_itself(host: TestHost) -> None:
    labels = (("__name__", "x"),)
    store(host.folder).add(Scraped(((labels, ((T0 - 20 * 86_400_000, 1.0), (T0, 2.0))),)), T0)
    asyncio.run(Thinning(host).tick())
    assert store(host.folder).select("x", lambda _: True, 0, T0) == {labels: ((T0, 2.0),)}
    assert len(store(host.folder).summaries(labels, 0, T0)) == 1
    close_stores([host.folder])


def test_where_there_are_no_metrics_nothing_is_opened(host: TestHost) -> None:
    asyncio.run(Thinning(host).tick())
    assert not (host.folder / "metrics.sqlite").exists()

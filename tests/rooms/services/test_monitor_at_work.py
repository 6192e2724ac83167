"""The service at work as a whole: probe, incident, alert, gap; with real targets, receivers and files."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from monitor_servers import answers, page, serving
from services_cast import BrokenSeries, Script, TestHost, order

from yunyue.answer import Refused
from yunyue.catalog import GAP
from yunyue.journal.facts import IncidentOpened
from yunyue.services.monitor import recorder
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.parameters import Probe
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import Schedule
from yunyue.services.monitor.service import service


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


def test_a_failing_target_is_an_incident_for_the_journal_and_an_alert_for_people(host: TestHost) -> None:
    """Two ways that do not depend on each other: the journal's is evidence, the other wakes somebody up."""
    got: list[bytes] = []

    async def receiver(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].split()[0])
        got.append(await reader.readexactly(length))
        writer.write(page(b"{}"))

    async def run() -> None:
        async with serving(answers(page(status="503 Busy"))) as bad, serving(receiver) as hook:
            rules = [{"name": "down", "when": {"type": "misses", "n": 1, "m": 1}, "channels": ["hook"]}]
            url = f"http://127.0.0.1:{hook}/"
            channels = [{"type": "webhook", "name": "hook", "url": url, "secret": "0123456789abcdef"}]
            config.save(host.folder, msgspec.json.encode({"rules": rules, "channels": channels}))
            service.provision(
                order(kind="http", target=f"http://127.0.0.1:{bad}/", interval_s=1, timeout_ms=1_000), host
            )
            work = asyncio.create_task(service.work(host))
            while not (got and host.reports):
                await asyncio.sleep(0.001)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    asyncio.run(run())
    (alert,) = msgspec.json.decode(got[0])["data"]["alerts"]
    assert (alert["instance"], alert["turn"]) == ("o1", "firing")
    assert "status" in alert["about"]
    assert isinstance(host.reports[0][1], IncidentOpened)


def test_a_probe_that_could_not_be_made_is_a_gap_and_no_incident(host: TestHost) -> None:
    async def unable(probe: Probe, network: object) -> Outcome:
        raise NotMade("the reference server did not answer")

    async def run() -> None:
        schedule = Schedule(host, Instances(host.folder), Recorder(host, 1), unable)
        await schedule.tick()
        for _ in range(3):
            host.forward(60)
            await schedule.tick()
            await schedule.settle()
        await schedule.close()

    service.provision(order(), host)
    asyncio.run(run())
    assert [one.error for one in host.samples()] == [GAP] * 3
    assert host.reports == []


def test_a_probe_asked_for_that_cannot_be_made_is_refused_with_its_reason(host: TestHost) -> None:
    service.provision(order(kind="postgres", target="127.0.0.1:5432", login="main"), host)
    answer = service.operate("o1", "probe_now", host)
    assert isinstance(answer, Refused)
    assert "the login main cannot be read" in answer.reason
    assert host.samples() == []


def test_samples_lost_on_a_full_disk_lower_the_coverage_and_not_the_availability(
    host: TestHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the schedule to the windows: an hour, of which the disk is full for the last twenty minutes."""
    monkeypatch.setattr(recorder, "MOST_HELD", 5)

    async def run() -> None:
        carrying = Recorder(host, 1)
        schedule = Schedule(host, Instances(host.folder), carrying, Script(""))
        await schedule.tick()
        for minute in range(60):
            if minute == 40:
                host.series = BrokenSeries(host.store, Refused("the disk is full", "samples"))
            host.forward(60)
            await schedule.tick()
            await schedule.settle()
        host.series = host.store
        host.forward(60)
        await carrying.flush()
        await schedule.close()

    service.provision(order(), host)
    asyncio.run(run())
    samples = host.samples()
    good, gaps = sum(one.ok for one in samples), sum(one.error == GAP for one in samples)
    assert good + gaps == 60
    assert 10 <= gaps <= 15

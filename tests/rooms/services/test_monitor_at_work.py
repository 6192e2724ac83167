"""The service at work as a whole: probe, incident, alert, gap; with real targets, receivers and files."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from monitor_servers import answers, page, serving
from services_cast import BrokenSeries, Script, TestHost, order

from yunyue.answer import Refused
from yunyue.catalog import GAP
from yunyue.journal.facts import FindingRaised, IncidentOpened
from yunyue.services.monitor import recorder
from yunyue.services.monitor.alerts import config
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.metrics.store import close_stores, store
from yunyue.services.monitor.outcome import NotMade, Outcome
from yunyue.services.monitor.pages.visits import Visits
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


def test_pages_and_metrics_are_kept_and_what_is_found_is_told_to_the_kernel(host: TestHost) -> None:
    async def site(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        text = b"hits 7\n" if path == b"/metrics" else "<p>在线赌博".encode()
        kind = "text/plain" if path == b"/metrics" else "text/html; charset=utf-8"
        writer.write(page(text, headers=f"Content-Type: {kind}\r\nConnection: close\r\n"))

    def done() -> bool:
        return any(isinstance(one, FindingRaised) for _, one, _ in host.reports) and bool(metrics.names())

    async def run() -> None:
        async with serving(site) as port:
            base = f"http://127.0.0.1:{port}"
            service.provision(order("m1", kind="openmetrics", target=f"{base}/metrics", interval_s=60), host)
            asked = {"kind": "page", "target": f"{base}/", "interval_s": 86_400, "forbidden_words": "赌博"}
            service.provision(order("p1", "bureau", **asked, timeout_ms=20_000), host)
            work = asyncio.create_task(service.work(host))
            while not done():
                await asyncio.sleep(0.02)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    metrics = store(host.folder)
    asyncio.run(run())
    (visit,) = Visits(host.folder).of("p1")[-1:]
    assert isinstance(Visits(host.folder).picture(visit), bytes)
    (raised,) = [one for _, one, _ in host.reports if isinstance(one, FindingRaised)]
    assert (raised.order, raised.check) == ("p1", "words")
    assert dict(metrics.labels("hits")[0])["order"] == "m1"
    close_stores([host.folder])


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

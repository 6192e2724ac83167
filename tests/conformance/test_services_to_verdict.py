"""From probes of a real target to a verdict: series, sealed files, windows, exclusion, month."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from services_cast import TestHost, order

from yunyue.catalog import GAP, Window
from yunyue.contract.terms import Named, Objective, Term
from yunyue.journal.envelope import BEIJING, Fact, Recorded
from yunyue.journal.facts import (
    ExclusionApproved,
    ExclusionRequested,
    IncidentClosed,
    IncidentOpened,
    Payload,
    SampleWindow,
)
from yunyue.services.monitor import probe
from yunyue.services.monitor.instances import Instances
from yunyue.services.monitor.recorder import Recorder
from yunyue.services.monitor.schedule import Schedule
from yunyue.services.monitor.service import service
from yunyue.sla.months import ServiceMonth, service_month
from yunyue.sla.span import milliseconds
from yunyue.sla.verdict import Judged, judge

TERM = Term(start=date(2024, 6, 3), end=date(2024, 6, 3), place=Named(zh="北京", en="Beijing"))
"""A term of one day, so that a whole service month can be probed for real: 1,440 minutes, 1.44 of them may be bad."""

DAY = Window(datetime(2024, 6, 3, tzinfo=BEIJING), datetime(2024, 6, 4, tzinfo=BEIJING))
DOWN = (600, 615)
"""The minutes of the day between which the target is switched off."""


def month() -> ServiceMonth:
    found = service_month(TERM, "2024-06")
    assert found is not None
    return found


async def probe_a_day(host: TestHost) -> None:
    """A probe a minute through the day by the schedule, against a server that is stopped and started again."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    service.provision(order(target=f"127.0.0.1:{port}", timeout_ms=1_000), host)
    schedule = Schedule(host, Instances(host.folder), Recorder(host, 1), probe.run)
    await schedule.tick()
    for minute in range(1_440):
        if minute == DOWN[0]:
            server.close()
            await server.wait_closed()
        if minute == DOWN[1]:
            server = await asyncio.start_server(greet, "127.0.0.1", port)
        host.forward(60)
        await schedule.tick()
        await schedule.settle()
    await schedule.close()
    server.close()
    await server.wait_closed()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> TestHost:
    host = TestHost(tmp_path_factory.mktemp("day"), time=DAY.start)
    asyncio.run(probe_a_day(host))
    host.seal()
    return host


def windows(host: TestHost, objective: str) -> list[Payload]:
    result = service.indicate("o1", DAY, host)
    assert isinstance(result, tuple)
    return [one for one in result if isinstance(one, SampleWindow) and one.objective == objective]


def objective(host: TestHost, identifier: str) -> Objective:
    return next(one for one in host.objectives("monitor") if one.id == identifier)


def verdict(host: TestHost, identifier: str, *more: tuple[Payload, str]) -> Judged:
    said = [(one, "service:monitor") for one in windows(host, identifier)] + list(more)
    facts = [
        Recorded(n, DAY.end, Fact(id=f"f{n}", subject="c", actor=actor, source="/test", time=DAY.end, data=one))
        for n, (one, actor) in enumerate(said)
    ]
    found = judge(objective(host, identifier), month(), facts, milliseconds(DAY.end))
    assert isinstance(found, Judged), found
    return found


def test_an_outage_of_fifteen_minutes_breaks_the_day(host: TestHost) -> None:
    """1 − 15 ÷ 1440 = 98.9583… %"""
    payload = verdict(host, "monitor-availability").payload()
    assert payload.met is False
    assert payload.measured == Decimal("98.958333")


def test_it_is_met_once_another_person_approved_that_the_outage_was_maintenance(host: TestHost) -> None:
    start = DAY.start + timedelta(minutes=DOWN[0] - 1)
    asked = ExclusionRequested(
        exclusion="e1",
        objective="monitor-availability",
        start=start,
        end=start + timedelta(minutes=20),
        ground="maintenance",
        reason="planned",
    )
    agreed = ExclusionApproved(exclusion="e1")
    found = verdict(host, "monitor-availability", (asked, "engineer:li"), (agreed, "approver:wu"))
    assert (found.met, found.measured.bad_minutes, found.measured.excluded_minutes) == (True, 0, 20)
    alone = verdict(host, "monitor-availability", (asked, "engineer:li"), (agreed, "engineer:li"))
    assert (alone.met, [one.exclusion for one in alone.exclusions.ignored]) == (False, ["e1"])


def test_every_probe_was_made_so_the_coverage_is_met(host: TestHost) -> None:
    found = verdict(host, "monitor-coverage")
    assert found.met
    assert found.share == 1
    assert GAP not in {one.error for one in host.samples()}


def test_the_incident_was_opened_and_closed_and_told_in_time(host: TestHost) -> None:
    (_, opened, began), (_, closed, ended) = host.reports
    assert isinstance(opened, IncidentOpened)
    assert closed == IncidentClosed(incident=opened.incident)
    assert ended - began == timedelta(minutes=DOWN[1] - DOWN[0])
    assert verdict(host, "monitor-alerts").met


def test_the_verdict_names_the_windows_and_they_name_the_sealed_files(host: TestHost) -> None:
    found = verdict(host, "monitor-availability")
    stated = windows(host, "monitor-availability")
    assert found.rests_on == tuple(f"f{n}" for n in range(len(stated)))
    named = {digest for one in stated if isinstance(one, SampleWindow) for digest in one.segments}
    assert named == {one.digest for one in host.store.sealed()}
    assert host.store.check() == ()

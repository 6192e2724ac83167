"""Samples on their way: in batches, sent again until acknowledged, counted when they are lost."""

import asyncio
from pathlib import Path

import pytest
from services_cast import MINUTE, T0, BrokenSeries, TestHost
from structlog.testing import capture_logs

from yunyue.answer import Refused
from yunyue.catalog import GAP, Sample
from yunyue.services.monitor import recorder
from yunyue.services.monitor.recorder import Recorder

FULL = Refused("the disk is full", "samples")


@pytest.fixture
def host(tmp_path: Path) -> TestHost:
    return TestHost(tmp_path)


def fill(one: Recorder, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        one.add(Sample("o1", "availability", T0 + number * MINUTE, True, "", 0))


def test_what_was_added_is_in_the_series_after_a_flush(host: TestHost) -> None:
    one = Recorder(host, 1)
    fill(one, 2_500)
    asyncio.run(one.flush())
    assert (one.held, one.lost, len(host.samples())) == (0, 0, 2_500)


def test_a_second_start_goes_on_with_the_next_epoch(host: TestHost) -> None:
    for epoch in (1, 2):
        one = Recorder(host, epoch)
        fill(one, 3, start=epoch * 10)
        asyncio.run(one.flush())
    assert len(host.samples()) == 6


@pytest.mark.parametrize("trouble", [FULL, OSError(5, "Input/output error")])
def test_a_failing_series_keeps_the_samples_waiting_and_says_why(host: TestHost, trouble: Refused | OSError) -> None:
    broken = BrokenSeries(host.store, trouble)
    host.series = broken
    one = Recorder(host, 1)
    fill(one, 3)
    asyncio.run(one.flush())
    assert (one.held, one.lost) == (3, 0)
    assert "disk is full" in one.trouble or "Input/output error" in one.trouble
    broken.mend()
    host.forward(1)
    asyncio.run(one.flush())
    assert (one.held, one.trouble, len(host.samples())) == (0, "", 3)


def test_a_failing_series_is_asked_ever_more_rarely(host: TestHost) -> None:
    """At 0, 1, 3, 7, 15, 31 and 63 seconds, then once a minute: in five minutes ten times."""
    broken = BrokenSeries(host.store, FULL)
    host.series = broken
    one = Recorder(host, 1)
    fill(one, 1)
    for _ in range(300):
        asyncio.run(one.flush())
        host.forward(1)
    assert broken.tries == 10


def test_a_batch_stored_without_an_answer_is_not_stored_twice(host: TestHost) -> None:
    """The series commits and then fails to say so; meanwhile more samples come in."""
    broken = BrokenSeries(host.store, OSError("connection lost"))
    broken.stores_first = True
    host.series = broken
    one = Recorder(host, 1)
    fill(one, 3)
    asyncio.run(one.flush())
    fill(one, 2, start=3)
    broken.mend()
    host.forward(1)
    asyncio.run(one.flush())
    assert [sample.ts for sample in host.samples()] == [T0 + number * MINUTE for number in range(5)]


def away(host: TestHost, one: Recorder, kept: int, lost: int) -> BrokenSeries:
    """A series that takes nothing while so many samples are kept and so many more find no room."""
    broken = BrokenSeries(host.store, FULL)
    host.series = broken
    fill(one, kept)
    asyncio.run(one.flush())
    fill(one, lost, start=kept)
    return broken


def test_what_finds_no_room_is_counted_and_a_gap_when_the_series_is_back(
    host: TestHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MOST_HELD", 5)
    one = Recorder(host, 1)
    broken = away(host, one, 5, 3)
    assert (one.held, one.lost, one.owing) == (5, 3, True)
    broken.mend()
    host.forward(1)
    asyncio.run(one.flush())
    found = [(sample.ts, sample.error) for sample in host.samples()]
    assert found == [(T0 + number * MINUTE, "" if number < 5 else GAP) for number in range(8)]
    assert (one.lost, one.owing) == (3, False)


def test_lost_samples_count_against_the_coverage(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_HELD", 5)
    one = Recorder(host, 1)
    away(host, one, 5, 5).mend()
    host.forward(1)
    asyncio.run(one.flush())
    seen = host.store.windows("o1", "availability", T0, T0 + 10 * MINUTE)
    assert (sum(minute.total for minute in seen.minutes), sum(minute.gaps for minute in seen.minutes)) == (5, 5)


def test_losing_samples_is_said_in_the_log(host: TestHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, then once a minute, with the number lost so far and the reason; and when it is over."""
    monkeypatch.setattr(recorder, "MOST_HELD", 2)
    one = Recorder(host, 1)
    with capture_logs() as said:
        broken = away(host, one, 2, 4)
        host.forward(60)
        fill(one, 1, start=6)
        broken.mend()
        asyncio.run(one.flush())
    losing = [line for line in said if line["event"] == "samples are being lost"]
    assert [(line["lost"], "the disk is full" in line["reason"]) for line in losing] == [(1, True), (5, True)]
    assert "the series takes samples again" in [line["event"] for line in said]


def test_two_contracts_on_one_series_do_not_disturb_each_other(host: TestHost, tmp_path: Path) -> None:
    first = Recorder(host, 7)
    fill(first, 1)
    asyncio.run(first.flush())
    host.folder = tmp_path / "other"
    second = Recorder(host, 1)
    fill(second, 1, start=1)
    asyncio.run(second.flush())
    assert (second.trouble, len(host.samples())) == ("", 2)

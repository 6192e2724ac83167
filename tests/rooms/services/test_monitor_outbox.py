"""The outbox: nothing is forgotten, nothing overtakes, and a lasting refusal does not stop the rest."""

from pathlib import Path

import pytest

from yunyue.journal.facts import IncidentClosed, IncidentOpened
from yunyue.services.monitor.outbox import STEPS_ASIDE, Outbox

OPENED = IncidentOpened(incident="o1/1", order="o1", severity=1, about="probe failed")
CLOSED = IncidentClosed(incident="o1/1")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path)


def test_a_report_is_there_until_it_is_told(outbox: Outbox) -> None:
    outbox.put("o1", OPENED, 5, 9)
    (report,) = outbox.due(10)
    assert (report.payload, report.at, report.noticed) == (OPENED, 5, 9)
    outbox.told(report)
    assert outbox.due(10) == ()


def test_it_survives_a_restart(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put("o1", OPENED, 5, 9)
    assert [one.payload for one in Outbox(tmp_path).due(10)] == [OPENED]


def test_the_same_report_twice_is_one(outbox: Outbox) -> None:
    outbox.put("o1", OPENED, 5, 9)
    outbox.put("o1", OPENED, 5, 10)
    assert len(outbox.waiting()) == 1


def test_the_end_is_not_told_before_the_beginning(outbox: Outbox) -> None:
    outbox.put("o1", OPENED, 5, 5)
    outbox.put("o1", CLOSED, 6, 6)
    (first,) = outbox.due(10)
    outbox.failed(first, 10, "busy")
    assert outbox.due(10) == ()
    assert [one.payload for one in outbox.due(10_000)] == [OPENED]


def test_another_instance_does_not_wait(outbox: Outbox) -> None:
    outbox.put("o1", OPENED, 5, 5)
    outbox.failed(outbox.due(10)[0], 10, "busy")
    outbox.put("o2", CLOSED, 6, 6)
    assert [one.instance for one in outbox.due(10)] == ["o2"]


def test_pauses_double_up_to_ten_minutes(outbox: Outbox) -> None:
    outbox.put("o1", OPENED, 0, 0)
    now, pauses = 0, []
    for _ in range(12):
        outbox.failed(outbox.due(now)[0], now, "busy")
        began = now
        while not outbox.due(now):
            now += 1_000
        pauses.append((now - began) // 1_000)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def test_what_is_refused_again_and_again_lets_the_others_pass_and_is_kept(outbox: Outbox) -> None:
    outbox.put("o1", OPENED, 0, 0)
    outbox.put("o1", CLOSED, 1, 1)
    for turn in range(STEPS_ASIDE):
        outbox.failed(outbox.due(turn * 700_000)[0], turn * 700_000, "no such order")
    assert [one.payload for one in outbox.due(10_000_000)] == [OPENED, CLOSED]
    assert outbox.waiting()[0].reason == "no such order"


def test_the_open_incident_is_that_of_the_newest_report(outbox: Outbox) -> None:
    assert outbox.open_incident("o1") is None
    outbox.put("o1", OPENED, 5, 5)
    assert outbox.open_incident("o1") == "o1/1"
    outbox.put("o1", CLOSED, 6, 6)
    assert outbox.open_incident("o1") == ""

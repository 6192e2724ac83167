"""Incidents with their timeline, their tickets and the facts that show the outage."""

from datetime import timedelta

from story import TERMS, end_of, tell
from yunyue.settlement.admission import Known
from yunyue.tickets.incidents import find, incidents

STORY = """
2024-04-11 contract.signed
2024-04-12 order.placed order=o1 item=os-set deliver_by=2024-05-01
2024-05-01T10:00 incident.opened incident=i1 order=o1 severity=1
2024-05-01T10:00 ticket.opened ticket=t1 severity=1 order=o1
2024-05-01T10:05 incident.noted incident=i1 stage=located
2024-05-01T10:06 incident.linked incident=i1 kind=ticket to=t1
2024-05-01T10:07 incident.linked incident=i1 kind=fact to=f1
2024-05-01T11:00 incident.closed incident=i1
2024-05-02T10:00 incident.opened incident=i2 order=o1 severity=3
"""
KNOWN = Known.of(TERMS, tell(STORY).facts)


def test_the_timeline_goes_from_the_beginning_to_the_end() -> None:
    found = find(KNOWN, "i1")
    assert found is not None
    assert [one.type for one in found.timeline] == [
        "incident.opened",
        "incident.noted",
        "incident.linked",
        "incident.linked",
        "incident.closed",
    ]
    assert (found.tickets, found.facts) == (("t1",), ("f1",))


def test_an_incident_lasts_to_its_end_or_to_now() -> None:
    over, lasting = find(KNOWN, "i1"), find(KNOWN, "i2")
    assert over is not None
    assert lasting is not None
    assert over.lasted(end_of("2024-06-01")) == timedelta(hours=1)
    assert lasting.lasted(lasting.opened.time + timedelta(days=2)) == timedelta(days=2)


def test_those_that_last_come_first() -> None:
    assert [one.id for one in incidents(KNOWN)] == ["i2", "i1"]
    assert find(KNOWN, "i9") is None

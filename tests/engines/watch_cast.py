"""A watched target with a past: days of samples with outages, probe points, a page visit, findings, alerts."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import contract_year
from contract_year import CONTRACT, RECORDER
from PIL import Image

from yunyue.answer import Refused
from yunyue.catalog import GAP, Sample
from yunyue.doors.office import Office
from yunyue.journal.facts import ExclusionApproved, ExclusionRequested, FindingRaised, IncidentClosed, IncidentOpened
from yunyue.kernel import Happening, Recorder
from yunyue.kernel.measure import seal
from yunyue.services.monitor.alerts.ledger import Ledger, Notice
from yunyue.services.monitor.content.findings import Seen, Sightings
from yunyue.services.monitor.pages import waterfall
from yunyue.services.monitor.pages.visits import Visit, Visits
from yunyue.services.monitor.pages.waterfall import Load, Waterfall
from yunyue.services.monitor.points.register import Heard, Points
from yunyue.sla.span import milliseconds

MINUTE = 60_000
DAYS = 4
ORDER = "order-1"
OUTAGE_MINUTES = 17


def host_folder(office: Office) -> Path:
    """Where monitoring keeps its own state."""
    return Path(office.hosting.host(CONTRACT, "monitor").folder)


def moment(office: Office, days: int = 0, minutes: int = 0) -> int:
    """So long ago (ms), on a whole minute."""
    return milliseconds(office.clock.now() - timedelta(days=days, minutes=minutes)) // MINUTE * MINUTE


def watched(office: Office) -> None:
    """Everything monitoring's pages show, once."""
    _samples(office)
    _facts(office)
    _content(office)
    _alerts(office)


def _samples(office: Office) -> None:
    """A probe a minute from the platform and from a point; each second day an outage, each third a gap."""
    start = moment(office, DAYS)
    verdict, point = [], []
    for number in range(DAYS * 1440):
        at, down = start + number * MINUTE, number % 2880 < OUTAGE_MINUTES
        error = "reset" if down else GAP if number % 4320 == 900 else ""
        verdict.append(Sample(ORDER, "availability", at, not error, error, 20_000 + number % 97 * 300))
        if number >= (DAYS - 1) * 1440:
            seen = "" if number % 5 else error
            point.append(Sample(ORDER, "availability@haidian", at, not seen, seen, 31_000))
    series = office.hosting.series
    assert series.append(verdict, "watch-verdict", 1, 0) == len(verdict)
    assert series.append(point, "watch-point", 1, 0) == len(point)
    seal(office.hosting, force=True)


def _facts(office: Office) -> None:
    now = office.clock.now()
    began = now - timedelta(hours=30)
    span = {"start": began, "end": began + timedelta(hours=1)}
    asked = ExclusionRequested(
        exclusion="x-1",
        objective=contract_year.OBJECTIVE,
        ground="maintenance",
        reason="upgrade of the balancer",
        **span,
    )
    said = [
        Happening(IncidentOpened(incident="i-1", order=ORDER, severity=1, about="probe failed: reset"), began, "w-i1"),
        Happening(IncidentClosed(incident="i-1"), began + timedelta(minutes=17), "w-i2"),
        Happening(
            IncidentOpened(incident="i-2", order=ORDER, severity=2, about="slow"), now - timedelta(minutes=9), "w-i3"
        ),
        Happening(asked, began - timedelta(days=1), "w-x1"),
    ]
    assert not isinstance(office.kernel.record(CONTRACT, said, RECORDER), Refused)
    approved = Happening(ExclusionApproved(exclusion="x-1"), now, "w-x2")
    office.kernel.record(CONTRACT, [approved], Recorder("user:900002", "/tests"))


def _content(office: Office) -> None:
    folder = host_folder(office)
    visits = Visits(folder)
    first = Load(
        url="https://www.example.gov.cn/",
        kind="document",
        status=200,
        dns=3_000,
        connect=9_000,
        tls=22_000,
        wait=41_000,
        receive=6_000,
        size=18_000,
    )
    sheet = Load(url="https://www.example.gov.cn/site.css", kind="stylesheet", status=200, start=82_000, wait=17_000)
    denied = Load(url="https://tracker.example/x.js", kind="script", status=0, start=84_000, error="denied")
    loads = (first, sheet, denied)
    seen = Waterfall(
        url="https://www.example.gov.cn/", landed="https://www.example.gov.cn/", title="示例", status=200,
        parsed=120_000, loaded=210_000, size=108_000, requests=3, loads=loads,
    )  # fmt: skip
    image = BytesIO()
    Image.new("RGB", (320, 180), (240, 240, 255)).save(image, "PNG")
    digests = [visits.objects.put(one) for one in (waterfall.write(seen), image.getvalue())]
    at = moment(office, minutes=3)
    visits.add(Visit(ORDER, at, "", "", 210_000, 3, 108_000, str(digests[0]), str(digests[1]), ""))
    found = (
        Seen("words", "casino", "the page holds a word on the list"),
        Seen("mixed", "http://x", "a picture over http"),
    )
    seen_first = Sightings(folder).looked(ORDER, ("words", "mixed"), found, at, ())
    raised = [FindingRaised(finding=o.id, order=ORDER, check=o.check, about=o.about, evidence=()) for o in seen_first]
    said = [Happening(one, office.clock.now(), f"raised-{one.finding}") for one in raised]
    assert not isinstance(office.kernel.record(CONTRACT, said, RECORDER), Refused)


def _alerts(office: Office) -> None:
    ledger = Ledger(host_folder(office))
    at = moment(office, minutes=9)
    notice = Notice("portal-down", ORDER, "firing", 1, "3 of the last 5 attempts failed", at)
    ledger.note([("duty", notice), ("mail", notice)])
    points = Points(host_folder(office))
    points.enrol("haidian", "海淀机房", at)
    points.hear("haidian", Heard(-1_500, 12, 0, 0, "1.0"), moment(office))

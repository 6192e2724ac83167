"""What becomes of page visits: kept, compared with what two people approved, raised once, told to the kernel."""

import asyncio
import io
import sqlite3
from pathlib import Path

import pytest
from PIL import Image
from services_cast import START, T0, TestHost
from test_monitor_content import Spec, sight

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import BaselineSet, FindingJudged, FindingRaised, Payload
from yunyue.services.monitor.content.findings import findings
from yunyue.services.monitor.content.look import KEPT_DAYS, Looker
from yunyue.services.monitor.instances import Instance
from yunyue.services.monitor.outbox import Outbox
from yunyue.services.monitor.outcome import Outcome
from yunyue.services.monitor.pages.sight import Sight
from yunyue.services.monitor.pages.visits import Visits
from yunyue.services.monitor.parameters import Probe

DAY = 86_400_000
BODY: tuple[Spec, ...] = ((1, "html", {}), (2, "body", {}), (3, "p", {}), (4, "#text", "欢迎"))
BAD: tuple[Spec, ...] = (*BODY, (3, "script", {"src": "https://evil.example/x.js"}), (3, "#text", "赌博"))


def coloured(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(out, "PNG")
    return out.getvalue()


class Desk:
    """A Looker over a host, to which visits are handed."""

    def __init__(self, folder: Path, **asked: object) -> None:
        self.host = TestHost(folder)
        self.outbox = Outbox(self.host.folder)
        self.visits = Visits(self.host.folder)
        self.looker = Looker(self.host, self.outbox)
        values: dict[str, object] = {
            "kind": "page",
            "target": "http://localhost:9/",
            "forbidden_words": "赌博",
            **asked,
        }
        self.instance = Instance(
            order="o1",
            tenant="bureau",
            probe=Probe(**values),  # type: ignore[arg-type] # fields by name
            state="running",
            made=T0,
            since=T0,
        )

    def visit(self, *nodes: Spec, at: int = T0, colour: str = "white", error: str = "") -> None:
        seen = sight(*nodes, url="http://localhost:9/")
        brought = Sight(seen.waterfall, coloured(colour), seen.nodes)

        async def take() -> None:
            await self.looker.take(self.instance, at, Outcome(error, 5, brought))  # type: ignore[arg-type] # by name
            await self.looker.settle()

        asyncio.run(take())

    def say(self, said: Payload, seconds: int = 0) -> None:
        del seconds
        number = len(self.host.facts)
        fact = Fact(id=f"f{number}", source="/console", time=START, subject="c", actor="client:li", data=said)
        self.host.facts.append(fact)

    def approve(self) -> None:
        newest = self.visits.of("o1")[0]
        self.say(BaselineSet(order="o1", structure=newest.structure, picture=newest.picture))

    @property
    def told(self) -> list[FindingRaised]:
        return [one.payload for one in self.outbox.waiting() if isinstance(one.payload, FindingRaised)]

    @property
    def open(self) -> set[str]:
        return {one.check for one in findings(self.host) if one.open}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, structure_permille=100, picture_permille=100)


def test_a_visit_is_kept_with_its_objects(desk: Desk) -> None:
    desk.visit(*BODY)
    (kept,) = desk.visits.of("o1")
    assert desk.visits.picture(kept) == coloured("white")
    assert kept.structure


def test_a_failed_visit_is_kept_and_judged_by_no_check(desk: Desk) -> None:
    desk.visit(*BAD, error="status")
    assert desk.visits.of("o1")[0].error == "status"
    assert findings(desk.host) == ()


def test_what_is_found_is_told_once_with_its_evidence(desk: Desk) -> None:
    desk.visit(*BAD)
    desk.visit(*BAD, at=T0 + 60_000)
    (raised,) = desk.told
    first = desk.visits.at("o1", T0)
    assert first is not None
    assert raised.check == "words"
    assert set(raised.evidence) == {first.picture, first.waterfall, first.structure}


def test_without_a_baseline_nothing_is_compared(desk: Desk) -> None:
    desk.visit(*BODY)
    desk.visit(*BODY, (3, "script", {}), colour="black", at=T0 + 1)
    assert desk.open == set()


def test_a_page_other_than_approved_is_found_by_structure_and_by_sight(desk: Desk) -> None:
    desk.visit(*BODY)
    desk.approve()
    desk.visit(*BODY, at=T0 + 1)
    assert desk.open == set()
    desk.visit(*BODY, (3, "iframe", {"src": "https://evil.example"}), colour="black", at=T0 + 2)
    assert desk.open == {"structure", "picture"}
    subjects = {one.about for one in findings(desk.host)}
    assert "the baseline has no iframe https://evil.example" in subjects
    assert "1000 ‰ of the picture differ from the baseline" in subjects


def test_a_page_put_right_again_is_fixed(desk: Desk) -> None:
    desk.visit(*BODY)
    desk.approve()
    desk.visit(*BAD, colour="black", at=T0 + 2)
    desk.visit(*BODY, at=T0 + 3)
    assert desk.open == set()
    assert {one.state for one in findings(desk.host)} == {"fixed"}


def test_a_page_that_could_not_be_looked_at_is_not_put_right(desk: Desk) -> None:
    """One that swells until nothing of it can be told would otherwise lose its dark words that way."""
    desk.visit(*BAD)
    desk.visit(at=T0 + 1)
    assert desk.open == {"words"}


def test_a_new_baseline_takes_the_olds_place(desk: Desk) -> None:
    desk.visit(*BODY)
    desk.approve()
    desk.visit(*BODY, (3, "iframe", {"src": "https://a.example"}), colour="black", at=T0 + 2)
    desk.approve()
    desk.visit(*BODY, (3, "iframe", {"src": "https://a.example"}), colour="black", at=T0 + 3)
    assert desk.open == set()


def test_a_mistake_that_goes_and_comes_back_is_not_told_again(desk: Desk) -> None:
    desk.visit(*BAD)
    (one,) = findings(desk.host)
    desk.say(FindingJudged(finding=one.id, state="false_positive", reason="a news report"))
    desk.visit(*BODY, at=T0 + 1)
    desk.visit(*BAD, at=T0 + 2)
    assert len(desk.told) == 1


def test_old_visits_go_and_evidence_stays(desk: Desk) -> None:
    desk.visit(*BAD)
    desk.visit(*BODY, at=T0 + 1, colour="blue")
    plain = desk.visits.of("o1")[0]
    desk.visit(*BODY, at=T0 + (KEPT_DAYS + 2) * DAY)
    (left,) = desk.visits.of("o1")
    assert left.at > T0 + DAY
    assert desk.visits.objects.get(plain.picture) != coloured("blue")
    (raised,) = desk.told
    assert all(isinstance(desk.visits.objects.get(one), bytes) for one in raised.evidence)


def test_checks_that_ask_others_are_made_once_a_day_and_a_silent_registry_stops_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, domain_days=30, registry="127.0.0.1:1", link_checks=5)
    links: tuple[Spec, ...] = (*BODY, (3, "a", {"href": "/gone"}))
    desk.visit(*links)
    assert desk.open == {"broken_link"}, "nobody listens at port 9, so the link leads nowhere"
    desk.visit(*BODY, at=T0 + 60_000)
    assert desk.open == {"broken_link"}, "a day has not passed"
    desk.visit(*BODY, at=T0 + DAY)
    assert desk.open == set()


def test_a_full_disk_loses_the_visit_and_nothing_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Visits, "add", full)
    with pytest.raises(sqlite3.OperationalError):
        desk.visit(*BODY)

"""Members of an acceptance with their opinions; the archive with retention, holds, and the end of a document."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import contract_year
import pytest
from hypothesis import given
from hypothesis import strategies as st

from story import TERMS, tell
from yunyue.acceptance.archive import archive, standing_holds, sweep
from yunyue.acceptance.panels import panel
from yunyue.acceptance.scores import Row, draft, sheets, templates
from yunyue.answer import Refused
from yunyue.host.clock import VirtualClock
from yunyue.host.settings import Settings
from yunyue.journal.facts import Criterion, DocumentDestroyed, HoldPlaced, PaperSealed, ScoreGiven, ScoreTemplateSet
from yunyue.kernel import Happening, Kernel, Recorder
from yunyue.settlement.admission import Known
from yunyue.settlement.retention import later

CONTRACT = contract_year.CONTRACT
WHO = Recorder("user:1", "/tests")
CONVENED = "2024-05-02 acceptance.convened milestone=midterm members=m1,m2\n"
ALL: dict[str, object] = {"score": "s1", "month": "2024-05", "service": None}


def known(text: str) -> Known:
    return Known.of(TERMS, tell(text).facts)


def test_every_member_stands_with_their_last_opinion() -> None:
    told = f"""{CONVENED}2024-05-03 acceptance.opined milestone=midterm member=m1 view=disagrees
    2024-05-04 acceptance.opined milestone=midterm member=m1 view=agrees"""
    seats = panel(known(told), "midterm")
    assert [(one.member, getattr(one.opinion and one.opinion.data, "view", None)) for one in seats] == [
        ("m1", "agrees"),
        ("m2", None),
    ]
    assert panel(known(told), "final") == ()


def test_an_opinion_on_the_first_acceptance_is_none_on_the_second() -> None:
    told = f"""{CONVENED}2024-05-03 acceptance.opined milestone=midterm member=m1 view=disagrees
    2024-06-01 acceptance.convened milestone=midterm members=m1"""
    assert panel(known(told), "midterm")[0].opinion is None


def test_documents_stand_with_what_names_them_until_when_and_under_which_hold() -> None:
    digest = "sha256:" + "cd" * 32
    told = f"""2024-05-02 paper.sealed paper=work-plan document={digest}
    2024-05-03 annex.attached annex=1 document={digest}
    2024-05-04 hold.placed hold=h1 covers=papers
    2024-05-05 hold.placed hold=h2 covers=logs
    2024-06-01 hold.lifted hold=h1"""
    (found,) = archive(known(told), date(2025, 1, 1))
    assert ([one.type for one in found.facts], found.papers) == (["paper.sealed", "annex.attached"], ("work-plan",))
    assert (found.kept.until, found.kept.holds) == (date(2039, 12, 31), ())
    assert [one.hold for one in standing_holds(known(told))] == ["h2"]
    assert (found.state(date(2039, 12, 31)), found.state(date(2040, 1, 1))) == ("kept", "destroyable")


def test_papers_are_kept_from_the_day_force_majeure_let_the_contract_end() -> None:
    told = f"""2024-05-02 paper.sealed paper=work-plan document=sha256:{"cd" * 32}
    2024-07-01 majeure.began event=flood
    2024-07-11 majeure.ended event=flood"""
    (found,) = archive(known(told), date(2025, 1, 1))
    assert found.kept.until == date(2040, 1, 10)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = contract_year.tell(Settings(home=tmp_path))
    yield kernel
    kernel.close()


def test_what_two_agreed_to_destroy_after_its_time_is_removed_and_its_facts_stay(kernel: Kernel) -> None:
    digest = kernel.objects.put(b"%PDF-1.7 sealed")
    assert isinstance(digest, str)
    sealed = PaperSealed(paper="work-plan", subject=None, document=digest)
    assert not isinstance(kernel.record(CONTRACT, [Happening(sealed, kernel.clock.now())], WHO), Refused)
    assert sweep(kernel, CONTRACT) == 0
    assert isinstance(kernel.clock, VirtualClock)
    kernel.clock.move(timedelta(days=365 * 17))
    gone = DocumentDestroyed(digest=digest, reason="its time is over")
    assert not isinstance(kernel.record(CONTRACT, [Happening(gone, kernel.clock.now())], WHO), Refused)
    assert isinstance(kernel.objects.get(digest), bytes)
    assert sweep(kernel, CONTRACT) == 1
    assert isinstance(kernel.objects.get(digest), Refused)
    assert sweep(kernel, CONTRACT) == 0
    found = kernel.known(CONTRACT)
    assert isinstance(found, Known)
    assert next(one for one in archive(found, kernel.clock.now().date()) if one.digest == digest).destroyed


@pytest.mark.parametrize("again", [HoldPlaced(hold="h-9", covers="everything", reason="court"), None])
def test_what_a_hold_or_another_fact_keeps_again_is_not_removed(kernel: Kernel, again: HoldPlaced | None) -> None:
    digest = kernel.objects.put(b"%PDF-1.7 sealed")
    assert isinstance(digest, str)
    sealed = PaperSealed(paper="work-plan", subject=None, document=digest)
    assert isinstance(kernel.clock, VirtualClock)
    for said, days in ((sealed, 365 * 17), (DocumentDestroyed(digest=digest, reason="its time is over"), 1)):
        assert not isinstance(kernel.record(CONTRACT, [Happening(said, kernel.clock.now())], WHO), Refused)
        kernel.clock.move(timedelta(days=days))
    assert not isinstance(kernel.record(CONTRACT, [Happening(again or sealed, kernel.clock.now())], WHO), Refused)
    assert sweep(kernel, CONTRACT) == 0
    assert isinstance(kernel.objects.get(digest), bytes)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-31", 180, "2039-12-31"),
        ("2024-05-15", 6, "2024-11-15"),
    ],
)
def test_calendar_months_end_on_the_same_day_or_the_last(day: str, months: int, wanted: str) -> None:
    assert later(date.fromisoformat(day), months) == date.fromisoformat(wanted)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 400), st.integers(0, 400))
def test_later_months_never_end_earlier(day: date, few: int, more: int) -> None:
    assert later(day, few) <= later(day, few + more)


TWENTY = Decimal(20)
TEMPLATE = ScoreTemplateSet(
    template="monthly",
    pattern="outages",
    title="Monthly",
    criteria=(Criterion("down", "Outages", TWENTY, Decimal(5)), Criterion("late", "Reports", Decimal(10), Decimal(1))),
)


def test_a_sheet_is_priced_by_its_template_never_above_what_a_criterion_costs() -> None:
    drafted = draft(TEMPLATE, [Row("7", "", "f1"), Row("", "", "")], ALL)
    assert isinstance(drafted, ScoreGiven), drafted
    assert (str(drafted.points), str(drafted.deductions[0].points)) == ("80", "20")


@pytest.mark.parametrize("row", [Row("many", "", "f1"), Row("1", "", ""), Row("1", "x", "f1"), Row("", "9", " , ")])
def test_a_row_that_says_no_count_no_points_or_no_evidence_is_refused(row: Row) -> None:
    assert isinstance(draft(TEMPLATE, [row, Row("", "", "")], ALL), Refused)


def test_a_sheet_keeps_the_template_it_was_scored_by() -> None:
    criteria = '[{"code":"down","title":"A","most":"20","each":"5"}]'
    lost = f'[{{"criterion":"down","count":1,"points":"5","evidence":["sha256:{"ab" * 32}"]}}]'
    told = f"""2024-05-02 score.template.set template=t pattern=outages title=First criteria='{criteria}'
    2024-05-03 score.given score=s1 template=t month=2024-04 points=95 deductions='{lost}'
    2024-05-04 score.template.set template=t pattern=outages title=Second criteria='{criteria}'"""
    (sheet,) = sheets(known(told))
    assert (sheet.template.title, str(sheet.lost)) == ("First", "5")
    assert [one.title for one in templates(known(told))] == ["Second"]

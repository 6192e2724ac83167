"""Rework on paper: no notice without a time, no review before a report."""

import pytest
from paper_kinds import built, refused
from paper_year import QUALITY, SIGNED, source_of, year
from rendered import fields, said, tables

ORDERED = [one for one in QUALITY if one[1].startswith("rect-1")]
BLANK = source_of(SIGNED, "2024-06-05")


def test_the_notice_takes_fault_and_deadline_from_the_recorded_order() -> None:
    paper = built("rectification-notice", year(), notice="r-1")
    assert fields(paper)["整改期限"] == "2024-06-20"
    assert "监测告警延迟超过一分钟" in said(paper)
    assert "请于 2024年6月20日 前完成整改" in said(paper)[0]
    assert [one.id for one in paper.proof.facts] == ["rect-1"]


def test_the_recorded_order_wins_over_what_is_given() -> None:
    paper = built("rectification-notice", year(), notice="r-1", about="另一事项", deadline="2030-01-01")
    assert fields(paper)["整改期限"] == "2024-06-20"
    assert "另一事项" not in said(paper)


def test_a_draft_is_made_before_anything_is_recorded() -> None:
    paper = built("rectification-notice", BLANK, notice="r-9", about="日志缺失", deadline="2024-06-15")
    assert fields(paper)["整改期限"] == "2024-06-15"
    assert paper.proof.facts == ()


def test_a_notice_without_a_time_is_refused() -> None:
    found = refused("rectification-notice", BLANK, notice="r-9", about="日志缺失")
    assert (found.field, found.clause) == ("deadline", "C13")
    assert "A14" in found.reason


@pytest.mark.parametrize("deadline", ["soon", "2024-13-01", "20 June", "2024-6-1"])
def test_a_time_that_is_no_day_is_refused(deadline: str) -> None:
    assert refused("rectification-notice", BLANK, notice="r-9", about="x", deadline=deadline).field == "deadline"


def test_a_time_that_has_passed_is_refused() -> None:
    assert refused("rectification-notice", BLANK, notice="r-9", about="x", deadline="2024-06-04").field == "deadline"


def test_a_notice_without_a_fault_is_refused() -> None:
    assert refused("rectification-notice", BLANK, notice="r-9", deadline="2024-06-15").field == "about"


@pytest.mark.parametrize("code", ["rectification-report", "rectification-review"])
def test_rework_nobody_ordered_is_refused(code: str) -> None:
    assert refused(code, year(), notice="ghost").reason == "no rectification 'ghost' was ordered"


def test_the_report_shows_deadline_and_state() -> None:
    late = [*SIGNED, ORDERED[0], ("2024-06-25", "rep", "rectification.reported", {"notice": "r-1"})]
    written = fields(built("rectification-report", source_of(late, "2024-06-26"), notice="r-1"))
    assert (written["整改期限"], written["完成日期"], written["状态"]) == ("2024-06-20", "2024-06-25", "逾期履行")


def test_a_review_before_the_report_is_refused() -> None:
    found = refused("rectification-review", source_of([*SIGNED, ORDERED[0]], "2024-06-12"), notice="r-1")
    assert "nothing was reported" in found.reason


def test_a_review_not_recorded_yet_leaves_the_boxes_empty() -> None:
    paper = built("rectification-review", source_of([*SIGNED, *ORDERED[:2]], "2024-06-18"), notice="r-1")
    assert (fields(paper)["合格"], fields(paper)["不合格"]) == ("□", "□")


@pytest.mark.parametrize(("result", "boxes"), [("passed", ("■", "□")), ("failed", ("□", "■"))])
def test_a_recorded_review_is_ticked(result: str, boxes: tuple[str, str]) -> None:
    reviewed = ("2024-06-19", "rev", "rectification.reviewed", {"notice": "r-1", "result": result})
    paper = built("rectification-review", source_of([*SIGNED, *ORDERED[:2], reviewed], "2024-06-20"), notice="r-1")
    assert (fields(paper)["合格"], fields(paper)["不合格"]) == boxes


def test_a_new_report_after_a_failed_review_is_reviewed_anew() -> None:
    failed = ("2024-06-19", "rev", "rectification.reviewed", {"notice": "r-1", "result": "failed"})
    again = ("2024-06-20", "rep-2", "rectification.reported", {"notice": "r-1"})
    paper = built("rectification-review", source_of([*SIGNED, *ORDERED[:2], failed, again], "2024-06-20"), notice="r-1")
    assert (fields(paper)["合格"], fields(paper)["不合格"]) == ("□", "□")


def test_what_happened_stands_in_order_with_its_facts() -> None:
    rows = tables(built("rectification-review", year(), notice="r-1"))[-1]
    assert [row[0] for row in rows] == ["整改通知", "整改报告", "整改复核"]
    assert [row[1] for row in rows] == ["2024-06-10", "2024-06-18", "2024-06-19"]

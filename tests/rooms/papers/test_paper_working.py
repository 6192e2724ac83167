"""The work plan, special reports, change and cancellation sheets, score sheets: what they say, what they refuse."""

import pytest
from paper_kinds import built, refused
from paper_work import worked
from paper_year import SIGNED, source_of, year
from rendered import fields, said, tables


def test_a_change_sheet_tells_each_change_from_what_to_what_and_who_agreed() -> None:
    paper = built("change-sheet", worked(), order="os-1")
    rows = tables(paper)[0]
    assert [row[1] for row in rows] == ["1 → 3", "3 → 4"]
    assert rows[0][2] == "2024-05-01 → 2024-05-10"
    assert [row[5] for row in rows] == ["2024-04-15", "待批准"]
    assert fields(paper)["现数量"] == "3"
    assert {one.id for one in paper.proof.facts} == {"ord-1", "chg-1", "chg-1a", "chg-2"}


def test_an_order_nobody_changed_has_no_change_sheet() -> None:
    assert "nobody asked" in refused("change-sheet", worked(), order="mon-1").reason
    assert refused("change-sheet", worked(), order="os-9").clause == "C37"


def test_a_cancellation_sheet_tells_when_and_why_and_leaves_room_before_it_happened() -> None:
    written = fields(built("cancellation-sheet", worked(), order="os-1"))
    assert (written["退订日"], written["资源回收日"], written["事由"]) == ("2024-10-01", "2024-10-01", "机房搬迁")
    empty = fields(built("cancellation-sheet", worked(), order="mon-1"))
    assert (empty["退订日"], empty["事由"]) == ("—", "")
    assert refused("cancellation-sheet", worked(), order="os-9").field == "order"


def test_a_score_sheet_tells_every_criterion_with_its_evidence_and_the_result() -> None:
    paper = built("score-sheet", worked(), score="s-1")
    rows = tables(paper)[0]
    assert [row[:4] for row in rows] == [("服务中断", "20", "1", "5"), ("报告迟交", "10", "—", "0")]
    assert rows[0][4].startswith("inc-1 (")
    assert (fields(paper)["得分"], fields(paper)["扣分合计"]) == ("95", "5")
    assert {one.id for one in paper.proof.facts} == {"sco-1", "tpl-1", "inc-1"}


def test_a_sheet_nobody_gave_is_refused() -> None:
    assert refused("score-sheet", worked(), score="s-9").clause == "C18"


def test_the_incident_report_tells_the_timeline_and_the_linked_tickets() -> None:
    paper = built("incident-report", worked(), incident="i-1")
    assert tables(paper)[0] == [("2024-05-14 09:10", "定位", "机房市电中断")]
    assert "关联工单与事实：t-1。" in said(paper)
    assert {"inc-1n", "inc-1l"} <= {one.id for one in paper.proof.facts}


def test_the_work_plan_tells_deliveries_people_and_every_month() -> None:
    plan = tables(built("work-plan", year()))
    assert [row[0] for row in plan[0]] == ["os-1", "mon-1"]
    assert ("p-01", "服务经理", "2024-04-11") in plan[2]
    assert len(plan[3]) == 9


def test_a_special_report_is_of_one_service_in_one_month() -> None:
    paper = built("service-report", worked(), service="monitor", month="2024-05")
    judged, _usage, incidents, tickets = tables(paper)
    assert len(judged) == 1
    assert incidents[0][0] == "i-1"
    assert tickets[0][3] == "未解决"
    assert tables(built("service-report", worked(), service="os", month="2024-04"))[0] == []


@pytest.mark.parametrize(
    ("service", "month", "clause"),
    [("mail", "2024-05", "C37"), ("monitor", "2023-05", "C01"), ("scan", "2024-05", "C37")],
)
def test_a_special_report_of_nothing_is_refused(service: str, month: str, clause: str) -> None:
    assert refused("service-report", worked(), service=service, month=month).clause == clause


def test_before_anything_was_ordered_the_plan_has_empty_tables() -> None:
    assert tables(built("work-plan", source_of(SIGNED, "2024-04-11")))[0] == []

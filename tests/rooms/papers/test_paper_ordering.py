"""Order sheets, incident reports and minutes say what is on record and leave room for the rest."""

import pytest
from paper_kinds import built, refused
from paper_year import DELIVERY, SIGNED, YEAR, source_of, year
from rendered import fields, said, tables


def test_an_order_stands_with_item_quantity_price_and_day() -> None:
    written = fields(built("order-sheet", year(), order="os-1"))
    assert written["服务"] == "商用操作系统套餐"
    assert (written["数量"], written["单价（元）"], written["约定交付日"]) == ("1 套·月", "197.00", "2024-05-01")
    assert written["使用部门代号"] == "t1"


def test_what_happened_to_the_order_stands_in_order_with_who_recorded_it() -> None:
    paper = built("order-sheet", year(), order="os-1")
    assert [row[:3] for row in tables(paper)[0]] == [
        ("下单", "2024-04-12", "client"),
        ("订单批准", "2024-04-13", "approver"),
        ("服务交付", "2024-05-11", "client"),
    ]
    assert [one.id for one in paper.proof.facts] == ["ord-1", "ord-1a", "del-1"]


def test_a_cancelled_order_says_so() -> None:
    cancelled = ("2024-04-20", "can", "order.cancelled", {"order": "os-1", "reason": "重复下单"})
    told = (*SIGNED, *(one for one in DELIVERY if one[1] != "del-1"), cancelled)
    rows = tables(built("order-sheet", source_of(told, "2024-04-30"), order="os-1"))[0]
    assert rows[-1][:2] == ("订单取消", "2024-04-20")


def test_other_orders_are_not_on_the_sheet() -> None:
    assert "del-2" not in {one.id for one in built("order-sheet", year(), order="os-1").proof.facts}


def test_prices_of_the_sample_list_mark_the_sheet() -> None:
    assert built("order-sheet", year(), order="os-1").sample


def test_an_order_nobody_placed_is_refused() -> None:
    assert refused("order-sheet", year(), order="os-9").clause == "C37"


def test_an_incident_stands_with_severity_times_and_length() -> None:
    written = fields(built("incident-report", year(), incident="i-1"))
    assert written["级别"] == "一级（中断）"
    assert (written["发生时间"], written["历时"]) == ("2024-05-14 09:05（北京时间）", "661 分钟")


def test_an_incident_that_is_not_over_has_no_length() -> None:
    told = [one for one in YEAR if one[1] != "inc-1c"]
    written = fields(built("incident-report", source_of(told, "2024-05-20"), incident="i-1"))
    assert (written["恢复时间"], written["历时"]) == ("未恢复", "—")


def test_an_incident_nobody_opened_is_refused() -> None:
    assert refused("incident-report", year(), incident="i-9").field == "incident"


@pytest.mark.parametrize(("as_of", "count"), [("2024-06-30", 1), ("2024-10-15", 0)])
def test_the_minutes_bring_the_open_questions_to_the_table(as_of: str, count: int) -> None:
    source = year(as_of)
    rows = tables(built("minutes", source, topic="例会"))[1]
    assert [row[2] for row in rows] == [one.text.zh for one in source.statement.questions]
    assert len(rows) == count


def test_the_topic_is_printed() -> None:
    assert "例会" in said(built("minutes", year(), topic="例会"))

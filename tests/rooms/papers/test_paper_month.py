"""The monthly report says what was measured, what was excluded and why, and never makes up what was not measured."""

import pytest
from paper_kinds import built, refused
from paper_year import DELIVERY, QUALITY, SIGNED, YEAR, source_of, year
from rendered import fields, said, tables

from yunyue.papers.paper import Paper

VERDICTS, WINDOWS, INCIDENTS, EXCLUSIONS, USAGE, LINES = 1, 2, 3, 4, 5, 6
"""Tables by their place on the report; the orders come first."""


def report(month: str = "2024-05", as_of: str = "2024-10-15") -> Paper:
    """The report of a month."""
    return built("monthly-report", year(as_of), month=month)


def verdict(paper: Paper, title: str) -> tuple[str, ...]:
    """The row of an objective."""
    return next(row for row in tables(paper)[VERDICTS] if row[1].startswith(title))


def test_the_recorded_verdict_stands_with_measure_target_and_result() -> None:
    row = verdict(report(), "被监测目标可用性")
    assert row[2:7] == ("M1", "99.9%", "98.519%", "未达标", "44640 / 0")
    assert row[7] == f"ver-2024-05 ({year().leaf('ver-2024-05')[:8]})"


def test_a_month_that_reached_its_target_says_so() -> None:
    assert verdict(report("2024-06"), "被监测目标可用性")[5] == "达标"


def test_what_was_not_measured_is_without_evidence_and_has_no_figure() -> None:
    row = verdict(report(), "拨测覆盖率")
    assert (row[4], row[5]) == ("—", "无样本")


def test_a_month_that_is_not_over_has_no_verdict() -> None:
    assert verdict(report("2024-06", "2024-06-20"), "被监测目标可用性")[5] == "未满月"


def test_a_verdict_nobody_recorded_yet_is_shown_as_not_recorded() -> None:
    told = [one for one in YEAR if one[1] not in ("ver-2024-05", "ver-2024-06")]
    row = verdict(built("monthly-report", source_of(told, "2024-10-15"), month="2024-05"), "被监测目标可用性")
    assert (row[4], row[5], row[7]) == ("98.519265%", "待记录", "—")


def test_services_without_an_order_are_left_out_and_counted() -> None:
    assert len(tables(report())[VERDICTS]) == 6
    assert "其余 14 项指标所属服务尚无订单，不列。" in said(report())


def test_the_windows_stand_with_counts_minutes_and_segments() -> None:
    assert tables(report())[WINDOWS] == [
        (
            "mon-1 被监测目标可用性(HTTP 拨测)",
            "2024-05-01 00:00 至 2024-06-01 00:00",
            "44,640",
            "43,000",
            "661",
            "1",
            f"win-2024-05 ({year().leaf('win-2024-05')[:8]})",
        )
    ]


def test_an_incident_stands_with_its_length_in_minutes() -> None:
    row = tables(report())[INCIDENTS][0]
    assert row == ("i-1 mon-1", "1", "2024-05-14 09:05", "2024-05-14 20:06", "661", "探测节点机房断电，探测中断")


def test_an_incident_that_is_not_over_says_so() -> None:
    told = [one for one in YEAR if one[1] != "inc-1c"]
    row = tables(built("monthly-report", source_of(told, "2024-05-20"), month="2024-05"))[INCIDENTS][0]
    assert row[3:5] == ("未恢复", "—")


def test_an_incident_of_another_month_is_not_listed() -> None:
    assert tables(report("2024-06"))[INCIDENTS] == []


def test_an_incident_that_lasted_into_the_month_is_listed() -> None:
    told = [one for one in YEAR if one[1] != "inc-1c"]
    made = built("monthly-report", source_of(told, "2024-06-20"), month="2024-06")
    assert [row[0] for row in tables(made)[INCIDENTS]] == ["i-1 mon-1"]


def test_a_request_nobody_approved_excludes_nothing() -> None:
    assert tables(report())[EXCLUSIONS][0][4].startswith("不剔除")


def test_a_request_another_person_approved_excludes() -> None:
    approved = ("2024-05-16", "exc-1a", "exclusion.approved", {"exclusion": "x-1"})
    paper = built("monthly-report", source_of([*YEAR, approved], "2024-10-15"), month="2024-05")
    row = tables(paper)[EXCLUSIONS][0]
    assert row[1:] == ("2024-05-14 09:00 至 2024-05-14 10:00", "计划维护", "计划内割接", "已剔除")
    assert "exc-1a" in {one.id for one in paper.proof.facts}


def test_usage_and_compensation_of_the_month_are_listed() -> None:
    assert tables(report())[USAGE][0][:3] == ("mon-1", "monitor.probe-10k", "4.464")
    assert tables(report())[LINES][0][3] == "2,667.17"
    assert tables(report("2024-06"))[LINES] == []


def test_the_first_month_is_clipped_to_the_term() -> None:
    text = said(report("2024-04"))[0]
    assert text.startswith("本报告覆盖 2024-04-11 至 2024-04-30（共 20 日，28800 分钟）")


def test_the_orders_stand_with_agreed_and_actual_delivery() -> None:
    assert tables(report())[0] == [
        ("os-1", "商用操作系统套餐", "1 套·月", "2024-05-01", "2024-05-11"),
        ("mon-1", "监测:拨测", "1 万次", "2024-04-20", "2024-04-18"),
    ]


def test_an_order_stands_as_it_was_changed_and_one_that_ended_before_the_month_does_not() -> None:
    more = {"change": "c-1", "order": "mon-1", "quantity": "5", "deliver_by": "2024-04-20", "reason": "more"}
    told = [
        *SIGNED,
        *DELIVERY[:7],
        ("2024-05-20", "ask", "order.change.asked", more),
        ("2024-05-21", "agree", "order.change.approved", {"change": "c-1"}),
        ("2024-06-03", "gone", "order.cancelled", {"order": "mon-1", "reason": "not needed"}),
        ("2024-06-20", "ord-9", "order.placed", {"order": "os-9", "item": "os-set", "deliver_by": "2024-07-01"}),
    ]
    made = {
        month: built("monthly-report", source_of(told, "2024-08-01"), month=month) for month in ("2024-06", "2024-07")
    }
    assert [row[:3] for row in tables(made["2024-06"])[0]] == [
        ("os-1", "商用操作系统套餐", "1 套·月"),
        ("mon-1", "监测:拨测（2024-06-03 退订）", "5 万次"),
        ("os-9", "商用操作系统套餐", "1 套·月"),
    ]
    assert [row[0] for row in tables(made["2024-07"])[0]] == ["os-1", "os-9"]
    assert {"ask", "agree", "gone"} <= {one.id for one in made["2024-06"].proof.facts}


def test_an_order_placed_after_the_month_does_not_stand_on_its_report() -> None:
    told = [*SIGNED, *DELIVERY[:7]]
    assert tables(built("monthly-report", source_of(told, "2024-08-01"), month="2024-05"))[0] != []
    late = ("2024-06-20", "ord-9", "order.placed", {"order": "os-9", "item": "os-set", "deliver_by": "2024-07-01"})
    paper = built("monthly-report", source_of([*told, late], "2024-08-01"), month="2024-05")
    assert [row[0] for row in tables(paper)[0]] == ["os-1", "mon-1"]


@pytest.mark.parametrize("month", ["2024-03", "2025-01", "2024-5", "May"])
def test_a_month_outside_the_term_is_refused(month: str) -> None:
    assert refused("monthly-report", year(), month=month).clause == "C01"


def test_a_month_that_has_not_begun_is_refused() -> None:
    found = refused("monthly-report", year(), month="2024-11")
    assert found.reason == "2024-11 has not begun on 2024-10-15"


def test_the_report_rests_on_windows_verdicts_incidents_and_orders() -> None:
    ids = {one.id for one in report().proof.facts}
    assert {"win-2024-05", "ver-2024-05", "inc-1", "inc-1c", "exc-1", "use-1", "ord-1", "del-1"} <= ids
    assert "win-2024-06" not in ids


def test_windows_that_overlap_are_an_error_on_the_report_and_no_figure() -> None:
    again = next(one for one in QUALITY if one[1] == "win-2024-05")
    told = [*SIGNED, *DELIVERY, again, (again[0], "win-again", again[2], again[3])]
    row = verdict(built("monthly-report", source_of(told, "2024-06-20"), month="2024-05"), "被监测目标可用性")
    assert (row[4], row[5]) == ("—", "样本有误")


def test_a_report_on_sample_objectives_is_a_sample() -> None:
    assert report().sample
    assert fields(report())["服务月"] == "2024-05"

"""The material list is counted from facts, gaps are shown, and the opinion ticks only what is recorded."""

import pytest
from paper_kinds import built, refused
from paper_year import DELIVERY, QUALITY, SIGNED, YEAR, Told, recorded, source_of, year
from rendered import fields, said, tables

from story import TERMS
from yunyue.acceptance.materials import materials as console_list
from yunyue.journal.facts import Milestone
from yunyue.papers.acceptance import MEMBERS, span_of
from yunyue.settlement.admission import Known
from yunyue.settlement.materials import MILESTONES, materials


def held(day: str, result: str, milestone: str = "midterm") -> Told:
    """An acceptance."""
    return day, f"held-{day}", "acceptance.held", {"milestone": milestone, "result": result}


def counted(as_of: str = "2024-10-15", told: tuple[Told, ...] = YEAR) -> dict[str, tuple[int, int]]:
    """Needed and missing by title."""
    source = source_of(told, as_of)
    found = materials(source, "midterm", span_of(source))
    return {one.title.zh: (one.needed, len(one.missing)) for one in found}


def test_deliveries_are_counted_against_orders() -> None:
    assert counted("2024-04-30")["订单交付记录"] == (2, 1)
    assert counted("2024-05-12")["订单交付记录"] == (2, 0)


def test_a_cancelled_order_needs_no_delivery() -> None:
    cancelled = ("2024-04-20", "can", "order.cancelled", {"order": "os-1", "reason": "重复下单"})
    told = (*SIGNED, *(one for one in DELIVERY if one[1] != "del-1"), cancelled)
    assert counted("2024-04-30", told)["订单交付记录"] == (1, 0)


def test_verdicts_are_asked_for_of_every_month_that_is_over_since_delivery() -> None:
    # Three objectives of monitoring from April, three of the operating system from May, to the end of June.
    assert counted("2024-07-02")["各服务月 SLA 判定"] == (3 * 3 + 3 * 2, 15 - 2)


def test_on_the_last_day_of_a_month_its_verdict_is_not_asked_for_yet() -> None:
    assert counted("2024-04-30")["各服务月 SLA 判定"] == (0, 0)
    assert counted("2024-05-01")["各服务月 SLA 判定"] == (3, 3)


def test_rework_counts_as_done_with_a_passed_review() -> None:
    assert counted("2024-06-18")["整改复核合格记录"] == (1, 1)
    assert counted("2024-06-19")["整改复核合格记录"] == (1, 0)


def test_rework_that_failed_its_review_is_missing() -> None:
    failed = ("2024-06-19", "rect-1f", "rectification.reviewed", {"notice": "r-1", "result": "failed"})
    told = (*(one for one in YEAR if one[1] != "rect-1v"), failed)
    assert counted("2024-06-20", told)["整改复核合格记录"] == (1, 1)


def test_gaps_are_named_up_to_three_and_then_counted() -> None:
    row = tables(built("acceptance-application", year(), milestone="final"))[0][1]
    assert row[1:4] == ("各服务月 SLA 判定", "33", "2")
    assert row[4].count("、") == 2
    assert row[4].endswith(" 等 31 份")


def test_gaps_are_named_by_the_titles_people_know() -> None:
    titles = tuple(one.title.zh for one in TERMS.sla.objectives)
    rows = {row[1]: row[4] for row in tables(built("acceptance-application", year(), milestone="final"))[0]}
    assert all(one.startswith(titles) for one in rows["各服务月 SLA 判定"].split("、"))
    untrained = tables(built("acceptance-application", source_of((), "2024-06-20"), milestone="midterm"))[0]
    assert {row[1]: row[4] for row in untrained}["培训记录"] == "业务、技能、保密"


def test_the_summary_says_what_is_missing() -> None:
    text = "".join(said(built("acceptance-application", year(), milestone="final")))
    assert "尚缺：各服务月 SLA 判定缺 31 份；" in text
    assert "资料归还清单缺 1 份" in text


def test_a_complete_list_says_so() -> None:
    day = "2024-04-13"
    trained: list[Told] = [
        (day, f"t-{kind}", "training.held", {"kind": kind, "persons": ["p-1"]})
        for kind in ("business", "skills", "confidentiality")
    ]
    annexes: list[Told] = [
        (day, f"a-{number}", "annex.attached", {"annex": number, "sample": True}) for number in range(1, 7)
    ]
    complete = source_of([*SIGNED, *trained, *annexes], "2024-04-14")
    assert "清单所列材料齐备。" in said(built("acceptance-application", complete, milestone="midterm"))
    lacking = source_of([*SIGNED, *trained], "2024-04-14")
    assert "清单所列材料齐备。" not in said(built("acceptance-application", lacking, milestone="midterm"))


@pytest.mark.parametrize("milestone", MILESTONES)
def test_the_paper_and_the_console_count_one_list(milestone: Milestone) -> None:
    source = year()
    console = console_list(Known.of(TERMS, recorded(YEAR)), milestone, source.statement.as_of)
    assert console == materials(source, milestone, span_of(source))
    rows = tables(built("acceptance-opinion", source_of(YEAR, "2024-09-09"), milestone=milestone))[0]
    assert [row[1] for row in rows] == [one.title.zh for one in console]


def test_the_final_acceptance_also_asks_for_results_and_material() -> None:
    final = {row[0] for row in tables(built("acceptance-application", year(), milestone="final"))[1]}
    early = {row[0] for row in tables(built("acceptance-application", year("2024-09-09"), milestone="midterm"))[1]}
    assert {"五(三)2[C26]", "五(三)6[C27]"} <= final
    assert not {"五(三)2[C26]", "五(三)6[C27]"} & early


def test_a_passed_acceptance_is_not_applied_for_again() -> None:
    found = refused("acceptance-application", year(), milestone="midterm")
    assert (found.reason, found.clause) == ("the midterm acceptance was passed on 2024-09-10", "C19")


def test_after_a_failure_the_second_application_says_so() -> None:
    source = source_of([*SIGNED, held("2024-09-01", "failed")], "2024-09-05")
    paper = built("acceptance-application", source, milestone="midterm")
    assert fields(paper)["申请次数"] == "第 2 次"
    assert "此前验收不合格" in said(paper)[0]


@pytest.mark.parametrize("code", ["acceptance-application", "acceptance-opinion"])
@pytest.mark.parametrize("milestone", ["first", "MIDTERM", "中期"])
def test_another_milestone_is_refused(code: str, milestone: str) -> None:
    assert refused(code, year(), milestone=milestone).clause == "C19"


def test_an_opinion_before_the_acceptance_leaves_both_boxes_empty() -> None:
    written = fields(built("acceptance-opinion", year(), milestone="final"))
    assert (written["合格"], written["不合格"], written["验收日期"]) == ("□", "□", "")


@pytest.mark.parametrize(("result", "boxes"), [("passed", ("■", "□")), ("failed", ("□", "■"))])
def test_an_opinion_ticks_what_was_recorded(result: str, boxes: tuple[str, str]) -> None:
    source = source_of([*SIGNED, held("2024-09-10", result)], "2024-09-11")
    written = fields(built("acceptance-opinion", source, milestone="midterm"))
    assert (written["合格"], written["不合格"]) == boxes
    assert written["验收日期"] == "2024-09-10"


def test_the_second_acceptance_shows_both_results_and_ticks_the_last() -> None:
    told = [*SIGNED, held("2024-09-01", "failed"), held("2024-09-20", "passed")]
    paper = built("acceptance-opinion", source_of(told, "2024-09-21"), milestone="midterm")
    assert [row[1:3] for row in tables(paper)[-1]] == [("2024-09-01", "不合格"), ("2024-09-20", "合格")]
    assert fields(paper)["合格"] == "■"
    assert fields(paper)["第几次"] == "2"


def test_the_members_stay_blank() -> None:
    rows = next(rows for rows in tables(built("acceptance-opinion", year(), milestone="final")) if len(rows) == MEMBERS)
    assert all(row[1:] == ("", "", "") for row in rows)


def test_the_papers_are_samples_since_their_objectives_are() -> None:
    assert built("acceptance-opinion", year(), milestone="final").sample


def test_the_application_rests_on_what_it_lists() -> None:
    ids = {one.id for one in built("acceptance-application", year(), milestone="final").proof.facts}
    assert {"del-1", "del-2", "ver-2024-05", "ver-2024-06", "rect-1v", "annex-2", "train-1"} <= ids
    assert not {one[1] for one in QUALITY if one[1].startswith("win")} & ids

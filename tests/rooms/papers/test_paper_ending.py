"""The end on paper: no notice of termination without the right, nothing forgotten among what is returned or filed."""

import pytest
from paper_kinds import built, refused
from paper_year import DELIVERY, MONEY, SIGNED, failed, source_of, year
from rendered import fields, said, tables

from yunyue.papers.paper import Amount, Formula

ENDED = ("2024-07-31", "end", "contract.terminated", {"by": "client", "ground": "C12"})
LATE = [one for one in (*SIGNED, *DELIVERY, *MONEY) if one[1] not in ("del-1", "acc-1")]


def test_a_right_that_is_available_makes_a_notice_with_its_sum() -> None:
    paper = built("termination-notice", failed(), ground="C12")
    assert (paper.by, paper.to) == ("client", "乙方")
    assert next(one.money for one in paper.sections if isinstance(one, Amount)).grouped() == "1,150,076.64"
    assert [one.text for one in paper.sections if isinstance(one, Formula)] == [
        "958,397.20 + 1,916,794.40 × 10% = 1,150,076.64"
    ]
    assert fields(paper)["权利自何日起具备"] == "2024-05-31"


@pytest.mark.parametrize("ground", ["C12", "C14", "C16"])
def test_a_right_that_is_not_available_makes_no_notice(ground: str) -> None:
    found = refused("termination-notice", year(), ground=ground)
    assert (found.field, found.clause) == ("ground", ground)


@pytest.mark.parametrize("ground", ["C01", "c12", "九(二)", "C11"])
def test_another_clause_is_no_ground(ground: str) -> None:
    assert refused("termination-notice", failed(), ground=ground).field == "ground"


def test_a_notice_of_an_ended_contract_can_be_made_again() -> None:
    paper = built("termination-notice", source_of([*LATE, ENDED], "2024-08-05"), ground="C12")
    assert "end" in {one.id for one in paper.proof.facts}
    assert any(text.startswith("[C12/A7]") for text in said(paper))


def test_a_delivery_after_the_end_does_not_undo_the_notice() -> None:
    too_late = ("2024-08-02", "del-1", "service.delivered", {"order": "os-1"})
    source = source_of([*LATE, ENDED, too_late], "2024-08-05")
    assert not source.statement.right("terminate-late-delivery").available
    assert built("termination-notice", source, ground="C12").number.endswith("/C12/2024-08-05")


def test_the_provider_ends_on_its_own_ground() -> None:
    told = [*SIGNED, ("2024-05-10", "f", "funds.arrived", {"instalment": 1})]
    told.append(("2024-05-13", "i", "invoice.received", {"instalment": 1, "amount": "958397.20"}))
    on_day_30, on_day_31 = (source_of(told, day) for day in ("2024-06-23", "2024-06-24"))
    assert refused("termination-notice", on_day_30, ground="C16").clause == "C16"
    paper = built("termination-notice", on_day_31, ground="C16")
    assert (paper.by, paper.to) == ("provider", "甲方")


def test_the_notice_says_that_the_platform_ends_nothing() -> None:
    assert "平台仅列明依据与计算" in said(built("termination-notice", failed(), ground="C12"))[0]


def test_material_still_out_has_no_day_of_return() -> None:
    rows = tables(built("return-list", year()))[0]
    assert [row[1:4] for row in rows] == [
        ("topology-map", "2024-04-12", "2024-09-20"),
        ("asset-register", "2024-04-12", "—"),
    ]


def test_results_handed_over_are_listed() -> None:
    assert [row[1:3] for row in tables(built("return-list", year()))[1]] == [("operations-manual", "2024-09-21")]


def test_without_anything_lent_the_list_is_empty_and_still_a_list() -> None:
    paper = built("return-list", source_of(SIGNED, "2024-04-11"))
    assert tables(paper) == [[], []]
    assert "五(三)6[C27]：无未归还资料。" in said(paper)


def test_every_document_the_facts_name_is_filed() -> None:
    paper = built("archive-index", year())
    filed = {row[2] for row in tables(paper)[0]}
    named = {one for one in year().standing() if year().cited(one).documents}
    assert filed == named
    assert fields(paper)["文件数"] == str(len(named))
    assert {one.id for one in paper.proof.facts} == named


def test_a_withdrawn_facts_document_is_not_filed() -> None:
    rows = {row[2] for row in tables(built("archive-index", year()))[0]}
    assert "pay-1b" in rows
    assert "pay-1" not in rows


def test_the_index_says_how_long_papers_and_logs_are_kept() -> None:
    text = said(built("archive-index", year()))[0]
    assert "保存 15 年" in text
    assert "不少于 6 个自然月" in text


def test_sealed_logs_are_counted_apart() -> None:
    times = {"start": "2024-05-01T00:00:00+08:00", "end": "2024-05-02T00:00:00+08:00"}
    sealed = {"series": "probes", "segment": "s-1", "first": 0, "rows": 10, **times, "digest": "sha256:" + "d" * 64}
    paper = built("archive-index", source_of([*SIGNED, ("2024-05-02", "seg", "segment.sealed", sealed)], "2024-05-03"))
    assert fields(paper)["封存日志段"] == "1"
    assert "seg" not in {row[2] for row in tables(paper)[0]}
    assert "seg" in {one.id for one in paper.proof.facts}

"""A penalty paper shows each figure's clause, formula, steps and facts; a compensation is a proposal."""

import pytest
from paper_kinds import built, paper, refused
from paper_year import DELIVERY, MONEY, PEOPLE, SIGNED, changed, failed, source_of, year
from rendered import said, tables

from yunyue.money import in_words
from yunyue.papers.paper import Amount, Formula, Paper, Paragraph
from yunyue.settlement.explain import formula, steps

LATE = source_of([one for one in (*SIGNED, *DELIVERY, *MONEY) if one[1] != "acc-1"], "2024-06-30")
"""The order 10 days late, the first instalment paid 10 days after its clock began, and no force majeure."""


def sums(paper: Paper) -> dict[str, str]:
    """The amounts by label."""
    return {one.label: one.money.grouped() for one in paper.sections if isinstance(one, Amount)}


def formulas(paper: Paper) -> list[str]:
    """The formulas in order."""
    return [one.text for one in paper.sections if isinstance(one, Formula)]


def test_both_sides_penalties_stand_apart_with_their_sums() -> None:
    assert sums(built("penalty-calculation", LATE)) == {
        "甲方应付违约金合计": "958.40",
        "乙方应付违约金合计": "1,916.79",
    }


def test_each_penalty_has_its_formula() -> None:
    found = formulas(built("penalty-calculation", LATE))
    assert found == ["1,916,794.40 × 0.01% × 10 日 = 1,916.79", "958,397.20 × 0.01% × 10 日 = 958.40"]


def test_the_steps_are_those_of_the_statement() -> None:
    paper = built("penalty-calculation", LATE, line="late-delivery")
    working = LATE.statement.line("late-delivery").working
    assert working is not None
    wanted = [("　" * step.depth + step.title.zh, step.value) for step in steps(working)]
    assert wanted in tables(paper)
    assert formulas(paper) == [formula(working).zh]


def test_one_line_may_be_asked_for_alone() -> None:
    paper = built("penalty-calculation", LATE, line="late-payment-1")
    assert sums(paper) == {"甲方应付违约金合计": "958.40"}
    assert paper.number == "beijing-2024/penalty-calculation/late-payment-1/2024-06-30"


def test_a_line_that_is_not_there_is_refused_and_those_there_are_named() -> None:
    found = refused("penalty-calculation", LATE, line="late-payment-9")
    assert found.reason == "no penalty line 'late-payment-9'; the statement has late-delivery, late-payment-1"


def test_an_instalment_is_no_penalty() -> None:
    assert refused("penalty-calculation", LATE, line="instalment-1").field == "line"


def test_a_statement_without_penalty_makes_no_calculation() -> None:
    found = refused("penalty-calculation", source_of([*SIGNED, *PEOPLE], "2024-04-30"))
    assert found.reason == "the statement of 2024-04-30 has no penalty"


def test_days_of_force_majeure_are_left_out_in_words_too() -> None:
    texts = said(built("penalty-calculation", year()))
    assert any("不可抗力影响日已扣除" in text for text in texts)


def test_a_penalty_that_still_grows_is_said_to() -> None:
    running = [one for one in (*SIGNED, *DELIVERY) if one[1] != "del-1"]
    paper = built("penalty-calculation", source_of(running, "2024-05-31"))
    assert any(text.endswith("本行仍在增长，以实际履行之日为止另行计算。") for text in said(paper))
    assert sums(paper) == {"乙方应付违约金合计": "5,750.38"}


def test_the_other_base_of_late_payment_is_shown_as_a_question() -> None:
    texts = said(built("penalty-calculation", LATE))
    assert any(text.startswith("[C15/A9]") and "1,916.79" in text for text in texts)


def test_readings_of_the_lines_stand_in_the_appendix_in_words() -> None:
    proof = built("penalty-calculation", LATE, line="late-delivery").proof
    named = dict(proof.readings)
    assert {"A6", "A8", "A11"} <= named.keys()
    assert named["A8"] == "按日违约金有无上限？ 合同未设上限"


def test_a_penalty_pro_rata_rests_on_the_sample_price_list() -> None:
    terms = changed(readings__A11="pro_rata")
    told = (*SIGNED, *DELIVERY)
    assert built("penalty-calculation", source_of(told, "2024-06-30", terms=terms)).sample
    assert not built("penalty-calculation", source_of(told, "2024-06-30")).sample


def test_every_amount_stands_in_capitals_too() -> None:
    amounts = [one.money for one in built("penalty-calculation", LATE).sections if isinstance(one, Amount)]
    assert [in_words(one) for one in amounts] == ["玖佰伍拾捌元肆角", "壹仟玖佰壹拾陆元柒角玖分"]


def test_a_compensation_is_proposed_from_the_ladder_and_left_to_the_client() -> None:
    paper = built("sla-compensation", year(), month="2024-05")
    assert sums(paper) == {"建议补偿合计": "2,667.17"}
    assert formulas(paper) == ["(60,000.00 + 54,000.00) × ((30 日 + 1) ÷ (264 日 + 1)) × 20% = 2,667.17"]
    decision = tables(paper)[-1]
    assert decision == [("2024-05 SLA 补偿：被监测目标可用性(HTTP 拨测)", "□", "", "□")]
    assert paper.sample


@pytest.mark.parametrize("month", ["2024-06", "2024-04"])
def test_a_month_without_a_miss_makes_no_proposal(month: str) -> None:
    assert refused("sla-compensation", year(), month=month).clause == "C18"


@pytest.mark.parametrize("month", ["2023-01", "05", "availability-2024-05"])
def test_what_is_no_month_of_the_term_makes_no_proposal(month: str) -> None:
    assert refused("sla-compensation", year(), month=month).clause == "C01"


def test_a_terminated_contracts_penalty_paper_holds_both_lines_and_the_open_question() -> None:
    late = [one for one in (*SIGNED, *DELIVERY, *MONEY) if one[1] not in ("del-1", "acc-1")]
    ended = ("2024-07-31", "end", "contract.terminated", {"by": "client", "ground": "C12"})
    paper = built("penalty-calculation", source_of([*late, ended], "2024-07-31"))
    assert {row[1] for row in tables(paper)[0]} >= {"乙方逾期违约金", "解除合同的退款与违约金"}
    assert any(text.startswith("[C12/A7]") for text in said(paper))
    assert sums(paper)["乙方应付退款与违约金合计"] == "1,167,519.47"


def test_before_the_end_a_right_is_no_penalty_yet() -> None:
    paper = built("penalty-calculation", failed())
    assert "解除合同的退款与违约金" not in {row[1] for row in tables(paper)[0]}


def test_the_proposal_of_a_compensation_opens_with_full_width_marks() -> None:
    opening = next(one.text for one in paper("sla-compensation").sections if isinstance(one, Paragraph))
    assert opening.startswith("依据六[C18]，2024-05 服务月")

"""The application for payment says how much, why, on what conditions and when; the account notice, for what in time."""

import pytest
from paper_kinds import built, refused
from paper_year import DELIVERY, MONEY, SIGNED, YEAR, source_of, year
from rendered import fields, said, tables

from story import DOCUMENT
from yunyue.money import Money
from yunyue.papers.paper import Amount, Formula, Paper

OWED = source_of((*SIGNED, *DELIVERY), "2024-04-30")
PART = ("2024-05-27", "part", "payment.made", {"instalment": 1, "amount": "58397.20"})


def asked(paper: Paper) -> Money:
    """The amount asked for."""
    return next(one.money for one in paper.sections if isinstance(one, Amount))


@pytest.mark.parametrize(
    ("number", "as_of", "amount", "formula"),
    [
        ("1", "2024-04-30", "958,397.20", "1,916,794.40 × 50% = 958,397.20"),
        ("2", "2024-10-15", "575,038.32", "1,916,794.40 × 30% = 575,038.32"),
        ("3", "2024-10-15", "383,358.88", "1,916,794.40 × 20% = 383,358.88"),
    ],
)
def test_an_instalment_is_asked_for_with_its_arithmetic(number: str, as_of: str, amount: str, formula: str) -> None:
    paper = built("payment-application", year(as_of), instalment=number)
    assert asked(paper).grouped() == amount
    assert next(one.text for one in paper.sections if isinstance(one, Formula)) == formula


def test_conditions_stand_with_clause_day_and_fact() -> None:
    source = year()
    paper = built("payment-application", source, instalment="2")
    gates = next(rows for rows in tables(paper) if rows and rows[0][1] == "进度已达成")
    assert [(row[0], row[1], row[2], row[3]) for row in gates] == [
        ("八(三)[C07]", "进度已达成", "√ 已具备", "2024-09-10"),
        ("八(三)[C07]", "财政资金到位", "× 未具备", "—"),
        ("八(三)[C08]", "收到合规发票", "√ 已具备", "2024-09-12"),
    ]
    assert gates[2][4] == f"inv-2 ({source.leaf('inv-2')[:8]})"


def test_what_is_missing_is_said_in_words() -> None:
    paper = built("payment-application", year(), instalment="2")
    assert any(text.startswith("尚未具备：财政资金到位。") for text in said(paper))


def test_conditions_all_met_are_said_so() -> None:
    told = [*SIGNED, *DELIVERY, *MONEY[:2]]
    paper = built("payment-application", source_of(told, "2024-05-14"), instalment="1")
    assert "上列条件均已具备。" in said(paper)


@pytest.mark.parametrize(
    ("as_of", "due", "payable", "late"),
    [("2024-04-30", "2024-05-24", "—", "—"), ("2024-05-14", "2024-05-24", "2024-05-13", "2024-05-24")],
)
def test_the_four_dates_stand_as_the_statement_has_them(as_of: str, due: str, payable: str, late: str) -> None:
    paper = built("payment-application", year(as_of), instalment="1")
    dates = {row[0]: row[1] for rows in tables(paper) for row in rows if len(row) == 3}
    assert (dates["到期日"], dates["可支付日"], dates["逾期起算"], dates["付清日"]) == (due, payable, late, "—")


def test_an_instalment_whose_milestone_has_not_come_has_no_due_day() -> None:
    paper = built("payment-application", year(), instalment="3")
    dates = {row[0]: row for rows in tables(paper) for row in rows if len(row) == 3}
    assert dates["到期日"][1] == "—"
    assert dates["付清日"][2] == "目前状态：不可排期"


def test_what_was_paid_in_part_is_taken_off() -> None:
    told = [*SIGNED, *DELIVERY, *MONEY[:2], PART]
    paper = built("payment-application", source_of(told, "2024-05-28"), instalment="1")
    assert asked(paper).grouped() == "900,000.00"
    assert "本期应付 958,397.20 元，已付 58,397.20 元，本次申请余额 900,000.00 元。" in said(paper)


def test_what_was_paid_in_full_is_not_asked_for_again() -> None:
    found = refused("payment-application", year(), instalment="1")
    assert (found.reason, found.clause) == ("instalment 1 was paid in full on 2024-06-03", "C03")


@pytest.mark.parametrize("number", ["0", "4", "1 ", "one", "-1"])
def test_an_instalment_the_contract_has_not_is_refused(number: str) -> None:
    found = refused("payment-application", year(), instalment=number)
    assert (found.field, found.clause) == ("instalment", "C06")


def test_after_the_end_nothing_more_is_asked_for() -> None:
    told = [*(one for one in (*SIGNED, *DELIVERY) if one[1] != "del-1")]
    ended = ("2024-07-31", "end", "contract.terminated", {"by": "client", "ground": "C12"})
    found = refused("payment-application", source_of([*told, ended], "2024-08-01"), instalment="1")
    assert "has ended" in found.reason


def test_bank_details_stay_blank() -> None:
    written = fields(built("payment-application", year(), instalment="2"))
    assert (written["收款单位"], written["开户银行"], written["银行账号"]) == ("", "", "")


def test_a_missing_invoice_stands_on_the_list_of_what_is_attached() -> None:
    paper = built("payment-application", OWED, instalment="1")
    attached = next(rows for rows in tables(paper) if rows and rows[0][1].startswith("付款节点证明"))
    assert attached[1][1:] == ("发票，958,397.20 元", "待补")


def test_the_application_rests_on_signatures_invoice_and_funds() -> None:
    told = [*SIGNED, *DELIVERY, *MONEY[:2]]
    paper = built("payment-application", source_of(told, "2024-05-14"), instalment="1")
    assert [one.id for one in paper.proof.facts] == ["sign-c", "sign-p", "funds-1", "inv-1"]
    assert paper.proof.facts[-1].documents == (DOCUMENT,)


def test_the_application_is_no_sample_since_the_total_is_real() -> None:
    assert not built("payment-application", year(), instalment="2").sample


def test_a_change_of_account_names_the_instalments_still_open_and_their_last_days() -> None:
    rows = tables(built("account-change", year()))[0]
    assert rows == [
        ("第 2 期款", "575,038.32", "2024-09-25", "最迟 2024-09-10 书面通知。"),
        ("第 3 期款", "383,358.88", "—", "付款期限尚不可排定，通知随时有效"),
    ]


def test_a_late_change_of_account_says_that_the_client_is_not_late() -> None:
    paper = built("account-change", source_of(YEAR, "2024-05-21"))
    assert "甲方不因此逾期" in tables(paper)[0][0][3]
    assert [one.id for one in paper.proof.facts] == ["acc-1"]


def test_the_reason_of_a_change_of_account_is_printed() -> None:
    assert fields(built("account-change", year(), reason="开户行撤并"))["变更原因"] == "开户行撤并"


def test_no_account_is_left_to_change_once_all_is_paid() -> None:
    told = [*SIGNED, ("2024-09-10", "mid", "acceptance.held", {"milestone": "midterm", "result": "passed"})]
    order = next(one for one in DELIVERY if one[1] == "ord-1")
    delivered = next(one for one in DELIVERY if one[1] == "del-1")
    final = ("2024-12-30", "fin", "acceptance.held", {"milestone": "final", "result": "passed"})
    shares = ("958397.20", "575038.32", "383358.88")
    paid = [("2024-12-31", f"p{n}", "payment.made", {"instalment": n, "amount": a}) for n, a in enumerate(shares, 1)]
    found = refused("account-change", source_of([*told, order, delivered, final, *paid], "2024-12-31"))
    assert found.clause == "C09"

"""yunyue settle and yunyue why."""

from contextlib import closing
from datetime import date, datetime

import pytest
from cli_cast import CONTRACT, DOCUMENT, Terminal, alter

from yunyue.doors.cli import reasons
from yunyue.doors.cli.voice import Told, Voice
from yunyue.host.settings import Settings
from yunyue.kernel import Kernel
from yunyue.settlement.statement import Statement

LATE = f"payment.made instalment=1 amount=958397.20 document={DOCUMENT}"


def test_the_first_instalment_is_due_thirty_working_days_after_signing(terminal: Terminal) -> None:
    found = terminal.json("settle", CONTRACT, "--as-of", "2024-05-01")
    line = next(one for one in found["lines"] if one["id"] == "instalment-1")
    assert (line["amount"], line["due"]) == ("958397.20", "2024-05-24")


def test_ten_days_late_cost_ten_times_the_daily_rate(paid_late: Terminal) -> None:
    # 958,397.20 × 0.0001 × 10 = 958.3972
    found = paid_late.json("settle", CONTRACT, "--as-of", "2024-06-30")
    assert {one["id"]: one["amount"] for one in found["lines"]}["late-payment-1"] == "958.40"


def test_a_statement_is_shown_with_sums_obligations_and_readings(paid_late: Terminal) -> None:
    shown = paid_late.ok("settle", CONTRACT, "--as-of", "2024-06-30")
    assert "Late payment of instalment 1" in shown
    assert "958.40" in shown
    assert "示例" in shown
    assert "A19 Days overdue" in shown
    assert "client owes 958.40" in shown


def test_the_same_statement_is_shown_in_chinese(paid_late: Terminal) -> None:
    shown = paid_late.run("settle", CONTRACT, "--as-of", "2024-06-30", lang="zh").stdout
    assert "第 1 期款逾期违约金" in shown
    assert "甲方应付 958.40 元" in shown


def test_columns_of_money_end_together(paid_late: Terminal) -> None:
    lines = paid_late.ok("settle", CONTRACT, "--as-of", "2024-06-30").splitlines()
    ends = {
        line.index(sum_) + len(sum_) for line in lines for sum_ in ("958,397.20", "575,038.32") if sum_ in line[:90]
    }
    assert len(ends - {0}) >= 1


def test_what_if_gives_what_happening_gives(terminal: Terminal) -> None:
    gates = (
        "funds.arrived instalment=1 @2024-05-10",
        f"invoice.received {LATE[13:]} @2024-05-13",
        f"{LATE} @2024-06-03",
    )
    supposed = terminal.json(
        "settle", CONTRACT, "--as-of", "2024-06-30", *(word for gate in gates for word in ("--suppose", gate))
    )
    assert terminal.size == 3, "nothing is recorded"
    money = ("instalment=1", "amount=958397.20", f"document={DOCUMENT}")
    terminal.fact("funds.arrived", "2024-05-10", "instalment=1")
    terminal.fact("invoice.received", "2024-05-13", *money)
    terminal.fact("payment.made", "2024-06-03", *money)
    real = terminal.json("settle", CONTRACT, "--as-of", "2024-06-30")
    assert [one["amount"] for one in supposed["lines"]] == [one["amount"] for one in real["lines"]]
    assert len(supposed["supposed"]) == 3
    assert real["supposed"] == []


def test_what_if_says_that_it_is_one(terminal: Terminal) -> None:
    shown = terminal.ok(
        "settle", CONTRACT, "--as-of", "2024-06-30", "--suppose", "funds.arrived instalment=1 @2024-05-10"
    )
    assert "What-if" in shown


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("funds.arrived instalment=1", "suppose"),
        ("funds.arrived instalment=9 @2024-05-10", "funds.arrived.instalment"),
        ("payment.made instalment=1 amount=-1.00 document=x @2024-05-10", "payment.made.document"),
        ("nothing.known @2024-05-10", "type"),
    ],
)
def test_a_what_if_that_could_not_happen_is_refused(terminal: Terminal, line: str, field: str) -> None:
    assert terminal.refused("settle", CONTRACT, "--suppose", line)["field"] == field


def test_what_if_does_not_go_back_in_time(terminal: Terminal) -> None:
    words = ("--known-at", "2024-05-01", "--suppose", "funds.arrived instalment=1 @2024-05-10")
    assert terminal.refused("settle", CONTRACT, *words)["field"] == "known-at"


def test_an_old_statement_knows_only_what_was_known_then(paid_late: Terminal) -> None:
    facts = paid_late.json("journal", "tail")
    before = datetime.fromisoformat(facts[2]["recorded"])
    then = paid_late.json("settle", CONTRACT, "--as-of", "2024-06-30", "--known-at", before.isoformat())
    assert then["facts_known"] == 3
    assert "late-payment-1" not in {one["id"] for one in then["lines"]}


def test_known_before_anything_was_recorded_knows_nothing(terminal: Terminal) -> None:
    found = terminal.json("settle", CONTRACT, "--as-of", "2024-06-30", "--known-at", "2020-01-01")
    assert found["facts_known"] == 0


def test_the_statement_is_the_same_to_the_byte_each_time(paid_late: Terminal) -> None:
    moment = paid_late.json("journal", "tail")[-1]["recorded"]
    words = ("settle", CONTRACT, "--as-of", "2024-06-30", "--known-at", moment, "--json")
    assert paid_late.ok(*words) == paid_late.ok(*words)


def test_a_contract_that_is_not_loaded_is_refused(terminal: Terminal) -> None:
    found = terminal.refused("settle", "nothing")
    assert (found["field"], found["clause"]) == ("contract", "C37")


def test_why_shows_sentence_formula_steps_clause_readings_and_facts(paid_late: Terminal) -> None:
    shown = paid_late.ok("why", CONTRACT, "late-payment-1", "--as-of", "2024-06-30")
    assert "958,397.20 × 0.01% × 10 days = 958.40" in shown
    assert "C15 九(四) Client late" in shown
    assert "A19 Days overdue" in shown
    assert "2024-06-03  payment.made Payment made  payment-1" in shown
    assert "proof holds" in shown


def test_why_answers_in_chinese(paid_late: Terminal) -> None:
    shown = paid_late.run("why", CONTRACT, "late-payment-1", "--as-of", "2024-06-30", lang="zh").stdout
    assert "第 1 期款最长逾期 10 日" in shown
    assert "证明成立" in shown


def test_every_fact_of_a_line_is_proven_under_one_head(paid_late: Terminal) -> None:
    found = paid_late.json("why", CONTRACT, "late-payment-1", "--as-of", "2024-06-30")
    assert {one["id"] for one in found["facts"]} == {
        "signed-client",
        "signed-provider",
        "funds-1",
        "invoice-1",
        "payment-1",
    }
    assert all(one["proof"]["holds"] for one in found["facts"])
    assert len({one["proof"]["root"] for one in found["facts"]}) == 1
    assert found["sentence"]["zh"]
    assert found["sentence"]["en"]


def test_why_fails_when_a_proof_does_not_hold(paid_late: Terminal) -> None:
    kernel = Kernel.open(Settings(home=paid_late.home))
    assert isinstance(kernel, Kernel)
    with closing(kernel):
        statement = kernel.statement(CONTRACT, date(2024, 6, 30))
        assert isinstance(statement, Statement)
        sound = reasons.told(kernel, statement, "late-payment-1", Voice("en"))
        # Somebody alters the journal while it is open; what was read before is no proof of what is there now.
        alter(paid_late, "2024-05-13", "2024-05-12")
        altered = reasons.told(kernel, statement, "late-payment-1", Voice("en"))
    assert isinstance(sound, Told)
    assert isinstance(altered, Told)
    assert (sound.failed, altered.failed) == (False, True)
    assert "proof does not hold" in "".join(altered.lines)


def test_why_explains_obligations_and_rights_too(paid_late: Terminal) -> None:
    assert paid_late.json("why", CONTRACT, "pay-1", "--as-of", "2024-06-30")["clause"] == "C03"
    assert paid_late.json("why", CONTRACT, "terminate-late-payment", "--as-of", "2024-06-30")["clause"] == "C16"


def test_a_line_that_is_not_there_is_refused_with_those_that_are(terminal: Terminal) -> None:
    found = terminal.refused("why", CONTRACT, "late-payment-9")
    assert found["field"] == "line"
    assert "instalment-1" in found["reason"]
    assert terminal.refused("why", "nothing", "x")["field"] == "contract"

"""The settlement statement on paper holds everything the statement holds, and nothing else."""

from paper_kinds import built
from paper_year import SIGNED, source_of, year
from rendered import said, tables

from yunyue.money import Money
from yunyue.papers.paper import Paper
from yunyue.papers.words import clause
from yunyue.settlement import exhibit
from yunyue.settlement.explain import formula
from yunyue.settlement.statement import Check, Finding, Obligation, Right

SOURCE = year()
STATEMENT = SOURCE.statement


def paper() -> Paper:
    """The statement of the year."""
    return built("settlement-statement", SOURCE)


def test_every_line_stands_with_clause_payer_amount_and_state() -> None:
    rows = {row[1]: row for row in tables(paper())[1]}
    assert len(rows) == len(STATEMENT.lines)
    for line in STATEMENT.lines:
        row = rows[line.title.zh]
        assert row[0] == clause(line.clause)
        assert row[3] == ("—" if line.amount is None else line.amount.grouped())
        assert row[4] == ("—" if line.due is None else line.due.isoformat())


def test_every_line_stands_with_its_formula_and_sentence() -> None:
    rows = tables(paper())[2]
    for line, row in zip(STATEMENT.lines, rows, strict=True):
        assert row == (line.title.zh, formula(line.working).zh if line.working else "不作计算", line.sentence.zh)


def test_the_totals_are_those_of_the_exhibit() -> None:
    totals = exhibit.totals(STATEMENT)
    rows = {row[0]: row for row in tables(paper())[0]}
    for side, name in (("client", "甲方"), ("provider", "乙方")):
        assert Money.parse(rows[name][1]) == Money.parse(totals[side]["due"])
        assert Money.parse(rows[name][2]) == Money.parse(totals[side]["running"])


def test_totals_per_state_sum_to_all_lines() -> None:
    rows = tables(paper())[0]
    whole = sum(Money.parse(cell).fen for row in rows for cell in row[1:])
    assert whole == sum(line.amount.fen for line in STATEMENT.lines if line.amount is not None)


def test_obligations_rights_checks_and_questions_are_all_there() -> None:
    texts = set(said(paper()))
    titled: tuple[Obligation | Right | Check, ...] = (*STATEMENT.obligations, *STATEMENT.rights, *STATEMENT.checks)
    assert [one.id for one in titled if one.title.zh not in texts] == []
    early = year("2024-06-30")
    texts = set(said(built("settlement-statement", early)))
    assert early.statement.questions
    assert all(one.text.zh in texts for one in early.statement.questions)


def test_a_right_that_is_not_available_shows_no_amount() -> None:
    rights = next(rows for rows in tables(paper()) if rows and len(rows[0]) == 6 and rows[0][3] in ("可行使", "不具备"))
    assert all((row[3], row[5]) == ("不具备", "—") for row in rights)


def test_all_readings_the_statement_used_are_printed() -> None:
    assert [one for one, _ in paper().proof.readings] == [one for one, _ in STATEMENT.readings]


def test_all_facts_the_statement_names_are_in_the_appendix() -> None:
    findings: tuple[Finding, ...] = (*STATEMENT.lines, *STATEMENT.obligations, *STATEMENT.rights, *STATEMENT.checks)
    named = {fact for one in findings for fact in one.facts}
    assert {one.id for one in paper().proof.facts} == named


def test_a_statement_of_a_contract_just_signed_is_a_paper_too() -> None:
    made = built("settlement-statement", source_of(SIGNED, "2024-04-11"))
    assert len(tables(made)[1]) == 3
    assert not made.sample


def test_a_line_resting_on_the_sample_annexes_marks_the_whole_paper() -> None:
    assert paper().sample

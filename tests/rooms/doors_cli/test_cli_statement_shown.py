"""A statement as a person reads it, part by part."""

from datetime import date, datetime

import pytest

from yunyue.doors.cli import statement_shown
from yunyue.doors.cli.voice import Language, Voice
from yunyue.host.clock import BEIJING
from yunyue.money import Money
from yunyue.settlement.statement import Check, Line, Obligation, Question, Right, Said, Statement

SAID = Said("名称", "title")


def statement(**parts: object) -> Statement:
    """A statement that says nothing but what is given."""
    empty = ("lines", "obligations", "rights", "checks", "questions", "readings", "supposed")
    return Statement(
        **dict.fromkeys(empty, ()) | parts,  # type: ignore[arg-type]  # the parts a test is about
        contract="c",
        terms_digest="sha256:0",
        calendar_digest="sha256:0",
        as_of=date(2024, 6, 30),
        known_at=datetime(2024, 6, 30, 12, tzinfo=BEIJING),
        facts_known=3,
    )


def line(amount: str | None, state: str = "due") -> Line:
    money = None if amount is None else Money.parse(amount)
    return Line("l1", "C02", SAID, "client", money, None, state, None, (), (), SAID)  # type: ignore[arg-type]  # a state


def shown(found: Statement, language: Language = "en", *, sample: bool = False) -> list[str]:
    return list(statement_shown.lines(found, sample, Voice(language)))


def test_an_empty_statement_is_its_head_and_its_sums() -> None:
    assert shown(statement()) == [
        "c: statement as of 2024-06-30, from 3 facts known by 2024-06-30 12:00",
        "",
        "client owes 0.00, and 0.00 still growing",
        "provider owes 0.00, and 0.00 still growing",
    ]


def test_sample_annexes_are_marked() -> None:
    assert any("示例" in one for one in shown(statement(), sample=True))
    assert not any("示例" in one for one in shown(statement()))


@pytest.mark.parametrize("state", ["due", "running", "settled", "waiting", "proposed", "question"])
def test_every_state_of_a_line_has_words_in_both_languages(state: str) -> None:
    zh, en = statement_shown.STATES[state]
    found = statement(lines=(line("1.00", state),))
    assert any(zh in one for one in shown(found, "zh"))
    assert any(en in one for one in shown(found, "en"))


def test_what_is_due_and_what_still_grows_are_summed_apart() -> None:
    found = statement(lines=(line("1.00"), line("2.00", "running"), line("4.00", "waiting"), line("8.00", "settled")))
    assert "client owes 1.00, and 2.00 still growing" in shown(found)


def test_a_line_without_a_number_shows_none() -> None:
    row = next(one for one in shown(statement(lines=(line(None, "question"),))) if "l1" in one)
    assert "question" in row
    assert "0.00" not in row


@pytest.mark.parametrize("state", ["not_schedulable", "waiting", "open", "late", "done", "done_late"])
def test_every_state_of_an_obligation_has_words(state: str) -> None:
    duty = Obligation("o1", "C03", "client", SAID, date(2024, 5, 24), (), None, None, None, state, None, (), ())  # type: ignore[arg-type]  # a state
    assert any(
        "2024-05-24" in one and statement_shown.STATES[state][1] in one for one in shown(statement(obligations=(duty,)))
    )


def test_only_rights_that_exist_are_shown() -> None:
    there = Right("r1", "C12", "client", SAID, True, date(2024, 6, 1), Money.parse("5.00"), None, (), ())
    not_there = Right("r2", "C14", "client", SAID, False, None, None, None, (), ())
    text = "\n".join(shown(statement(rights=(there, not_there))))
    assert "r1" in text
    assert "since 2024-06-01  5.00" in text
    assert "r2" not in text


def test_only_checks_that_do_not_hold_are_shown() -> None:
    checks = tuple(
        Check(f"k-{state}", "C21", SAID, state, Said("详", "detail"), (), ()) for state in ("holds", "open", "broken")
    )
    text = "\n".join(shown(statement(checks=checks)))
    assert "k-holds" not in text
    assert "k-open" in text
    assert "broken  k-broken" in text


def test_questions_and_readings_are_shown_in_words() -> None:
    question = Question("q1", "C04", "A12", Said("何时？", "When?"), ())
    text = "\n".join(shown(statement(questions=(question,), readings=(("A19", "after_due"),))))
    assert "q1  C04 八(二) Second instalment: When?" in text
    assert "A19 Days overdue paid minus due; the due day itself is 0" in text


def test_a_what_if_says_how_much_is_supposed() -> None:
    assert any("2 things" in one for one in shown(statement(supposed=("f1", "f2"))))
    assert any("含 2 件" in one for one in shown(statement(supposed=("f1", "f2")), "zh"))

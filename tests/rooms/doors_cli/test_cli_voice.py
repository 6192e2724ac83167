"""Answers in two languages, to people and to programs."""

import pytest

from yunyue.answer import Refused
from yunyue.doors.cli.table import table, width
from yunyue.doors.cli.voice import Voice, clause_title, refusal
from yunyue.settlement.statement import Said

ZH, EN = Voice("zh"), Voice("en")


def test_a_voice_picks_the_words_of_its_language() -> None:
    assert (ZH.pick("甲", "a"), EN.pick("甲", "a")) == ("甲", "a")
    assert (ZH.say(Said("甲", "a")), EN.say(Said("甲", "a"))) == ("甲", "a")


def test_a_refusal_shows_reason_field_and_the_title_of_the_clause() -> None:
    told = refusal(Refused("too much", "payment.made.amount", "C02"), ZH)
    assert list(told.lines) == ["拒绝：too much", "  所指：payment.made.amount", "  依据：C02 八(一) 合同总金额"]
    assert told.failed


def test_a_refusal_without_field_and_clause_is_one_line() -> None:
    assert list(refusal(Refused("no"), EN).lines) == ["Refused: no"]


def test_a_program_gets_the_same_refusal_as_values() -> None:
    assert refusal(Refused("no", "f", "C02"), EN).plain == {
        "refused": {"field": "f", "reason": "no", "clause": "C02", "clause_title": "C02 八(一) Total"}
    }


def test_a_clause_nobody_knows_is_shown_as_it_is() -> None:
    assert clause_title("C99", EN) == "C99"
    assert clause_title("", EN) == ""


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("金额", 4), ("a金", 3), ("。", 2)])
def test_a_chinese_character_is_two_columns_wide(text: str, columns: int) -> None:
    assert width(text) == columns


def test_columns_stand_under_each_other_whatever_the_script() -> None:
    lines = table(("名称", "yuan"), [("甲", "1.00"), ("abcdef", "100.00")], frozenset({1}))
    assert lines == ["名称      yuan", "甲        1.00", "abcdef  100.00"]


def test_a_table_without_rows_is_nothing() -> None:
    assert table(("a",), []) == []

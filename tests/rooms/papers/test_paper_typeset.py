"""Text from outside shows all there is of it, and Chinese text has Chinese punctuation."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.papers.typeset import coded, printed, visible

FULL = {",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "(": "\uff08", ")": "\uff09", "?": "\uff1f"}


def full(text: str) -> str:
    """The text with every punctuation mark full-width."""
    return "".join(FULL.get(each, each) for each in text)


@pytest.mark.parametrize("text", ["条件：已具备", "甲方，乙方", "合同（示例）", "整改期限？无默认；无效"])
def test_punctuation_between_chinese_characters_is_full_width(text: str) -> None:
    assert printed(text) == full(text)


@pytest.mark.parametrize("text", ["1,916,794.40", "2024-05-14 09:05", "inv-1 (5700efa1)", "https://a.example/?b=c:d"])
def test_punctuation_of_numbers_times_and_ids_stays(text: str) -> None:
    assert printed(text) == text


def test_thousands_inside_chinese_text_keep_their_commas() -> None:
    assert printed("应付 1,916,794.40 元，已付") == f"应付 1,916,794.40 元{FULL[',']}已付"


def test_nested_brackets_pair_up() -> None:
    assert printed("已付（含(一)项）") == full("已付（含(一)项）")


def test_a_bracket_without_its_pair_stays_as_it_is() -> None:
    assert printed("甲方) (乙") == "甲方) (乙"


def test_a_clause_number_is_set_in_full_width_brackets() -> None:
    assert printed("八(二)[C04]") == f"八{FULL['(']}二{FULL[')']}[C04]"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\u0007", "\ufeff", "\U000e0041"])
def test_characters_nobody_sees_show_their_number(hidden: str) -> None:
    assert visible(f"100{hidden}1") == f"100{coded(hidden)}1"


def test_an_amount_cannot_be_turned_round() -> None:
    assert printed("付\u202e00.001元") == "付〔U+202E〕00.001元"


@pytest.mark.parametrize("end", ["\n", "\r", "\t", "\u2028", "\u0085"])
def test_ends_of_lines_become_spaces(end: str) -> None:
    assert printed(f"一{end}二") == "一 二"


@given(st.text())
def test_nothing_printed_is_invisible(text: str) -> None:
    assert all(unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn"} for each in printed(text))


@given(st.text())
def test_printing_twice_changes_nothing_more(text: str) -> None:
    assert printed(printed(text)) == printed(text)


@given(st.text(alphabet="甲乙1,.:;()?! a"))
def test_only_punctuation_changes(text: str) -> None:
    back = {wide: narrow for narrow, wide in FULL.items()} | {"\uff01": "!"}
    assert "".join(back.get(each, each) for each in printed(text)) == text

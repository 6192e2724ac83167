"""What the phrasebook makes of whole reasons: reasons inside reasons, several in one, and those it does not know."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunyue.answer import Refused
from yunyue.doors.phrases import chinese
from yunyue.doors.phrases.book import LONGEST


@pytest.mark.parametrize(
    ("english", "wanted"),
    [
        ("there is no order 'o-1'", "没有订单 “o-1”"),
        ("there is no service 'x'; known: os, scan", "没有服务 “x”；已知服务：os、scan"),
        ("the client has signed already; correct that fact instead", "甲方已经签署；如有误，请更正该事实"),
        (
            "the journal was not published: Permission denied",
            "日志未发布：Permission denied",
        ),
        ("the document was not kept: Permission denied", "文件未保存：没有权限"),
        (
            "on 2024-08-01 the terms would not hold: the total must be more than 0.00",
            "自 2024-08-01 起条款将不成立：总金额须大于 0.00",
        ),
        ("month needs it: id of the notice", "month 需要：整改通知编号"),
        ("Expected `int | null`, got `str`", "须为整数或空值，而不是文本"),
    ],
)
def test_a_reason_is_said_in_chinese(english: str, wanted: str) -> None:
    assert chinese(english) == wanted


def test_the_contradictions_of_a_supplement_are_all_said_in_chinese() -> None:
    english = (
        "the total must be more than 0.00; also instalments: the amounts sum to 1.00, the total is 0.00; "
        "also papers.copies: 3 copies for each of the two sides are 6, not 5"
    )
    assert chinese(english) == (
        "总金额须大于 0.00；另外 instalments：各期金额合计 1.00，总金额为 0.00；"
        "另外 papers.copies：双方各执 3 份，共 6 份，而不是 5 份"
    )


def test_reasons_joined_by_semicolons_keep_their_paths() -> None:
    assert chinese("zh: this key is missing; #2: must be a table") == "zh：缺少此键；#2：须为表"


def test_a_semicolon_inside_a_rule_does_not_part_it() -> None:
    english = "zh: unknown key; known here are en; #2: must be a table"
    assert chinese(english) == "zh：没有这个键；此处可用的有 en；#2：须为表"


def test_the_faults_of_a_journal_are_each_said_in_chinese() -> None:
    english = (
        "leaf 3: missing; what follows could not be checked. What to do: run fsck.; "
        "leaf 4: recorded before the one before it. What to do: run fsck."
    )
    assert chinese(english) == (
        "leaf 3：缺失；其后各条无法检查。处置：运行 fsck。；leaf 4：录入时间早于前一条。处置：运行 fsck。"
    )


def test_a_refusal_printed_whole_keeps_its_field_and_its_clause() -> None:
    refused = Refused("there is no order 'o-1'", "order", "C37")
    assert chinese(str(refused)) == "order：没有订单 “o-1” [C37]"


def test_a_reason_of_which_one_part_is_unknown_stays_as_it_is() -> None:
    english = "this key is missing; the moon is made of cheese"
    assert chinese(english) == english


def test_a_reason_the_book_does_not_know_stays_as_it_is() -> None:
    assert chinese("the moon is made of cheese") == "the moon is made of cheese"


def test_a_service_that_is_not_built_is_said_in_chinese_only() -> None:
    assert chinese("容器:尚未完工 / Containers: not built yet") == "容器：尚未完工"


def test_a_value_that_looks_like_a_reason_stays_a_value() -> None:
    assert chinese("there is no order 'must be a table'") == "没有订单 “must be a table”"


@pytest.mark.parametrize("size", [LONGEST - 30, LONGEST + 1])
def test_a_huge_reason_takes_no_longer_than_a_second(size: int) -> None:
    began = time.process_time()
    chinese("there is no " + "x; y: is not, " * (size // 14))
    assert time.process_time() - began < 1


@given(st.text())
def test_any_text_is_answered_with_a_text(reason: str) -> None:
    assert isinstance(chinese(reason), str)


@given(st.text(alphabet="abc'\" :;,-[]`", min_size=1))
def test_the_value_of_a_reason_is_never_lost(value: str) -> None:
    said = chinese(f"there is no order {value!r}")
    assert said.startswith("没有订单")
    assert repr(value)[1:-1] in said

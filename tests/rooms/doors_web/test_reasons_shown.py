"""A page says why something was refused in the language of its reader."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from yunyue.answer import Refused
from yunyue.doors.web.console.templatetags.reasons import reason

REFUSED = Refused("there is no order 'o-1'", "order", "C37")
PARTS = ("console/parts/refusal.html",)


@pytest.mark.parametrize("part", PARTS)
def test_a_refusal_on_a_chinese_page_is_chinese(part: str) -> None:
    with translation.override("zh-hans"):
        page = render_to_string(part, {"refused": REFUSED})
    assert "没有订单 “o-1”" in page
    assert "there is no order" not in page


@pytest.mark.parametrize("part", PARTS)
def test_a_refusal_on_an_english_page_is_english(part: str) -> None:
    with translation.override("en"):
        page = render_to_string(part, {"refused": REFUSED})
    assert "there is no order" in page


def test_what_a_page_refuses_in_chinese_itself_stays_as_it_is() -> None:
    with translation.override("zh-hans"):
        assert reason("此名称已被使用") == "此名称已被使用"


def test_a_value_in_a_reason_cannot_bring_markup_along() -> None:
    with translation.override("zh-hans"):
        page = render_to_string(PARTS[0], {"refused": Refused("there is no order '<script>'")})
    assert "<script>" not in page

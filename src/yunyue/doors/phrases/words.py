"""Small words that stand inside other reasons: the sides, the kinds of values, what a thing is made of."""

from collections.abc import Mapping
from typing import Final

from yunyue.doors.phrases.phrase import Phrase, says

PHRASES: Final[tuple[Phrase, ...]] = (
    says("client", "甲方"),
    says("provider", "乙方"),
    says("none", "无"),
    says("nothing", "无"),
    says("assignment", "上岗"),
    says("leaving", "离岗"),
    says("midterm", "中期"),
    says("final", "最终"),
    says("a list", "列表"),
    says("a table", "表"),
    says("null", "空值"),
    says("a number beyond all bounds", "过大的数"),
    says("the number {number} (a float)", "小数 {number}（浮点数）", number="0.1"),
    says("the number {number}", "数 {number}", number="12"),
    says("the moment {moment}", "时刻 {moment}", moment="2024-04-11T10:00:00"),
    says("the day {day}", "日期 {day}", day="2024-04-11"),
)

TYPES: Final[Mapping[str, str]] = {
    "int": "整数",
    "float": "小数",
    "decimal": "十进制数",
    "str": "文本",
    "bool": "true/false",
    "datetime": "时刻",
    "date": "日期",
    "array": "列表",
    "object": "对象",
    "null": "空值",
}
"""Kinds of values as the readers of JSON name them."""

"""How a paper writes days, sums, clauses and states."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args

from yunyue.contract.clauses import BY_ID
from yunyue.contract.labels import WORDS
from yunyue.contract.terms import ServiceCode
from yunyue.journal.envelope import BEIJING
from yunyue.money import Money

NONE = "—"
"""Where there is nothing to say."""

LINE_STATES: Mapping[str, str] = {
    "due": "应付",
    "running": "仍在增长",
    "settled": "已结清",
    "waiting": "条件未齐",
    "proposed": "待甲方决定",
    "question": "待协商",
}
OBLIGATION_STATES: Mapping[str, str] = {
    "not_schedulable": "不可排期",
    "waiting": "条件未齐",
    "open": "履行期内",
    "late": "已逾期",
    "done": "已履行",
    "done_late": "逾期履行",
}
CHECK_STATES: Mapping[str, str] = {"holds": "符合", "open": "待办", "broken": "不符"}
SERVICES: Mapping[str, str] = {code: WORDS[code][0] for code in get_args(ServiceCode)}
MILESTONES: Mapping[str, str] = {"midterm": "中期验收", "final": "最终验收"}


def day(value: date | None) -> str:
    """2024-05-24, or a dash."""
    return NONE if value is None else value.isoformat()


def long_day(value: date) -> str:
    """2024年5月24日."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """2024-05-24 10:00, Beijing time."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def sum_of(value: Money | None) -> str:
    """958,397.20, or a dash."""
    return NONE if value is None else value.grouped()


def clause(identifier: str) -> str:
    """C03 is "八(二)[C03]"."""
    return f"{BY_ID[identifier].reference}[{identifier}]"

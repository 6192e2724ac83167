"""How an amount or a day came about, as a formula and as a table, in Chinese and in English."""

from datetime import date
from fractions import Fraction

import pytest

from yunyue.settlement.compute import (
    ONE,
    days_after,
    latest,
    minus,
    negative,
    not_above,
    plus,
    plus_days,
    plus_workdays,
    round_half_up,
    times,
)
from yunyue.settlement.explain import formula, show, steps
from yunyue.settlement.labels import label
from yunyue.settlement.working import FromFact, FromTerm, Given, Working
from yunyue.workdays import STATE_COUNCIL

TOTAL = FromTerm("price.total", Fraction("1916794.40"))
SHARE = FromTerm("instalments.1.share", Fraction("0.5"))
RATE = FromTerm("penalties.client_daily", Fraction("0.0001"))
SIGNED = FromFact("f1", "sealed", date(2024, 4, 11))
PAID = FromFact("p1", "amount", Fraction("400000"))
THIRTY = FromTerm("instalments.1.within_workdays", 30)
LATE = days_after(Given("as_of", date(2024, 5, 24)), Given("as_of", date(2024, 6, 3)))


@pytest.mark.parametrize(
    ("node", "zh", "en"),
    [
        (TOTAL, "1,916,794.40", "1,916,794.40"),
        (round_half_up(times(TOTAL, SHARE), "A6"), *["1,916,794.40 × 50% = 958,397.20"] * 2),
        (
            plus_workdays(SIGNED, THIRTY, STATE_COUNCIL),
            "2024-04-11 后第 30 个工作日 = 2024-05-24",
            "working day 30 after 2024-04-11 = 2024-05-24",
        ),
        (
            plus_workdays(SIGNED, negative(Given("ten", 10)), STATE_COUNCIL),
            "2024-04-11 前第 10 个工作日 = 2024-03-27",
            "working day 10 before 2024-04-11 = 2024-03-27",
        ),
        (plus_days(SIGNED, THIRTY), "2024-04-11 后 30 日 = 2024-05-11", "30 days after 2024-04-11 = 2024-05-11"),
        (
            plus_days(SIGNED, minus(Given("zero", 0), ONE)),
            "2024-04-11 前 1 日 = 2024-04-10",
            "1 day before 2024-04-11 = 2024-04-10",
        ),
        (
            round_half_up(times(minus(TOTAL, PAID), RATE, LATE), "A6"),
            "(1,916,794.40 − 400,000.00) × 0.01% × 10 日 = 1,516.79",
            "(1,916,794.40 − 400,000.00) × 0.01% × 10 days = 1,516.79",
        ),
        (
            not_above(PAID, TOTAL),
            "取较小(400,000.00、1,916,794.40) = 400,000.00",
            "the smaller of (400,000.00, 1,916,794.40) = 400,000.00",
        ),
        (latest(SIGNED, SIGNED), "2024-04-11", "2024-04-11"),
        (
            latest(SIGNED, Given("as_of", date(2024, 5, 1))),
            "最晚日(2024-04-11、2024-05-01) = 2024-05-01",
            "the latest day of (2024-04-11, 2024-05-01) = 2024-05-01",
        ),
        (LATE, "2024-05-24 次日至 2024-06-03 的天数 = 10", "days after 2024-05-24 to 2024-06-03 = 10"),
        (plus(LATE, ONE), "10 日 + 1 = 11", "10 days + 1 = 11"),
    ],
)
def test_the_formula_reads(node: Working, zh: str, en: str) -> None:
    assert (formula(node).zh, formula(node).en) == (zh, en)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction("0.5"), "0.50"),
        (Fraction(1, 3), "1/3"),
        (Fraction(0), "0"),
        (Fraction("-1234.5"), "-1,234.50"),
        (Fraction("0.000001"), "0.000001"),
        (Fraction(1000), "1,000.00"),
        (30, "30"),
        (date(2024, 5, 24), "2024-05-24"),
    ],
)
def test_values_show_all_their_digits(value: Fraction | int | date, text: str) -> None:
    assert show(Given("value", value)) == text


def test_a_rate_shows_in_per_cent() -> None:
    assert show(RATE) == "0.01%"
    assert show(SHARE) == "50%"
    assert show(FromTerm("sla.objectives.a.ladder.1.share", Fraction("0.125"))) == "12.5%"


def test_the_table_goes_from_the_result_to_what_it_rests_on() -> None:
    rows = steps(round_half_up(times(TOTAL, SHARE), "A6"))
    assert [(row.depth, row.title.zh, row.value) for row in rows] == [
        (0, "四舍五入到分(A6)", "958,397.20"),
        (1, "相乘", "958,397.20"),
        (2, "合同总金额", "1,916,794.40"),
        (2, "第 1 期比例", "50%"),
    ]


@pytest.mark.parametrize(
    ("node", "zh", "en"),
    [
        (
            FromTerm("sla.objectives.monitor-alerts.ladder.2.share", 1),
            "monitor-alerts 第 2 档比例",
            "monitor-alerts, rung 2: share",
        ),
        (FromTerm("catalogue.items.os-set.amount", 1), "目录项 os-set 金额", "amount of item os-set"),
        (PAID, "金额(p1)", "amount (p1)"),
        (SIGNED, "盖章日(f1)", "seal (f1)"),
        (Given("month.2024-06.first", date(2024, 6, 1)), "2024-06 首日", "first day of 2024-06"),
        (Given("month.2024-06.last", date(2024, 6, 30)), "2024-06 末日", "last day of 2024-06"),
        (Given("as_of", date(2024, 6, 30)), "计算基准日", "as of"),
    ],
)
def test_leaves_have_names(node: Working, zh: str, en: str) -> None:
    assert (label(node).zh, label(node).en) == (zh, en)

"""yunyue calendar and yunyue words."""

import pytest
from cli_cast import Terminal

AMOUNTS = [
    ("1916794.40", "壹佰玖拾壹万陆仟柒佰玖拾肆元肆角"),
    ("958397.20", "玖拾伍万捌仟叁佰玖拾柒元贰角"),
    ("575038.32", "伍拾柒万伍仟零叁拾捌元叁角贰分"),
    ("383358.88", "叁拾捌万叁仟叁佰伍拾捌元捌角捌分"),
]


@pytest.mark.parametrize(
    ("day", "number", "found"),
    [
        ("2024-04-11", "30", "2024-05-24"),
        ("2024-09-10", "10", "2024-09-25"),
        ("2024-09-20", "10", "2024-10-10"),
        ("2024-12-31", "10", "2025-01-15"),
        ("2024-05-24", "-10", "2024-05-11"),
        ("2024-04-11", "0", "2024-04-11"),
    ],
)
def test_working_days_are_added_as_the_contract_counts_them(empty: Terminal, day: str, number: str, found: str) -> None:
    assert empty.json("calendar", "add", day, number)["day"] == found


def test_the_notice_is_cited(empty: Terminal) -> None:
    assert "国办发明电〔2023〕7号" in empty.ok("calendar", "add", "2024-04-11", "30")
    across = empty.json("calendar", "add", "2024-12-31", "10")["notices"]
    assert [one[:4] for one in across] == ["2024", "2025"]


def test_the_term_has_183_working_days(empty: Terminal) -> None:
    found = empty.json("calendar", "count", "2024-04-11", "2024-12-31")
    assert (found["count"], found["with_first"]) == (182, 183)


def test_a_year_without_a_notice_is_refused(empty: Terminal) -> None:
    found = empty.refused("calendar", "add", "2026-12-31", "10")
    assert found["field"] == "calendar"
    assert "2027" in found["reason"]


def test_a_year_without_a_notice_is_estimated_when_asked_and_says_so(empty: Terminal) -> None:
    found = empty.json("calendar", "add", "2026-12-31", "5", "--estimate")
    assert found["estimate"] is True
    assert "an estimate" in empty.ok("calendar", "add", "2026-12-31", "5", "--estimate")
    assert empty.json("calendar", "add", "2024-04-11", "30", "--estimate")["estimate"] is False


def test_a_day_beyond_all_calendars_is_refused(empty: Terminal) -> None:
    assert empty.refused("calendar", "add", "2199-12-31", "9999999", "--estimate")["field"] == "calendar"


def test_counting_backwards_is_refused(empty: Terminal) -> None:
    assert empty.refused("calendar", "count", "2024-12-31", "2024-04-11")["clause"] == "C01"


@pytest.mark.parametrize(("amount", "words"), AMOUNTS)
def test_the_four_amounts_of_the_contract_go_both_ways(empty: Terminal, amount: str, words: str) -> None:
    assert empty.json("words", amount) == {"amount": amount, "words": words}
    assert empty.json("words", words) == {"amount": amount, "words": words}


@pytest.mark.parametrize("amount", ["1.234", "1e5", "-5", "99999999999999999.00", "壹贰元", "twelve", ""])
def test_what_is_no_amount_is_refused(empty: Terminal, amount: str) -> None:
    found = empty.refused("words", amount)
    assert (found["field"], found["clause"]) == ("amount", "C02")

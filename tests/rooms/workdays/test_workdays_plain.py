"""The calendar as plain JSON values in a proof bundle: nothing is lost, nothing wrong is read, the digest is stable."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from yunyue.workdays import STATE_COUNCIL, Calendar, NotCalendar

CALENDARS = [STATE_COUNCIL, STATE_COUNCIL.estimating(), Calendar.monday_to_friday()]
Plain = dict[str, Any]


@pytest.fixture
def plain() -> Plain:
    return copy.deepcopy(STATE_COUNCIL.to_plain())


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_calendar_survives_the_journey_through_json(calendar: Calendar) -> None:
    assert Calendar.from_plain(json.loads(json.dumps(calendar.to_plain()))) == calendar


def test_a_plain_calendar_lists_days_under_year_and_notice(plain: Plain) -> None:
    assert plain.keys() == {"years"}
    assert list(plain["years"]) == ["2023", "2024", "2025", "2026"]
    year = plain["years"]["2024"]
    assert "国办发明电〔2023〕7号" in year["notice"]
    assert year["off"][:2] == ["2024-01-01", "2024-02-10"]
    assert year["work"][:2] == ["2024-02-04", "2024-02-18"]


def test_a_plain_calendar_says_what_lies_beyond_its_notices() -> None:
    assert STATE_COUNCIL.estimating().to_plain()["beyond"] == "estimated"
    assert Calendar.monday_to_friday().to_plain() == {"years": {}, "beyond": "monday-to-friday"}


def test_the_digest_is_the_sha256_of_the_sorted_compact_json() -> None:
    canonical = json.dumps(STATE_COUNCIL.to_plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert STATE_COUNCIL.digest() == "sha256:" + hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def test_calendars_that_count_differently_have_different_digests() -> None:
    assert len({calendar.digest() for calendar in CALENDARS}) == len(CALENDARS)


def test_one_day_more_off_changes_the_digest(plain: Plain) -> None:
    plain["years"]["2024"]["off"].insert(1, "2024-02-09")
    assert Calendar.from_plain(plain).digest() != STATE_COUNCIL.digest()


def test_the_order_of_years_does_not_matter(plain: Plain) -> None:
    plain["years"] = dict(reversed(plain["years"].items()))
    assert Calendar.from_plain(plain) == STATE_COUNCIL


def test_a_read_calendar_counts_as_the_one_that_was_written(plain: Plain) -> None:
    read, (first, last) = Calendar.from_plain(plain), (STATE_COUNCIL.years[0].work[0], STATE_COUNCIL.years[-1].work[-1])
    assert read.between(first, last) == STATE_COUNCIL.between(first, last)


def of_2024(change: Callable[[Plain], object]) -> Callable[[Plain], object]:
    return lambda plain: change(plain["years"]["2024"])


BROKEN: list[tuple[str, Callable[[Plain], object], str]] = [
    ("no years", lambda plain: plain.pop("years"), "calendar: it must have the key"),
    ("an unknown key", lambda plain: plain.update(extra=1), "calendar: it must have the key"),
    ("years as a list", lambda plain: plain.update(years=[]), "years: it must be an object"),
    ("an unknown beyond", lambda plain: plain.update(beyond="guessed"), "beyond: it must be one of"),
    ("a beyond that is no text", lambda plain: plain.update(beyond=[]), "beyond: it must be one of"),
    ("announced years read as Monday to Friday", lambda plain: plain.update(beyond="monday-to-friday"), "years: "),
    ("no year at all", lambda plain: plain.update(years={}), "announced years"),
    ("a missing year", lambda plain: plain["years"].pop("2024"), r"years\.2025: years follow"),
    ("a short year", lambda plain: plain["years"].update({"24": {}}), "four digits"),
    ("the year 0", lambda plain: plain["years"].update({"0000": plain["years"].pop("2023")}), r"years\.0: a year lies"),
    ("a year that is no object", lambda plain: plain["years"].update({"2024": 1}), r"years\.2024: .*exactly the keys"),
    ("no notice", of_2024(lambda year: year.pop("notice")), r"years\.2024: .*exactly the keys"),
    ("a blank notice", of_2024(lambda year: year.update(notice=" ")), r"years\.2024\.notice: .*cites"),
    ("a notice that is no text", of_2024(lambda year: year.update(notice=7)), r"years\.2024\.notice: it must be text"),
    ("days as text", of_2024(lambda year: year.update(off="2024-01-01")), r"years\.2024\.off: it must be a list"),
    (
        "a compact day",
        of_2024(lambda year: year.update(work=["20240204"])),
        r"years\.2024\.work: a day is written like",
    ),
    ("a day as a number", of_2024(lambda year: year.update(work=[20240204])), r"years\.2024\.work: a day is written"),
    ("a day that is none", of_2024(lambda year: year.update(work=["2024-02-30"])), "no day of the calendar"),
    ("a day of another year", of_2024(lambda year: year["off"].append("2025-01-01")), "lies neither in 2024"),
    ("a day of the November before", of_2024(lambda year: year["off"].insert(0, "2023-11-30")), "lies neither"),
    ("a day named twice", of_2024(lambda year: year["off"].insert(0, "2024-01-01")), "named once"),
    ("days out of order", of_2024(lambda year: year["off"].reverse()), "in order"),
    ("a make-up Monday", of_2024(lambda year: year["work"].insert(0, "2024-01-08")), "no Saturday or Sunday"),
    ("a day off and worked", of_2024(lambda year: year["work"].insert(1, "2024-02-17")), "both off and worked"),
]


@pytest.mark.parametrize(("change", "rule"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_what_is_no_calendar_is_refused_with_place_and_rule(
    plain: Plain, change: Callable[[Plain], object], rule: str
) -> None:
    change(plain)
    with pytest.raises(NotCalendar, match=rule):
        Calendar.from_plain(plain)


@pytest.mark.parametrize("plain", [None, [], "calendar", 7])
def test_a_calendar_that_is_no_object_is_refused(plain: object) -> None:
    with pytest.raises(NotCalendar, match="calendar: it must have the key"):
        Calendar.from_plain(plain)


def test_a_notice_may_reach_into_the_december_before_its_year(plain: Plain) -> None:
    year = plain["years"]["2024"]
    year["off"].insert(0, "2023-12-29")
    year["work"].insert(0, "2023-12-30")
    calendar = Calendar.from_plain(plain)
    friday, saturday = calendar.years[1].off[0], calendar.years[1].work[0]
    assert not calendar.is_workday(friday)
    assert calendar.is_workday(saturday)


@pytest.mark.parametrize(("off_in", "worked_in"), [("2023", "2024"), ("2024", "2023")])
def test_two_notices_may_not_disagree_about_a_day(plain: Plain, off_in: str, worked_in: str) -> None:
    for listed in (plain["years"][off_in]["off"], plain["years"][worked_in]["work"]):
        listed.append("2023-12-31")
        listed.sort()
    with pytest.raises(NotCalendar, match="2023-12-31"):
        Calendar.from_plain(plain)

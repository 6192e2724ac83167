"""The packaged notices: complete, cited, and equal day by day to two independent libraries."""

import re
from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # chinesecalendar ships no types
import holidays
import pytest

from yunyue.workdays import NOTICES, STATE_COUNCIL, Notice

YEARS = [notice.year for notice in NOTICES]
ids = [str(year) for year in YEARS]


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_the_notices_cover_2023_to_2026() -> None:
    assert YEARS == [2023, 2024, 2025, 2026]


@pytest.mark.parametrize("notice", NOTICES, ids=ids)
def test_a_notice_is_cited_by_title_number_and_date(notice: Notice) -> None:
    assert re.fullmatch(r"国办发明电〔\d{4}〕\d+号", notice.number)
    assert (
        notice.cited() == f"《国务院办公厅关于{notice.year}年部分节假日安排的通知》({notice.number}, {notice.issued})"
    )


@pytest.mark.parametrize("notice", NOTICES, ids=ids)
def test_a_notice_is_issued_in_the_last_quarter_of_the_year_before(notice: Notice) -> None:
    assert (notice.issued.year, notice.issued.month in (10, 11, 12)) == (notice.year - 1, True)
    assert f"〔{notice.issued.year}〕" in notice.number


@pytest.mark.parametrize("notice", NOTICES, ids=ids)
def test_a_notice_arranges_all_seven_festivals(notice: Notice) -> None:
    named = {festival for pause in notice.breaks for festival in pause.festival.split("、")}
    assert named == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


@pytest.mark.parametrize("notice", NOTICES, ids=ids)
def test_breaks_do_not_overlap(notice: Notice) -> None:
    days = [day for pause in notice.breaks for day in pause.days()]
    assert days == sorted(set(days))


# Days per break as the notices count them ("共8天"), in the order of the notice.
@pytest.mark.parametrize(
    ("year", "lengths"),
    [
        (2023, [3, 7, 1, 5, 3, 8]),
        (2024, [1, 8, 3, 5, 1, 3, 7]),
        (2025, [1, 8, 3, 5, 3, 8]),
        (2026, [3, 9, 3, 5, 3, 3, 7]),
    ],
)
def test_breaks_are_as_long_as_their_notice_says(year: int, lengths: list[int]) -> None:
    (notice,) = (notice for notice in NOTICES if notice.year == year)
    assert [len(pause.days()) for pause in notice.breaks] == lengths


# Working days of a year: 365 or 366 days less weekends and the statutory holidays (11 until 2024, 13 from 2025),
# which make-up days only move. A statutory holiday on a weekend is given back on another day.
@pytest.mark.parametrize(("year", "worked"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_its_weekdays_less_its_statutory_holidays(year: int, worked: int) -> None:
    statutory = 11 if year < 2025 else 13
    weekdays = sum(day.weekday() < 5 for day in days_of(year))
    assert STATE_COUNCIL.between(date(year, 1, 1), date(year, 12, 31)) == worked == weekdays - statutory


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_worked_or_off_as_chinesecalendar_has_it(year: int) -> None:
    differing = [day for day in days_of(year) if STATE_COUNCIL.is_workday(day) != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_worked_or_off_as_holidays_has_it(year: int) -> None:
    china = holidays.country_holidays("CN", years=[year - 1, year, year + 1])
    differing = [day for day in days_of(year) if STATE_COUNCIL.is_workday(day) != china.is_working_day(day)]
    assert differing == []


@pytest.mark.parametrize("notice", NOTICES, ids=ids)
def test_make_up_days_are_those_of_chinesecalendar(notice: Notice) -> None:
    theirs = [day for day in chinese_calendar.constants.workdays if day.year == notice.year]
    assert list(notice.makeup) == sorted(theirs)


def test_no_year_that_chinesecalendar_knows_after_2023_is_missing_here() -> None:
    announced = {day.year for day in chinese_calendar.constants.holidays if day.year >= 2023}
    assert announced == set(YEARS)

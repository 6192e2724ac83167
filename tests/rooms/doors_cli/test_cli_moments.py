"""Days and moments as they are typed."""

from datetime import UTC, date, datetime

import pytest

from yunyue.doors.cli.moments import end_of, happened, read_day, read_moment
from yunyue.host.clock import BEIJING

NOW = datetime(2024, 6, 1, 9, 30, tzinfo=BEIJING)


@pytest.mark.parametrize("text", ["2024-5-1", "20240501", "2024-02-30", "today", "", "2024-05-01 "])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None


def test_a_day_is_a_day() -> None:
    assert read_moment("2024-05-24") == date(2024, 5, 24)
    assert not isinstance(read_moment("2024-05-24"), datetime)


def test_a_moment_without_a_zone_is_beijings() -> None:
    assert read_moment("2024-05-24T09:00") == datetime(2024, 5, 24, 9, tzinfo=BEIJING)


def test_a_moment_with_a_zone_keeps_it() -> None:
    assert read_moment("2024-05-24T01:00:00+00:00") == datetime(2024, 5, 24, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "x", "2024-13-01T00:00", "2024-05-24T25:00"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None


def test_without_a_word_it_happened_now() -> None:
    assert happened(None, NOW) == NOW


def test_a_day_alone_means_its_noon_and_today_means_now() -> None:
    assert happened(date(2024, 5, 31), NOW) == datetime(2024, 5, 31, 12, tzinfo=BEIJING)
    assert happened(NOW.date(), NOW) == NOW


def test_known_at_a_day_means_to_its_end() -> None:
    assert end_of(date(2024, 5, 31)) == datetime(2024, 5, 31, 23, 59, 59, 999_000, tzinfo=BEIJING)
    assert end_of(NOW) == NOW

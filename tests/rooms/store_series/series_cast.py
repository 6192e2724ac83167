"""Samples that the tests of the series share."""

from datetime import datetime, timedelta

from yunyue.catalog import Sample
from yunyue.journal.envelope import BEIJING

NOON = datetime(2024, 6, 3, 12, tzinfo=BEIJING)
T0 = 1_717_387_200_000
"""NOON in milliseconds; a whole minute and a whole five minutes."""

MINUTE = 60_000


def sample(ts: int, error: str = "", instance: str = "o1", indicator: str = "availability") -> Sample:
    return Sample(instance, indicator, ts, not error, error, 1_500)


def each_minute(errors: list[str], start: int = T0) -> list[Sample]:
    return [sample(start + number * MINUTE, error) for number, error in enumerate(errors)]


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)

"""Days and moments as a person types them, always in Beijing time."""

from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import click

from yunyue.doors.cli.voice import language
from yunyue.doors.reach import FIRST_YEAR, LAST_YEAR, in_reach
from yunyue.host.clock import BEIJING

NOON = time(12)
Typed = TypeVar("Typed", date, date | datetime)


class Day(click.ParamType[date]):
    """A day such as 2024-05-24."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Fails for anything else."""
        if isinstance(value, date):
            return value
        found = read_day(value)
        if found is None:
            self.fail(f"{value!r}: YYYY-MM-DD, 2024-05-24", param, ctx)
        return _within(found, self, param, ctx)


class Moment(click.ParamType[date]):
    """A day, or a moment such as 2024-05-24T09:30:00+08:00; without a zone it is Beijing's."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        """A date for a day, a datetime for a moment. Fails for anything else."""
        if isinstance(value, date):
            return value
        found = read_moment(value)
        if found is None:
            self.fail(f"{value!r}: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS+08:00", param, ctx)
        return _within(found, self, param, ctx)


def _within(
    found: Typed, kind: click.ParamType[date], param: click.Parameter | None, ctx: click.Context | None
) -> Typed:
    """What was typed, if it lies in the years every door knows."""
    if not in_reach(found):
        years = f"{FIRST_YEAR}–{LAST_YEAR}"
        said = f"the year is one of {years}" if language() == "en" else f"年份限 {years}"
        kind.fail(f"{found.isoformat()!r}: {said}", param, ctx)
    return found


def read_day(text: str) -> date | None:
    """The day in a text; None when there is none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def read_moment(text: str) -> date | datetime | None:
    """The day or moment in a text; None when there is none."""
    try:
        found = read_day(text) or datetime.fromisoformat(text)
    except ValueError:
        return None
    if isinstance(found, datetime):
        return found.replace(tzinfo=BEIJING) if found.tzinfo is None else found
    return found


def happened(typed: date | datetime | None, now: datetime) -> datetime:
    """When a fact happened: now unless said; a day alone means its noon, and today's means now."""
    match typed:
        case None:
            return now
        case datetime():
            return typed
        case _:
            return now if typed == now.date() else datetime.combine(typed, NOON, BEIJING)


def end_of(typed: date | datetime) -> datetime:
    """Up to when something was known: a day alone counts to its end."""
    if isinstance(typed, datetime):
        return typed
    return datetime.combine(typed + timedelta(days=1), time(), BEIJING) - timedelta(milliseconds=1)


DAY = Day()
MOMENT = Moment()

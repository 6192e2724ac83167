"""One announced year of a calendar: its notice, its days off, the weekend days worked instead; and its plain form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from itertools import pairwise

from yunyue.workdays.errors import NotCalendar
from yunyue.workdays.notices import Notice

_SATURDAY = 5
_KEYS = {"notice", "off", "work"}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Year:
    """A year as one notice arranges it. Days are sorted, lie in the year or in the December before, and are unique.

    Raises NotCalendar when a day is both off and worked, or a make-up day is no Saturday or Sunday.
    """

    year: int
    notice: str
    off: tuple[date, ...]
    work: tuple[date, ...]

    def __post_init__(self) -> None:
        where = f"years.{self.year}"
        if not MINYEAR <= self.year <= MAXYEAR:
            raise NotCalendar(where, f"a year lies between {MINYEAR} and {MAXYEAR}")
        if not self.notice.strip():
            raise NotCalendar(f"{where}.notice", "a year cites the notice it rests on")
        for name, days in (("off", self.off), ("work", self.work)):
            _check_days(f"{where}.{name}", self.year, days)
        for day in self.work:
            if day.weekday() < _SATURDAY:
                raise NotCalendar(f"{where}.work", f"{day} is no Saturday or Sunday, so it makes up for nothing")
            if day in self.off:
                raise NotCalendar(f"{where}.work", f"{day} is both off and worked")

    @classmethod
    def from_notice(cls, notice: Notice) -> Year:
        """The year that a notice arranges."""
        off = tuple(sorted(day for pause in notice.breaks for day in pause.days()))
        return cls(notice.year, notice.cited(), off, tuple(sorted(notice.makeup)))

    def to_plain(self) -> dict[str, object]:
        """The year as JSON values: {"notice": "…", "off": ["2024-01-01", …], "work": ["2024-02-04", …]}."""
        return {
            "notice": self.notice,
            "off": [day.isoformat() for day in self.off],
            "work": [day.isoformat() for day in self.work],
        }

    @classmethod
    def from_plain(cls, year: object, plain: object) -> Year:
        """Read what to_plain() wrote. Raises NotCalendar, naming place and rule."""
        if not isinstance(year, str) or not re.fullmatch(r"[0-9]{4}", year):
            raise NotCalendar("years", f"a year is written with four digits, not {year!r}")
        where = f"years.{year}"
        if not isinstance(plain, dict) or plain.keys() != _KEYS:
            raise NotCalendar(where, f"it must have exactly the keys {', '.join(sorted(_KEYS))}")
        if not isinstance(plain["notice"], str):
            raise NotCalendar(f"{where}.notice", "it must be text")
        off, work = (_read_days(f"{where}.{name}", plain[name]) for name in ("off", "work"))
        return cls(int(year), plain["notice"], off, work)


def _check_days(where: str, year: int, days: tuple[date, ...]) -> None:
    for earlier, later in pairwise(days):
        if earlier >= later:
            raise NotCalendar(where, f"days must be in order and named once, and {later} follows {earlier}")
    for day in days:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise NotCalendar(where, f"{day} lies neither in {year} nor in the December before")


def _read_days(where: str, plain: object) -> tuple[date, ...]:
    if not isinstance(plain, list):
        raise NotCalendar(where, "it must be a list of days")
    return tuple(_read_day(where, day) for day in plain)


def _read_day(where: str, day: object) -> date:
    if not isinstance(day, str) or not _ISO_DAY.fullmatch(day):
        raise NotCalendar(where, f"a day is written like 2024-02-04, not {day!r}")
    try:
        return date.fromisoformat(day)
    except ValueError as wrong:
        raise NotCalendar(where, f"{day} is no day of the calendar ({wrong})") from None

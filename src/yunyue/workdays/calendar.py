"""The calendar of working days (工作日): which days they are, the n-th after or before a day, how many in a span.

Working days are numbered in one line: announced years by look-up, everything outside them by weekday arithmetic. A
position in that line turns every question into one look-up each way, so that settling a contract stays fast.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from yunyue.workdays.errors import NoNotice, NotADay, NotCalendar, OutOfReach
from yunyue.workdays.notices import Notice
from yunyue.workdays.years import Year

_LAST_ORDINAL = date.max.toordinal()


class Beyond(StrEnum):
    """What a calendar says of a day that no notice covers (readings A23 and A2)."""

    REFUSED = "refused"
    ESTIMATED = "estimated"
    MONDAY_TO_FRIDAY = "monday-to-friday"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days as announced. Make one with from_notices(), from_plain() or monday_to_friday().

    Every method that takes a day takes a date, and raises NotADay for a datetime, NoNotice for a year that is not
    announced (unless the calendar estimates), OutOfReach for a day outside the years 1 to 9999.
    """

    years: tuple[Year, ...]
    beyond: Beyond = Beyond.REFUSED
    _worked: tuple[int, ...] = field(init=False, repr=False, compare=False)  # ordinals, announced years only
    _first: int = field(init=False, repr=False, compare=False)  # the ordinals announced: first, and the last
    _last: int = field(init=False, repr=False, compare=False)
    _before: int = field(init=False, repr=False, compare=False)  # working days numbered before the first

    def __post_init__(self) -> None:
        if (self.beyond is Beyond.MONDAY_TO_FRIDAY) == bool(self.years):
            raise NotCalendar("years", "a calendar has announced years, unless it is Monday to Friday only")
        _check_neighbours(self.years)
        first = date(self.years[0].year, 1, 1).toordinal() if self.years else 1
        last = date(self.years[-1].year, 12, 31).toordinal() if self.years else 0
        object.__setattr__(self, "_first", first)
        object.__setattr__(self, "_last", last)
        object.__setattr__(self, "_before", _weekdays_until(first - 1))
        object.__setattr__(self, "_worked", _worked(self.years, range(first, last + 1)))

    @classmethod
    def from_notices(cls, notices: Iterable[Notice]) -> Calendar:
        """The calendar that the notices announce; their years must follow one another."""
        return cls(tuple(Year.from_notice(notice) for notice in sorted(notices, key=lambda notice: notice.year)))

    @classmethod
    def monday_to_friday(cls) -> Calendar:
        """The other reading of 工作日 (A2): Monday to Friday of every week, no holiday and no make-up day."""
        return cls((), Beyond.MONDAY_TO_FRIDAY)

    def estimating(self) -> Calendar:
        """The same calendar, taking Monday to Friday as worked in years without a notice (reading A23)."""
        return self if self.beyond is Beyond.MONDAY_TO_FRIDAY else replace(self, beyond=Beyond.ESTIMATED)

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked."""
        ordinal = _ordinal(day)
        return self._number(ordinal) > self._number(ordinal - 1)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself does not count; before it when n is negative; `day` for 0."""
        ordinal = _ordinal(day)
        if n == 0:
            return day
        number = self._number(ordinal) + n if n > 0 else self._number(ordinal - 1) + n + 1
        return self._day(number)

    def subtract(self, day: date, n: int) -> date:
        """The n-th working day before `day`, which itself does not count (reading A20)."""
        return self.add(day, -n)

    def count(self, after: date, until: date) -> int:
        """Working days later than `after` and not later than `until`; none when `until` is not later."""
        return self._span(_ordinal(after), _ordinal(until))

    def between(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both included; none when `last` is earlier."""
        return self._span(_ordinal(first) - 1, _ordinal(last))

    def next_workday_on_or_after(self, day: date) -> date:
        """The day itself when it is worked, else the first working day after it."""
        return self._day(self._number(_ordinal(day) - 1) + 1)

    def is_estimate(self, day: date) -> bool:
        """Whether the calendar can only estimate this day. A calendar that refuses never estimates."""
        return self.estimates(day, day)

    def estimates(self, first: date, last: date) -> bool:
        """Whether an answer over this span (both ends included, in either order) rests on a year without a notice."""
        earlier, later = sorted((_ordinal(first), _ordinal(last)))
        return self.beyond is Beyond.ESTIMATED and not self._first <= earlier <= later <= self._last

    def to_plain(self) -> dict[str, object]:
        """The calendar as JSON values: {"years": {"2024": {"notice", "off", "work"}}}.

        Unless days without a notice are refused, "beyond" says what they are: "estimated" or "monday-to-friday".
        """
        plain: dict[str, object] = {"years": {f"{year.year:04d}": year.to_plain() for year in self.years}}
        if self.beyond is not Beyond.REFUSED:
            plain["beyond"] = self.beyond.value
        return plain

    @classmethod
    def from_plain(cls, plain: object) -> Calendar:
        """Read what to_plain() wrote. Raises NotCalendar, naming place and rule."""
        if not isinstance(plain, dict) or not {"years"} <= plain.keys() <= {"years", "beyond"}:
            raise NotCalendar("calendar", 'it must have the key "years", and "beyond" if any')
        if not isinstance(plain["years"], dict):
            raise NotCalendar("years", "it must be an object keyed by year")
        beyond = plain.get("beyond", Beyond.REFUSED.value)
        if beyond not in tuple(Beyond):
            raise NotCalendar("beyond", f"it must be one of {', '.join(Beyond)}, not {beyond!r}")
        years = (Year.from_plain(year, arranged) for year, arranged in plain["years"].items())
        return cls(tuple(sorted(years, key=lambda year: year.year)), Beyond(beyond))

    def digest(self) -> str:
        """ "sha256:" and the hex digest of to_plain() as JSON: sorted keys, no spaces, UTF-8."""
        canonical = json.dumps(self.to_plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"

    def _span(self, after: int, until: int) -> int:
        """Working days later than one ordinal and not later than another; an empty span asks no notice."""
        return self._number(until) - self._number(after) if until > after else 0

    def _number(self, ordinal: int) -> int:
        """How many working days there are up to and including a day, counted from the first day of year 1."""
        if self._first <= ordinal <= self._last:
            return self._before + bisect_right(self._worked, ordinal)
        if ordinal == self._first - 1:
            return self._before
        if self.beyond is Beyond.REFUSED:
            raise NoNotice(date.fromordinal(max(1, ordinal)).year, self._known())
        if ordinal < self._first:
            return _weekdays_until(ordinal)
        return self._before + len(self._worked) + _weekdays_until(ordinal) - _weekdays_until(self._last)

    def _day(self, number: int) -> date:
        """The day whose number this is: the inverse of _number() on working days."""
        place = number - self._before - 1
        if 0 <= place < len(self._worked):
            return date.fromordinal(self._worked[place])
        if place < 0:
            return self._beyond(_weekday(number))
        return self._beyond(_weekday(_weekdays_until(self._last) + place - len(self._worked) + 1))

    def _beyond(self, ordinal: int) -> date:
        """A day that no notice covers, found by weekday arithmetic; refused by the first such year on the way there."""
        if self.beyond is Beyond.REFUSED:
            known = self._known()
            raise NoNotice(known[0] - 1 if ordinal < self._first else known[-1] + 1, known)
        if not 1 <= ordinal <= _LAST_ORDINAL:
            raise OutOfReach
        return date.fromordinal(ordinal)

    def _known(self) -> tuple[int, ...]:
        return tuple(year.year for year in self.years)


def _check_neighbours(years: tuple[Year, ...]) -> None:
    """Years follow one another; where two notices share a December, they agree."""
    for earlier, later in pairwise(years):
        where = f"years.{later.year}"
        if later.year != earlier.year + 1:
            raise NotCalendar(where, f"years follow one another, and it follows {earlier.year}")
        if disputed := {*later.off} & {*earlier.work} or {*later.work} & {*earlier.off}:
            raise NotCalendar(where, f"{min(disputed)} is off in one notice and worked in another")


def _ordinal(day: date) -> int:
    if isinstance(day, datetime) or not isinstance(day, date):
        raise NotADay(day)
    return day.toordinal()


def _worked(years: tuple[Year, ...], ordinals: range) -> tuple[int, ...]:
    off = {day.toordinal() for year in years for day in year.off}
    work = {day.toordinal() for year in years for day in year.work}
    return tuple(n for n in ordinals if n in work or (n not in off and n % 7 not in (0, 6)))


def _weekdays_until(ordinal: int) -> int:
    """Mondays to Fridays from ordinal 1, a Monday, to this one included."""
    weeks, days = divmod(ordinal, 7)
    return 5 * weeks + min(days, 5)


def _weekday(number: int) -> int:
    """The ordinal of the Monday-to-Friday day with this number, counting from 1."""
    weeks, days = divmod(number - 1, 5)
    return 7 * weeks + days + 1

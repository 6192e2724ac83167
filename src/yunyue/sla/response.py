"""The clocks of a ticket: when an answer and a solution are due, and how much of the time is used.

Hours of severity I and II run day and night. Those of III and IV, and every working day, run in service hours only:
from opening to closing on working days of the State Council's calendar. One working day is as many hours as a day's
service hours, so what is opened at ten on Monday with one working day is due at ten on Tuesday, and what is opened on
a Saturday begins at Monday's opening. A clock stands still while the provider waits for the client.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal

from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import Level, ResponseAgreed
from yunyue.workdays import Calendar

ZERO: Final = timedelta()
_DAY: Final = timedelta(days=1)
_UNITS: Final = {"min": timedelta(minutes=1), "h": timedelta(hours=1)}

DEFAULTS: Final = (
    Level(1, "10 min", "2 h", "calendar"),
    Level(2, "30 min", "4 h", "calendar"),
    Level(3, "2 h", "1 wd", "service"),
    Level(4, "1 wd", "3 wd", "service"),
)
"""Where the sides agreed on nothing else. Data: a response.agreed fact takes their place."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When time counts: day and night, or between two times of a working day, Beijing time."""

    calendar: Calendar
    opens: time = time(9)
    closes: time = time(17)

    @property
    def day(self) -> timedelta:
        """One working day, as time that counts."""
        return timedelta(hours=self.closes.hour - self.opens.hour, minutes=self.closes.minute - self.opens.minute)

    def open_on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when time counts on a day; None on one that is no working day."""
        if not self.calendar.is_workday(day):
            return None
        return datetime.combine(day, self.opens, BEIJING), datetime.combine(day, self.closes, BEIJING)


@dataclass(frozen=True, slots=True)
class Pace:
    """How an allowance counts: `hours` None means day and night."""

    allowed: timedelta
    hours: Hours | None

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments counts; nothing when the end is not later."""
        if end <= start:
            return ZERO
        if self.hours is None:
            return end - start
        spans = self._spans(self.hours, start, end.astimezone(BEIJING).date())
        return sum((max(ZERO, min(end, closes) - max(start, opens)) for opens, closes in spans), ZERO)

    def after(self, start: datetime, wanted: timedelta) -> datetime:
        """The earliest moment not before `start` by which so much time has counted."""
        if self.hours is None or wanted <= ZERO:
            return start + max(wanted, ZERO)
        rest = wanted
        for opens, closes in self._spans(self.hours, start, date.max):
            begins = max(opens, start)
            if closes - begins >= rest:
                return begins + rest
            rest -= max(ZERO, closes - begins)
        raise OverflowError("no day is left")

    @staticmethod
    def _spans(hours: Hours, start: datetime, last: date) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(BEIJING).date()
        while day <= last:
            found = hours.open_on(day)
            if found is not None and found[1] > start:
                yield found
            day += _DAY


Step = tuple[datetime, Literal["start", "stop"]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as it stands: time used, whether it runs, and when it is or was due.

    `due` is None while the clock stands still unused up: nobody knows yet when it goes on.
    """

    allowed: timedelta
    used: timedelta
    running: bool
    due: datetime | None

    @property
    def late(self) -> bool:
        """Whether more time was used than there was."""
        return self.used > self.allowed

    @property
    def left(self) -> timedelta:
        """Time that is left; below zero once it is late."""
        return self.allowed - self.used


def read(pace: Pace, steps: Sequence[Step], now: datetime) -> Reading:
    """The clock at a moment, from its starts and stops in order. Raises ValueError when they do not alternate."""
    known = [one for one in steps if one[0] <= now]
    spans = list(_running(known, now))
    used = sum((pace.counted(start, end) for start, end in spans), ZERO)
    running = bool(known) and known[-1][1] == "start"
    return Reading(pace.allowed, used, running, _due(pace, spans, running))


def _running(steps: Sequence[Step], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    kinds = [kind for _, kind in steps]
    if any(one == other for one, other in pairwise(kinds)) or kinds[:1] == ["stop"]:
        raise ValueError("a clock starts, then stops, then starts")
    moments = [moment for moment, _ in steps]
    if len(moments) % 2:
        moments.append(now)
    yield from zip(moments[::2], moments[1::2], strict=True)


def _due(pace: Pace, spans: Iterable[tuple[datetime, datetime]], running: bool) -> datetime | None:
    rest, last = pace.allowed, None
    for start, end in spans:
        counts = pace.counted(start, end)
        if counts >= rest:
            return pace.after(start, rest)
        rest, last = rest - counts, end
    return pace.after(last, rest) if running and last is not None else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The levels in force with their service hours."""

    levels: tuple[Level, ...]
    hours: Hours

    @classmethod
    def of(cls, agreed: ResponseAgreed | None, calendar: Calendar) -> "Agreement":
        """What was agreed last; the defaults for severities it does not name, or where nothing was."""
        known = calendar.estimating()
        if agreed is None:
            return cls(DEFAULTS, Hours(known))
        named = {one.severity: one for one in agreed.levels}
        levels = tuple(named.get(one.severity, one) for one in DEFAULTS)
        return cls(levels, Hours(known, time.fromisoformat(agreed.opens), time.fromisoformat(agreed.closes)))

    def pace(self, severity: int, clock: Literal["response", "resolution"]) -> Pace:
        """How fast a severity is to be answered, or resolved. Raises StopIteration for one there is not."""
        level = next(one for one in self.levels if one.severity == severity)
        number, unit = (level.response if clock == "response" else level.resolution).split(" ")
        if unit == "wd":
            return Pace(self.hours.day * int(number), self.hours)
        return Pace(_UNITS[unit] * int(number), None if level.hours == "calendar" else self.hours)

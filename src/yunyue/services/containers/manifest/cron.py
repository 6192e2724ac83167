"""When a CronJob is due: five fields of cron in a zone of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yunyue.answer import Refused

RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MACROS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
FARTHEST: Final = 366 * 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """The accepted values of minute, hour, day, month and weekday (0 is Sunday); days are one or the other."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime | None:
        """The first due moment later than one; None within five years."""
        local = moment.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None) + timedelta(minutes=1)
        for _ in range(FARTHEST):
            if self._day(local):
                for hour, minute in self._times(local):
                    return local.replace(hour=hour, minute=minute, tzinfo=self.zone)
            local = (local + timedelta(days=1)).replace(hour=0, minute=0)
        return None

    def _day(self, local: datetime) -> bool:
        by_day, by_weekday = local.day in self.days, local.isoweekday() % 7 in self.weekdays
        return local.month in self.months and (by_day or by_weekday if self.either else by_day and by_weekday)

    def _times(self, local: datetime) -> list[tuple[int, int]]:
        at = (local.hour, local.minute)
        return [(h, m) for h in sorted(self.hours) for m in sorted(self.minutes) if (h, m) >= at][:1]


def read_schedule(text: str, zone: str = "Asia/Shanghai") -> Schedule | Refused:
    """The schedule of five fields or of a word such as @daily. Refused: neither, or an unknown zone."""
    fields = MACROS.get(text.strip(), text).split()
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Refused(f"there is no time zone {zone!r}", "spec.timeZone", "C37")
    if len(fields) != 5:
        return Refused("expected five fields of cron", "spec.schedule", "C37")
    read = [_values(field.lower(), index) for index, field in enumerate(fields)]
    if any(not values for values in read):
        return Refused(f"{text!r} is no schedule of cron", "spec.schedule", "C37")
    weekdays = frozenset(one % 7 for one in read[4])
    either = not fields[2].startswith(("*", "?")) and not fields[4].startswith(("*", "?"))
    return Schedule(read[0], read[1], read[2], read[3], weekdays, either, place)


def _values(field: str, index: int) -> frozenset[int]:
    """The values of a field; none when it is wrong."""
    found: set[int] = set()
    for part in field.split(","):
        values = _range(part, index)
        if not values:
            return frozenset()
        found.update(values)
    return frozenset(found)


def _range(part: str, index: int) -> range | None:
    low, high = RANGES[index]
    span, slash, step = part.partition("/")
    if slash and (not step.isdecimal() or not 1 <= int(step) <= 59):
        return None
    first, dash, last = span.partition("-")
    if span in ("*", "?"):
        start, end = low, high - (index == 4)
    else:
        begins, ends = _number(first, index), _number(last, index) if dash else None
        if begins is None or (dash and ends is None):
            return None
        start, end = begins, ends if ends is not None else (high if slash else begins)
    return range(start, end + 1, int(step or 1)) if low <= start <= end <= high else None


def _number(text: str, index: int) -> int | None:
    if text.isdecimal() and len(text) <= 2:
        return int(text)
    names = {3: MONTHS, 4: DAYS}.get(index, ())
    return names.index(text) + (index == 3) if text in names else None

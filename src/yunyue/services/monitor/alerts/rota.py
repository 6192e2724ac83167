"""Who is on duty: channels that take turns, and others on days that are no working days. Pure."""

from datetime import date
from typing import Annotated

import msgspec

from yunyue.services.monitor.alerts.rules import Name
from yunyue.workdays import Calendar


class Rota(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From the day `first` on, each of `turns` is on duty for `days` days, again and again.

    With `holidays`, those channels are told instead on days that the State Council's calendar calls no working days.
    Before `first` the rota counts backwards in the same order.
    """

    name: Name
    turns: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=100)]
    first: date
    days: Annotated[int, msgspec.Meta(ge=1, le=31)] = 7
    holidays: tuple[Name, ...] = ()

    def on_duty(self, day: date, calendar: Calendar) -> tuple[str, ...]:
        """The channels to tell on a day in Beijing. A year without a notice yet is estimated by its weekdays."""
        if self.holidays and not calendar.estimating().is_workday(day):
            return self.holidays
        turn = (day - self.first).days // self.days
        return (self.turns[turn % len(self.turns)],)

"""What is refused when working days are counted: a year nobody has announced, a calendar that contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence


class NoNotice(LookupError):
    """The State Council's notice for `year` is not in the calendar, so its working days are not known (reading A23)."""

    def __init__(self, year: int, known: Sequence[int]) -> None:
        span = f"{known[0]} to {known[-1]}" if len(known) > 1 else str(*known)
        super().__init__(
            f"no State Council notice on the holidays of {year}: the calendar knows {span}. The notice appears in "
            f"October or November of the year before; until then ask for an estimate, or wait (reading A23)"
        )
        self.year = year
        self.known = tuple(known)


class NotCalendar(ValueError):
    """The material is no calendar: `where` is the dotted place in it, `rule` the rule it breaks."""

    def __init__(self, where: str, rule: str) -> None:
        super().__init__(f"not a calendar of working days: {where}: {rule}")
        self.where = where
        self.rule = rule


class NotADay(TypeError):
    """A calendar day was wanted and something else came, such as a moment, whose day depends on a time zone."""

    def __init__(self, value: object) -> None:
        super().__init__(f"{value!r} is {type(value).__name__}, not a date; take the day in the contract's zone first")


class OutOfReach(OverflowError):
    """The day asked for lies before year 1 or after year 9999."""

    def __init__(self) -> None:
        super().__init__("the working day asked for lies outside the years 1 to 9999")

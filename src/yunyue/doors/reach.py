"""The days people may name at any door: those of a contract's life, with room on both sides."""

from datetime import date
from typing import Final

from yunyue.answer import Refused

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199


def in_reach(day: date) -> bool:
    """Whether a day or a moment lies in these years."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def beyond(day: date | None, field: str) -> Refused | None:
    """The refusal of a day nobody can mean; None for one in reach and for none at all."""
    if day is None or in_reach(day):
        return None
    return Refused(f"a day or moment lies in the years {FIRST_YEAR} to {LAST_YEAR}, not in {day.year}", field)

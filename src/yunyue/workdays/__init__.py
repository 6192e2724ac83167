"""Working days by the State Council's calendar, as data that cites its notices, and arithmetic over them."""

from yunyue.workdays.calendar import Beyond, Calendar
from yunyue.workdays.errors import NoNotice, NotADay, NotCalendar, OutOfReach
from yunyue.workdays.notices import NOTICES, Break, Notice
from yunyue.workdays.years import Year

STATE_COUNCIL = Calendar.from_notices(NOTICES)
"""The calendar of every year whose notice is packaged; other years are refused."""

__all__ = [
    "NOTICES",
    "STATE_COUNCIL",
    "Beyond",
    "Break",
    "Calendar",
    "NoNotice",
    "NotADay",
    "NotCalendar",
    "Notice",
    "OutOfReach",
    "Year",
]

"""The State Council's holiday notices of 2023 to 2026: which days are off, and which weekend days are worked instead.

Each notice is copied day by day from its text, Saturdays and Sundays inside a break included. A notice may reach into
the December before its year. Where a notice lets a holiday merely meet a weekend (2024: 元旦, 端午节), only the
holiday is listed. 2024-02-09 (除夕) was recommended leave, not a day off, and stays a working day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Break:
    """Consecutive days off for one festival, both ends included."""

    festival: str
    first: date
    last: date

    def days(self) -> tuple[date, ...]:
        """Every day of the break, in order."""
        return tuple(self.first + timedelta(n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Notice:
    """One yearly notice of the General Office of the State Council: where it says so, the breaks, the make-up days."""

    year: int
    number: str
    title: str
    issued: date
    breaks: tuple[Break, ...]
    makeup: tuple[date, ...]

    def cited(self) -> str:
        """The notice as a paper cites it: title, number, date of issue."""
        return f"《{self.title}》({self.number}, {self.issued.isoformat()})"


def _title(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def _break(festival: str, first: str, last: str) -> Break:
    return Break(festival, date.fromisoformat(first), date.fromisoformat(last))


def _days(*days: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in days)


NOTICES = (
    Notice(
        year=2023,
        number="国办发明电〔2022〕16号",
        title=_title(2023),
        issued=date(2022, 12, 8),
        breaks=(
            _break("元旦", "2022-12-31", "2023-01-02"),
            _break("春节", "2023-01-21", "2023-01-27"),
            _break("清明节", "2023-04-05", "2023-04-05"),
            _break("劳动节", "2023-04-29", "2023-05-03"),
            _break("端午节", "2023-06-22", "2023-06-24"),
            _break("中秋节、国庆节", "2023-09-29", "2023-10-06"),
        ),
        makeup=_days("2023-01-28", "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07", "2023-10-08"),
    ),
    Notice(
        year=2024,
        number="国办发明电〔2023〕7号",
        title=_title(2024),
        issued=date(2023, 10, 25),
        breaks=(
            _break("元旦", "2024-01-01", "2024-01-01"),
            _break("春节", "2024-02-10", "2024-02-17"),
            _break("清明节", "2024-04-04", "2024-04-06"),
            _break("劳动节", "2024-05-01", "2024-05-05"),
            _break("端午节", "2024-06-10", "2024-06-10"),
            _break("中秋节", "2024-09-15", "2024-09-17"),
            _break("国庆节", "2024-10-01", "2024-10-07"),
        ),
        makeup=_days(
            "2024-02-04",
            "2024-02-18",
            "2024-04-07",
            "2024-04-28",
            "2024-05-11",
            "2024-09-14",
            "2024-09-29",
            "2024-10-12",
        ),
    ),
    Notice(
        year=2025,
        number="国办发明电〔2024〕12号",
        title=_title(2025),
        issued=date(2024, 11, 12),
        breaks=(
            _break("元旦", "2025-01-01", "2025-01-01"),
            _break("春节", "2025-01-28", "2025-02-04"),
            _break("清明节", "2025-04-04", "2025-04-06"),
            _break("劳动节", "2025-05-01", "2025-05-05"),
            _break("端午节", "2025-05-31", "2025-06-02"),
            _break("国庆节、中秋节", "2025-10-01", "2025-10-08"),
        ),
        makeup=_days("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    ),
    Notice(
        year=2026,
        number="国办发明电〔2025〕7号",
        title=_title(2026),
        issued=date(2025, 11, 4),
        breaks=(
            _break("元旦", "2026-01-01", "2026-01-03"),
            _break("春节", "2026-02-15", "2026-02-23"),
            _break("清明节", "2026-04-04", "2026-04-06"),
            _break("劳动节", "2026-05-01", "2026-05-05"),
            _break("端午节", "2026-06-19", "2026-06-21"),
            _break("中秋节", "2026-09-25", "2026-09-27"),
            _break("国庆节", "2026-10-01", "2026-10-07"),
        ),
        makeup=_days("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
    ),
)

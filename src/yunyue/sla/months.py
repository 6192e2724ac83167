"""The service months of a contract: calendar months, clipped to the term, in Beijing days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from yunyue.contract.terms import Term
from yunyue.journal.envelope import BEIJING
from yunyue.sla.span import Span, milliseconds

MINUTES_OF_A_DAY = 1440


@dataclass(frozen=True, slots=True, order=True)
class ServiceMonth:
    """A month such as "2024-04", with the first and the last day of it (both counted) that lie in the term."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """Days of the term in this month."""
        return (self.last - self.first).days + 1

    @property
    def minutes(self) -> int:
        """Minutes of those days; Beijing time has no day of another length."""
        return self.days * MINUTES_OF_A_DAY

    @property
    def span(self) -> Span:
        """From midnight of the first day to midnight after the last, Beijing time."""
        return Span(_midnight(self.first), _midnight(self.last + timedelta(days=1)))


def service_months(term: Term) -> tuple[ServiceMonth, ...]:
    """Every service month of the term, in order. A term that ends before it starts has none."""
    months: list[ServiceMonth] = []
    first = term.start
    while first <= term.end:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        last = min(term.end, following - timedelta(days=1))
        months.append(ServiceMonth(f"{first:%Y-%m}", first, last))
        first = following
    return tuple(months)


def service_month(term: Term, name: str) -> ServiceMonth | None:
    """The service month of that name ("2024-04"); None when the term has no day in it."""
    return next((month for month in service_months(term) if month.name == name), None)


def allowed_minutes(minutes: int, target: Decimal) -> Decimal:
    """Minutes that may be bad in so many minutes at a target such as 99.9 %: exact, 28,800 minutes give 28.800."""
    return minutes * (100 - target).scaleb(-2)


def _midnight(day: date) -> int:
    return milliseconds(datetime.combine(day, time(), BEIJING))

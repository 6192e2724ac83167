"""What an order used: processors and memory allotted to its containers, and what they really used, by the month.

Allotted is what the limits of running containers add up to, exact to the millisecond; used is what their control
group counted. Both are shown; which one is billed is the contract's to say.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from yunyue.catalog import Result, Window
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import UsageMetered
from yunyue.services.containers.entry import GIB, GIB_USED, VCPU, VCPU_USED
from yunyue.services.containers.metering.ledger import Ledger
from yunyue.sla.span import Span, clip, milliseconds

OCTETS: Final = 1 << 30
_EPOCH: Final = datetime(1970, 1, 1, 8, tzinfo=BEIJING)


def meter(order: str, asked: Window, ledger: Ledger, now: int) -> Result:
    """usage.metered by all four meters; a month is a calendar month in Beijing, whatever its length."""
    window = Span(milliseconds(asked.start), milliseconds(asked.end))
    totals = dict.fromkeys((VCPU, GIB, VCPU_USED, GIB_USED), Fraction(0))
    for month in _months(window):
        for part in clip((month,), window):
            for code, amount in _within(order, part, ledger, now).items():
                totals[code] += amount / month.length
    return tuple(
        UsageMetered(order=order, meter=code, quantity=_six(total), start=asked.start, end=asked.end)
        for code, total in totals.items()
    )


def _within(order: str, part: Span, ledger: Ledger, now: int) -> dict[str, Fraction]:
    """Processors × ms and GiB × ms of a stretch."""
    milli_ms, octet_ms = ledger.allotted(order, part.start, part.end, now)
    used_ns, used_octet_ms = ledger.used(order, part.start, part.end)
    return {
        VCPU: Fraction(milli_ms, 1000),
        GIB: Fraction(octet_ms, OCTETS),
        VCPU_USED: Fraction(used_ns, 1_000_000),
        GIB_USED: Fraction(used_octet_ms, OCTETS),
    }


def _six(total: Fraction) -> Decimal:
    """Six decimals, cut off."""
    return Decimal(total.numerator * 10**6 // total.denominator).scaleb(-6)


def _months(window: Span) -> tuple[Span, ...]:
    first = (_EPOCH + timedelta(milliseconds=window.start)).date().replace(day=1)
    found: list[Span] = []
    while not found or found[-1].end < window.end:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(Span(_midnight(first), _midnight(following)))
        first = following
    return tuple(found)


def _midnight(day: date) -> int:
    return milliseconds(datetime.combine(day, time(), BEIJING))

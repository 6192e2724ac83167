"""What an order used: probes made, in units of 10,000, and the part of a month for which its site was watched."""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from yunyue.catalog import Host, Result
from yunyue.catalog import Window as Asked
from yunyue.journal.envelope import BEIJING
from yunyue.journal.facts import UsageMetered
from yunyue.services.monitor.entry import PROBES, SITES
from yunyue.services.monitor.instances import Instance
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.sla.span import Span, clip, milliseconds

FOREVER = 2**53 - 1


def meter(instance: Instance, asked: Asked, host: Host) -> Result:
    """usage.metered by both meters. A gap is no probe; a month is a calendar month in Beijing, whatever its length."""
    span = Span(milliseconds(asked.start), milliseconds(asked.end))
    observed = host.series.windows(instance.order, AVAILABILITY, span.start, span.end)
    probes = Decimal(sum(one.total for one in observed.minutes)).scaleb(-4)
    life = Span(instance.made, FOREVER if instance.ended is None else max(instance.ended, instance.made))
    quantities = {PROBES: probes, SITES: _months(clip((life,), span))}
    return tuple(
        UsageMetered(order=instance.order, meter=code, quantity=quantity, start=asked.start, end=asked.end)
        for code, quantity in quantities.items()
    )


def _months(stretches: tuple[Span, ...]) -> Decimal:
    """Calendar months and parts of them, six decimals, cut off."""
    total = sum((_in_months(one) for one in stretches), start=Fraction(0))
    return (Decimal(total.numerator * 10**6 // total.denominator)).scaleb(-6).quantize(Decimal("0.000001"), ROUND_DOWN)


def _in_months(stretch: Span) -> Fraction:
    first = (datetime(1970, 1, 1, 8, tzinfo=BEIJING) + timedelta(milliseconds=stretch.start)).date().replace(day=1)
    found = Fraction(0)
    while (month := _month(first)).start < stretch.end:
        found += sum(Fraction(one.length, month.length) for one in clip((month,), stretch))
        first = _following(first)
    return found


def _month(first: date) -> Span:
    return Span(_midnight(first), _midnight(_following(first)))


def _following(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _midnight(day: date) -> int:
    return milliseconds(datetime.combine(day, time(), BEIJING))

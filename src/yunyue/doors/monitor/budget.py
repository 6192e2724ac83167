"""What an objective still allows in a month: the budget of bad minutes, day by day, and what other methods would say.

Nothing here decides anything: a month is judged when it is over, from windows that are facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, get_args

from yunyue.answer import Refused
from yunyue.catalog import Count
from yunyue.contract.terms import Method, Objective
from yunyue.journal.facts import OrderPlaced, ServiceDelivered, ServiceRetired
from yunyue.kernel.hosting import Hosting
from yunyue.services.monitor.entry import COVERAGE, ENTRY
from yunyue.services.monitor.schedule import AVAILABILITY
from yunyue.sla.evidence import BUCKET, Evidence, Grain, Tally
from yunyue.sla.exclusions import KINDS, exclusions, standing
from yunyue.sla.methods import NOTHING, Measured, Window, cut, measure, shown
from yunyue.sla.months import ServiceMonth, allowed_minutes
from yunyue.sla.span import DAY, MINUTE, Span, clip, milliseconds

METHODS: Final[tuple[Method, ...]] = get_args(Method)
MOST_EXACT: Final = 60
"""Orders whose minutes are looked at one by one for a page."""
BEIJING_MS: Final = 8 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Burnt:
    """A day of the month: bad units so far, and what is left of the month's budget (minutes, by M6 attempts)."""

    day: date
    bad: int
    left: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """An objective's month by a method. `allowed`: bad units the whole month may have; `days`: up to `as_of`."""

    objective: Objective
    month: ServiceMonth
    method: Method
    measured: Measured
    allowed: Decimal
    days: tuple[Burnt, ...]

    @property
    def figure(self) -> Decimal | None:
        """The figure so far, in per cent with six decimals cut off; None when nothing was counted."""
        share = self.measured.share
        return None if share is None else shown(share)

    @property
    def bad(self) -> int:
        """Bad units so far."""
        return self.measured.total - self.measured.good

    @property
    def left(self) -> Decimal:
        """What may still go wrong; below zero when too much has."""
        return self.allowed - self.bad


def budget(
    hosting: Hosting, contract: str, objective: Objective, month: ServiceMonth, method: Method | None = None
) -> Budget | Refused:
    """The budget of an objective of monitoring, by its own method or by another one to compare.

    Refused: an objective of another service, an indicator that is no sample's.
    """
    if objective.service != ENTRY.code or objective.indicator not in (AVAILABILITY, COVERAGE):
        return Refused(f"{objective.id} is not measured from probes", "objective", "C18")
    chosen = method or objective.method
    now = min(milliseconds(hosting.kernel.clock.now()), month.span.end)
    lives = _lives(hosting, contract, Span(month.span.start, max(now, month.span.start)))
    away = clip(exclusions(objective.id, standing(hosting.kernel.facts(contract, *KINDS))).spans, month.span)
    if (chosen, objective.indicator, away) == ("M1", AVAILABILITY, ()):
        return _budget(objective, month, chosen, _from_summaries(hosting, lives, month))
    if len(lives) > MOST_EXACT:
        return Refused(f"samples of {len(lives)} targets are too many to look at together", "method", "C18")
    seen = [(life, _seen(hosting, order, objective, life)) for order, life in lives]
    return _exactly(objective, month, chosen, (seen, away))


def compare(hosting: Hosting, contract: str, objective: Objective, month: ServiceMonth) -> tuple[Budget, ...] | Refused:
    """The same month by every method, in order, from samples read once. Refused as `budget` is."""
    own = budget(hosting, contract, objective, month)
    if isinstance(own, Refused):
        return own
    now = min(milliseconds(hosting.kernel.clock.now()), month.span.end)
    lives = _lives(hosting, contract, Span(month.span.start, max(now, month.span.start)))
    if len(lives) > MOST_EXACT:
        return Refused(f"samples of {len(lives)} targets are too many to look at together", "method", "C18")
    away = clip(exclusions(objective.id, standing(hosting.kernel.facts(contract, *KINDS))).spans, month.span)
    seen = [(life, _seen(hosting, order, objective, life)) for order, life in lives]
    return tuple(_exactly(objective, month, one, (seen, away)) for one in METHODS)


def _exactly(
    objective: Objective,
    month: ServiceMonth,
    method: Method,
    how: tuple[Sequence[tuple[Span, Evidence]], Sequence[Span]],
) -> Budget:
    seen, away = how
    per_day: dict[int, Measured] = {}
    for life, evidence in seen:
        for start, measured in _measured(method, life, evidence, away):
            per_day[start] = per_day.get(start, NOTHING) + measured
    return _budget(objective, month, method, per_day)


def _from_summaries(hosting: Hosting, lives: Sequence[tuple[str, Span]], month: ServiceMonth) -> dict[int, Measured]:
    """Every order's days without looking at samples; right for M1 where nothing is excluded."""
    bad = {(one.instance, one.day): one for one in hosting.series.daily(AVAILABILITY, month.span.start, month.span.end)}
    per_day: dict[int, Measured] = {}
    for order, life in lives:
        for at in range(_midnight(life.start), life.end, DAY):
            day = bad.get((order, (at + BEIJING_MS) // DAY))
            if day is not None and day.total:
                counted = (min(at + DAY, life.end) - max(at, life.start)) // MINUTE
                down = min(day.bad_minutes, counted)
                per_day[at] = per_day.get(at, NOTHING) + Measured(down, counted, 0, counted - down, counted)
    return per_day


def _budget(objective: Objective, month: ServiceMonth, method: Method, per_day: dict[int, Measured]) -> Budget:
    measured = sum(per_day.values(), NOTHING)
    orders = max(1, round(measured.counted_minutes / max(1, _minutes(per_day))))
    whole = measured.total if method == "M6" else month.minutes * orders
    allowed = allowed_minutes(whole, objective.target)
    days, bad = [], 0
    for start in sorted(per_day):
        bad += per_day[start].total - per_day[start].good
        at = date.fromordinal(date(1970, 1, 1).toordinal() + (start + BEIJING_MS) // DAY)
        days.append(Burnt(at, bad, allowed - bad))
    return Budget(objective, month, method, measured, allowed, tuple(days))


def _minutes(per_day: dict[int, Measured]) -> int:
    """Minutes of the days of one order that has all of them."""
    return len(per_day) * DAY // MINUTE


def _seen(hosting: Hosting, order: str, objective: Objective, life: Span) -> Evidence:
    """What was observed of an order, as the objective's indicator counts it."""
    observed = hosting.series.windows(order, AVAILABILITY, life.start, life.end)
    counted = _coverage if objective.indicator == COVERAGE else _attempts
    return Evidence(
        tuple(one for count in observed.minutes if (one := counted(count, 60_000)).total),
        tuple(one for count in observed.buckets if (one := counted(count, BUCKET)).total),
        () if objective.indicator == COVERAGE else tuple(Span(*one) for one in observed.outages),
    )


def _measured(method: Method, life: Span, seen: Evidence, away: Sequence[Span]) -> list[tuple[int, Measured]]:
    """One order's days: the midnight (ms) and what was measured, exclusions taken away."""
    days = [Span(max(at, life.start), min(at + DAY, life.end)) for at in range(_midnight(life.start), life.end, DAY)]
    windows = cut(method, life, seen, [one.start for one in days])
    return [(_midnight(one.start), measure(method, one, _inside(windows, one), away)) for one in days]


def _inside(windows: Sequence[Window], day: Span) -> list[Window]:
    return [one for one in windows if one.span.within(day)]


def _attempts(count: Count, grain: Grain) -> Tally:
    return Tally(count.start, count.total, count.good, grain)


def _coverage(count: Count, grain: Grain) -> Tally:
    """A probe that was made is good, whatever it found."""
    return Tally(count.start, count.total + count.gaps, count.total, grain)


def _lives(hosting: Hosting, contract: str, month: Span) -> list[tuple[str, Span]]:
    """The orders of monitoring that were delivered, with the whole minutes of the month in which they were there."""
    facts = [one.fact for one in hosting.kernel.facts(contract, OrderPlaced, ServiceDelivered, ServiceRetired)]
    since = {one.data.order: milliseconds(one.time) for one in facts if isinstance(one.data, ServiceDelivered)}
    ends = {one.data.order: milliseconds(one.time) for one in facts if isinstance(one.data, ServiceRetired)}
    orders = [one.data.order for one in facts if isinstance(one.data, OrderPlaced) and one.data.service == ENTRY.code]
    found = []
    for order in orders:
        start = max(month.start, since.get(order, month.end) // MINUTE * MINUTE)
        end = min(month.end // MINUTE * MINUTE, -(-ends.get(order, month.end) // MINUTE) * MINUTE)
        if start < end:
            found.append((order, Span(start, end)))
    return found


def _midnight(moment: int) -> int:
    return moment - (moment + BEIJING_MS) % DAY

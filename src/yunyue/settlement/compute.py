"""Builds working trees: each function computes a value and keeps how it came about."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import lcm

from yunyue.money import Money
from yunyue.settlement.working import FromFact, Given, Op, Value, Working
from yunyue.workdays import Calendar

ONE = Given("one", 1)
"""The number 1, where both ends of a stretch of days count."""

ZERO = Given("zero", 0)

FULL = Given("full", 100)
"""The points a score sheet begins with."""


def as_value(stated: Money | Decimal | Fraction | date | int) -> Value:
    """A stated value in the form trees hold: amounts as exact yuan, decimals as fractions."""
    match stated:
        case Money():
            return Fraction(stated.fen, 100)
        case Decimal():
            return Fraction(stated)
        case _:
            return stated


def as_money(node: Working) -> Money:
    """The amount a node came to. Raises ValueError when it was not rounded to whole fen."""
    yuan = _number(node)
    fen, rest = divmod(100 * yuan.numerator, yuan.denominator)
    if rest:
        raise ValueError(f"{node.value} yuan is not in whole fen")
    return Money(fen)


def as_day(node: Working) -> date:
    """The day a node came to. Raises TypeError when it is none."""
    if not isinstance(node.value, date):
        raise TypeError(f"{node.value} is not a day")
    return node.value


def as_count(node: Working) -> int:
    """The whole number a node came to. Raises TypeError when it is none."""
    if not isinstance(node.value, int):
        raise TypeError(f"{node.value} is not a whole number")
    return node.value


def leaves_of(*nodes: Working) -> tuple[str, ...]:
    """The ids of the facts that trees rest on, each once, in order."""
    found: dict[str, None] = {}
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, FromFact):
            found[node.fact] = None
        elif isinstance(node, Op):
            stack.extend(reversed(node.args))
    return tuple(found)


def plus(*args: Working) -> Working:
    """a + b + …; one argument stays itself."""
    if len(args) == 1:
        return args[0]
    values = [_number(arg) for arg in args]
    if all(isinstance(value, int) for value in values):
        return Op("plus", args, sum(values))
    below = lcm(*(value.denominator for value in values))
    return Op("plus", args, Fraction(sum(value.numerator * (below // value.denominator) for value in values), below))


def minus(a: Working, b: Working) -> Op:
    """a − b."""
    return Op("minus", (a, b), _number(a) - _number(b))


def times(*args: Working) -> Op:
    """a × b × …, as an exact fraction."""
    above = below = 1
    for arg in args:
        value = _number(arg)
        above *= value.numerator
        below *= value.denominator
    return Op("times", args, Fraction(above, below))


def divided(a: Working, b: Working) -> Op:
    """a ÷ b, as an exact fraction."""
    return Op("divided", (a, b), Fraction(_number(a)) / _number(b))


def round_half_up(amount: Working, why: str) -> Op:
    """To whole fen, half away from zero; `why` names the reading or clause that asks for it."""
    value = _number(amount)
    fen, parts = 100 * value.numerator, value.denominator
    nearest = (2 * abs(fen) + parts) // (2 * parts)
    return Op("round_half_up", (amount,), Fraction(nearest if fen >= 0 else -nearest, 100), why)


def not_above(amount: Working, most: Working) -> Op:
    """The smaller of the two."""
    return Op("not_above", (amount, most), min(_number(amount), _number(most)))


def not_below(amount: Working, least: Working) -> Op:
    """The larger of the two."""
    return Op("not_below", (amount, least), max(_number(amount), _number(least)))


def rung(number: Working, *ladder: Working) -> Op:
    """The share of the last bound that a number lies below; `ladder` is bound, share, bound, share, …

    Raises ValueError when it lies below none.
    """
    value = _number(number)
    shares = [share for bound, share in zip(ladder[::2], ladder[1::2], strict=True) if value < _number(bound)]
    if not shares:
        raise ValueError(f"{value} lies below no rung of the ladder")
    return Op("rung", (number, *ladder), _number(shares[-1]))


def latest(*days: Working) -> Working:
    """The last of days; one argument stays itself."""
    return days[0] if len(days) == 1 else Op("latest", days, max(as_day(day) for day in days))


def earliest(*days: Working) -> Working:
    """The first of days; one argument stays itself."""
    return days[0] if len(days) == 1 else Op("earliest", days, min(as_day(day) for day in days))


def days_after(start: Working, end: Working) -> Op:
    """Whole days from `start` to `end`; the day of `start` is not counted."""
    return Op("days_after", (start, end), (as_day(end) - as_day(start)).days)


def plus_days(day: Working, count: Working) -> Op:
    """The day so many days later."""
    return Op("plus_days", (day, count), as_day(day) + timedelta(as_count(count)))


def plus_workdays(day: Working, count: Working, calendar: Calendar) -> Op:
    """The n-th working day after a day. Raises NoNotice when the calendar does not reach."""
    return Op("plus_workdays", (day, count), calendar.add(as_day(day), as_count(count)))


def negative(count: Working) -> Op:
    """0 − a, for counting back."""
    return Op("minus", (Given("zero", 0), count), -as_count(count))


def _number(node: Working) -> Fraction | int:
    if isinstance(node.value, date):
        raise TypeError(f"{node.value} is a day, not a number")
    return node.value

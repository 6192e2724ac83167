"""Works out a tree of arithmetic again, by nothing but the words that describe its operations (working.py)."""

from datetime import date, timedelta
from fractions import Fraction
from typing import cast

from yunyue.settlement.working import FromFact, Op, Value, Working
from yunyue.workdays import Calendar


def again(node: Working, calendar: Calendar) -> Value:
    """The value of a node, worked out from the values of its leaves."""
    if not isinstance(node, Op):
        return node.value
    values = [again(arg, calendar) for arg in node.args]
    if node.op.startswith("plus_") or node.op in ("latest", "earliest", "days_after"):
        return _of_days(node, values, calendar)
    numbers = [cast("Fraction | int", value) for value in values]
    return _of_numbers(node.op, numbers)


def _of_days(node: Op, values: list[Value], calendar: Calendar) -> Value:
    days = [value for value in values if isinstance(value, date)]
    if node.op in ("latest", "earliest"):
        return sorted(days)[-1 if node.op == "latest" else 0]
    if node.op == "days_after":
        return days[1].toordinal() - days[0].toordinal()
    day, count = days[0], cast(int, values[1])
    if node.op == "plus_days":
        return date.fromordinal(day.toordinal() + count)
    step = timedelta(1 if count > 0 else -1)
    while count:
        day += step
        count -= step.days if calendar.is_workday(day) else 0
    return day


def _of_numbers(operation: str, numbers: list[Fraction | int]) -> Fraction | int:
    match operation:
        case "plus":
            return sum(numbers)
        case "minus":
            return numbers[0] - numbers[1]
        case "times":
            product = Fraction(1)
            for number in numbers:
                product = product * number
            return product
        case "divided":
            return Fraction(numbers[0], 1) / numbers[1]
        case "round_half_up":
            return _to_fen(Fraction(numbers[0]))
        case "not_above":
            return min(numbers)
        case "not_below":
            return max(numbers)
        case "rung":
            return next(numbers[at + 1] for at in range(len(numbers) - 2, 0, -2) if numbers[0] < numbers[at])
    raise AssertionError(f"an operation nobody described: {operation}")


def _to_fen(amount: Fraction) -> Fraction:
    """Half away from zero: the hundredth below, and one more from half a hundredth on."""
    size = abs(amount) * 100
    whole = size.numerator // size.denominator
    if size - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if amount >= 0 else -whole, 100)


def nodes(tree: Working) -> list[Working]:
    """The tree's nodes, the root first."""
    inner = [one for arg in tree.args for one in nodes(arg)] if isinstance(tree, Op) else []
    return [tree, *inner]


def facts_in(tree: Working) -> set[str]:
    """The ids of the facts it rests on."""
    return {node.fact for node in nodes(tree) if isinstance(node, FromFact)}

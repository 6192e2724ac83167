"""Tells how an amount or a day came about: as one formula, and as a table of steps."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from yunyue.settlement.labels import label
from yunyue.settlement.statement import Said
from yunyue.settlement.working import FromTerm, Op, Operation, Value, Working

SIGNS: dict[Operation, str] = {"plus": " + ", "minus": " − ", "times": " × ", "divided": " ÷ "}


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: how deep it lies in the tree, what it is called, its value as text."""

    depth: int
    title: Said
    value: str


def show(node: Working) -> str:
    """A node's value for a reader: a day, a count, an amount with thousands grouped, a rate in per cent."""
    if isinstance(node, FromTerm) and node.path.rsplit(".", 1)[-1] in _RATES and isinstance(node.value, Fraction):
        return f"{_decimal(node.value * 100, fewest=1)}%"
    return _value(node.value)


_RATES = {"share", "provider_daily", "client_daily", "termination_share", "daily_cap"}


def formula(node: Working) -> Said:
    """The arithmetic in one line: "1,916,794.40 × 50% = 958,397.20"."""
    if not isinstance(node, Op):
        return Said(show(node), show(node))
    inner = _inner(node)
    if inner.zh == show(node):
        return inner
    return Said(f"{inner.zh} = {show(node)}", f"{inner.en} = {show(node)}")


def steps(node: Working, depth: int = 0) -> list[Step]:
    """The table: each node above the ones it is made of."""
    rows = [Step(depth, label(node), show(node))]
    if isinstance(node, Op):
        for arg in node.args:
            rows += steps(arg, depth + 1)
    return rows


def _inner(node: Working) -> Said:
    if not isinstance(node, Op):
        return Said(show(node), show(node))
    args = [_bracketed(arg, node) for arg in node.args]
    sign = SIGNS.get(node.op)
    if sign is not None:
        return Said(sign.join(arg.zh for arg in args), sign.join(arg.en for arg in args))
    match node.op:
        case "round_half_up":
            return args[0]
        case "days_after":
            return Said(f"{args[0].zh} 次日至 {args[1].zh} 的天数", f"days after {args[0].en} to {args[1].en}")
        case "plus_days":
            return _days(node, args)
        case "plus_workdays":
            return _workdays(node, args)
        case _:
            return _choice(node, args)


def _days(node: Op, args: list[Said]) -> Said:
    """A count that was itself worked out stands as its number; the table has the rest."""
    count = node.args[1].value
    if isinstance(count, int) and count < 0:
        return Said(f"{args[0].zh} 前 {-count} 日", f"{_plural(-count)} before {args[0].en}")
    return Said(f"{args[0].zh} 后 {count} 日", f"{_plural(count)} after {args[0].en}")


def _plural(count: Value) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _workdays(node: Op, args: list[Said]) -> Said:
    """Counting back reads differently from counting on."""
    count = node.args[1].value
    if isinstance(count, int) and count < 0:
        return Said(f"{args[0].zh} 前第 {-count} 个工作日", f"working day {-count} before {args[0].en}")
    return Said(
        f"{args[0].zh} 后第 {show(node.args[1])} 个工作日", f"working day {show(node.args[1])} after {args[0].en}"
    )


def _choice(node: Op, args: list[Said]) -> Said:
    """The latest of days that are all the same is that day."""
    if len({arg.value for arg in node.args}) == 1:
        return Said(show(node), show(node))
    title = label(node)
    return Said(f"{title.zh}({'、'.join(arg.zh for arg in args)})", f"{title.en} of ({', '.join(a.en for a in args)})")


def _bracketed(arg: Working, around: Op) -> Said:
    """A sum inside a product stands in brackets; days inside arithmetic are their number (the table has the rest)."""
    if isinstance(arg, Op) and arg.op == "days_after" and around.op in SIGNS:
        return Said(f"{arg.value} 日", _plural(arg.value))
    inner = _inner(arg)
    if isinstance(arg, Op) and arg.op in SIGNS and around.op in SIGNS and arg.op != around.op:
        return Said(f"({inner.zh})", f"({inner.en})")
    return inner


def _value(value: Value) -> str:
    match value:
        case Fraction():
            return _decimal(value)
        case date():
            return value.isoformat()
        case int():
            return str(value)


def _decimal(value: Fraction, fewest: int = 2) -> str:
    """Exact digits when there are at most twelve decimals, at least `fewest` if any; else the fraction itself."""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return f"{value.numerator:,}/{value.denominator:,}"
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(scaled.numerator), 10**12)
    digits = f"{rest:012d}".rstrip("0")
    if not digits and whole < 1000:
        return f"{sign}{whole}"
    return f"{sign}{whole:,}.{digits.ljust(fewest, '0')}"

"""A statement as plain JSON values, for whoever wants to check it without us, and back.

Values in the arithmetic stay distinct: a whole number of days or times is a JSON number (30), an amount or rate is
text ("958397.2", or "1/3" where decimals never end), a day is text such as "2024-05-24". Money is text with two
decimals; None is null. A tree node is one of

    {"term": path, "value": …}      {"fact": id, "field": name, "value": …}      {"given": name, "value": …}
    {"op": name, "args": [node, …], "value": …, "why": text}

Beside the statement's own fields stand "format" and "totals": per payer what is due now, and what still grows.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, assert_never, get_args, get_origin, get_type_hints

from yunyue.answer import Refused
from yunyue.journal.envelope import BEIJING
from yunyue.money import Money, NotMoney, total
from yunyue.settlement.statement import Statement
from yunyue.settlement.working import FromFact, FromTerm, Given, Op, Operation, Value, Working

FORMAT = "yunyue.statement/v1"
DEEPEST = 200
"""Levels of a tree; what is deeper is refused when written and when read."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60}|/[0-9]{1,60})?")
_OPERATIONS: tuple[str, ...] = get_args(Operation)


class _Unreadable(Exception):
    def __init__(self, where: str, rule: str) -> None:
        super().__init__(where, rule)
        self.where, self.rule = where, rule


def to_plain(statement: Statement) -> dict[str, Any]:
    """The statement as dicts, lists, text, whole numbers, true, false and null only.

    Raises ValueError for a tree of more than DEEPEST levels.
    """
    found: dict[str, Any] = _plain(statement)
    return {"format": FORMAT, "totals": totals(statement), **found}


def totals(statement: Statement) -> dict[str, dict[str, str]]:
    """Yuan by payer and state ("due": now; "running": so far), of the lines that name an amount."""
    return {
        payer: {state: str(_sum(statement, payer, state)) for state in ("due", "running")}
        for payer in ("client", "provider")
    }


def _sum(statement: Statement, payer: str, state: str) -> Money:
    return total(
        line.amount
        for line in statement.lines
        if line.payer == payer and line.state == state and line.amount is not None
    )


def _plain(value: Any) -> Any:
    match value:
        case FromTerm() | FromFact() | Given() | Op():
            return tree_to_plain(value)
        case datetime():
            return value.astimezone(BEIJING).isoformat()
        case date():
            return value.isoformat()
        case Money():
            return str(value)
        case tuple():
            return [_plain(one) for one in value]
        case None | str() | int():
            return value
        case _:
            return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}


def tree_to_plain(node: Working, depth: int = 0) -> dict[str, Any]:
    """A tree as nested JSON objects."""
    if depth > DEEPEST:
        raise ValueError(f"a tree of more than {DEEPEST} levels")
    value = value_to_plain(node.value)
    match node:
        case FromTerm():
            return {"term": node.path, "value": value}
        case FromFact():
            return {"fact": node.fact, "field": node.field, "value": value}
        case Given():
            return {"given": node.name, "value": value}
        case Op():
            args = [tree_to_plain(arg, depth + 1) for arg in node.args]
            return {"op": node.op, "args": args, "value": value, "why": node.why}
        case _:
            assert_never(node)


def value_to_plain(value: Value) -> str | int:
    """A value as the module's text says."""
    match value:
        case Fraction():
            return _number(value)
        case date():
            return value.isoformat()
        case int():
            return value
        case _:
            assert_never(value)


def _number(number: Fraction) -> str:
    """Shortest decimals when they end, else numerator/denominator."""
    decimals = next((count for count in range(61) if 10**count % number.denominator == 0), None)
    if decimals is None:
        return f"{number.numerator}/{number.denominator}"
    digits = str(abs(number.numerator) * 10**decimals // number.denominator).rjust(decimals + 1, "0")
    point = len(digits) - decimals
    return f"{'-' if number < 0 else ''}{digits[:point]}" + (f".{digits[point:]}" if decimals else "")


def from_plain(plain: object) -> Statement | Refused:
    """The statement that plain values write; `Refused.field` is the dotted path of the first thing wrong."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        return Refused(f"must be {FORMAT}", "format")
    try:
        read = _read(Statement, {key: plain[key] for key in plain.keys() - {"format", "totals"}}, "statement")
    except _Unreadable as wrong:
        return Refused(wrong.rule, wrong.where)
    assert isinstance(read, Statement)
    if plain.get("totals") != totals(read):
        return Refused("not the sums of the lines", "totals")
    return read


def _read(kind: Any, plain: Any, where: str) -> Any:
    """The value of an annotated type that `plain` writes. Raises _Unreadable."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return plain if plain in args else _refuse(where, f"must be one of {', '.join(map(str, args))}")
    if origin is UnionType:
        if plain is None and NoneType in args:
            return None
        return tree_from_plain(plain, where) if Op in args else _read(args[0], plain, where)
    if origin is tuple:
        return _read_tuple(args, plain, where)
    if is_dataclass(kind):
        return _read_fields(kind, plain, where)
    return _READERS[kind](plain, where)


def _read_tuple(args: tuple[Any, ...], plain: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        _refuse(where, "must be a list")
    kinds = [args[0]] * len(plain) if args[-1] is Ellipsis else list(args)
    if len(kinds) != len(plain):
        _refuse(where, f"must have {len(kinds)} entries")
    return tuple(_read(kind, one, f"{where}.{at}") for at, (kind, one) in enumerate(zip(kinds, plain, strict=True)))


def _read_fields(kind: Any, plain: Any, where: str) -> Any:
    hints = get_type_hints(kind)
    if not isinstance(plain, dict) or plain.keys() != hints.keys():
        _refuse(where, f"must have exactly the keys {', '.join(hints)}")
    return kind(**{name: _read(hint, plain[name], f"{where}.{name}") for name, hint in hints.items()})


def tree_from_plain(plain: Any, where: str, depth: int = 0) -> Working:
    """The tree that nested objects write. Raises an exception that from_plain turns into a refusal."""
    if not isinstance(plain, dict) or depth > DEEPEST:
        _refuse(where, f"must be a node, at most {DEEPEST} levels deep")
    value = value_from_plain(plain.get("value"), f"{where}.value")
    texts = {key: one for key, one in plain.items() if isinstance(one, str)}
    match sorted(plain.keys() - {"value"}):
        case ["term"] if "term" in texts:
            return FromTerm(texts["term"], value)
        case ["fact", "field"] if texts.keys() >= {"fact", "field"}:
            return FromFact(texts["fact"], texts["field"], value)
        case ["given"] if "given" in texts:
            return Given(texts["given"], value)
        case ["args", "op", "why"] if texts.get("op") in _OPERATIONS and "why" in texts:
            args = plain["args"] if isinstance(plain["args"], list) else _refuse(f"{where}.args", "must be a list")
            nodes = tuple(tree_from_plain(arg, f"{where}.{at}", depth + 1) for at, arg in enumerate(args))
            return Op(plain["op"], nodes, value, plain["why"])
        case _:
            raise _Unreadable(where, "not a term, fact, given or known operation")


def value_from_plain(plain: object, where: str) -> Value:
    """The value that `value_to_plain` wrote; no other spelling of it. Raises as tree_from_plain does."""
    try:
        match plain:
            case bool():
                pass
            case int():
                return plain
            case str() if _DAY.fullmatch(plain):
                return date.fromisoformat(plain)
            case str() if _NUMBER.fullmatch(plain) and value_to_plain(Fraction(plain)) == plain:
                return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        pass
    raise _Unreadable(where, "must be a whole number, a number as text, or a day")


def _text(plain: Any, where: str) -> str:
    return plain if isinstance(plain, str) else _refuse(where, "must be text")


def _whole(plain: Any, where: str) -> int:
    return plain if type(plain) is int else _refuse(where, "must be a whole number")


def _truth(plain: Any, where: str) -> bool:
    return plain if isinstance(plain, bool) else _refuse(where, "must be true or false")


def _day(plain: Any, where: str) -> date:
    found = value_from_plain(plain, where)
    return found if isinstance(found, date) else _refuse(where, "must be a day")


def _moment(plain: Any, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(plain, where))
    except ValueError:
        _refuse(where, "must be a moment")
    return found if found.isoformat() == plain and found.utcoffset() else _refuse(where, "must be in Beijing time")


def _money(plain: Any, where: str) -> Money:
    try:
        found = Money.parse(plain)
    except NotMoney as wrong:
        _refuse(where, str(wrong))
    return found if str(found) == plain else _refuse(where, "must have two decimals and no commas")


def _refuse(where: str, rule: str) -> NoReturn:
    raise _Unreadable(where, rule)


_READERS: dict[Any, Callable[[Any, str], Any]] = {
    str: _text,
    int: _whole,
    bool: _truth,
    date: _day,
    datetime: _moment,
    Money: _money,
}

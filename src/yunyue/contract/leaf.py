"""One single value of the terms (an amount, a share, a day, a word), read from TOML or text and written as text."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import inspect

from yunyue.money import Money, NotMoney

Leaf = str | int | bool | date | Decimal | Money | None

ONE_LINE = r"(?!\n)"
"""Ends our patterns: `$` alone also matches before a last line break. It is not shown to people."""

_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST = 2_000  # characters of one text
_SHOWN = 60  # characters of a wrong value that a message repeats
_MANY = 10**_SHOWN


@dataclass(frozen=True, slots=True)
class Float:
    """A number with a decimal point as TOML writes it, kept as text; no key of a contract accepts it."""

    text: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """The value was not read; `rule` says what should stand there."""

    rule: str


def is_leaf(kind: inspect.Type) -> bool:
    """Whether this type holds one single value, no table and no list."""
    return not isinstance(kind, inspect.StructType | inspect.VarTupleType | inspect.DictType)


def may_be_absent(kind: inspect.Type) -> bool:
    """Whether the terms may leave this value out."""
    return isinstance(kind, inspect.UnionType) and kind.includes_none


def read(kind: inspect.Type, raw: object) -> Leaf | Wrong:
    """The value of this type that a TOML value stands for."""
    if isinstance(kind, inspect.UnionType):
        return read(_present(kind), raw)
    if isinstance(kind, inspect.Metadata):
        return _read_bounded(kind, raw)
    return _READERS[type(kind)](kind, raw)


def parse(kind: inspect.Type, text: str) -> Leaf | Wrong:
    """The value that a text stands for, written as in the TOML file but without quotation marks; "" is absent."""
    if isinstance(kind, inspect.UnionType):
        return parse(_present(kind), text) if text else None
    match kind:
        case inspect.IntType():
            return read(kind, int(text) if _WHOLE.fullmatch(text) else text)
        case inspect.BoolType():
            return read(kind, {"true": True, "false": False}.get(text, text))
        case inspect.DateType():
            return read(kind, _day(text))
        case _:
            return read(kind, text)


def read_plain(kind: inspect.Type, raw: object) -> Leaf | Wrong:
    """The value that the canonical document writes: as in TOML, but days are text and an absent value is null."""
    if isinstance(kind, inspect.UnionType):
        return None if raw is None else read_plain(_present(kind), raw)
    return read(kind, _day(raw) if isinstance(kind, inspect.DateType) and isinstance(raw, str) else raw)


def write(value: Leaf) -> str:
    """The text that `parse` reads back; equal values have equal texts ("0.50" and "0.5" are both "0.5")."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return _plain(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _present(kind: inspect.UnionType) -> inspect.Type:
    """The type of a value that may be absent, when it is there."""
    return next(one for one in kind.types if not isinstance(one, inspect.NoneType))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else text
    except ValueError:
        return text


def _read_text(kind: Any, raw: object) -> Leaf | Wrong:
    if not isinstance(raw, str):
        return Wrong(f"must be text in quotation marks, not {shown(raw)}")
    if not raw.strip() or len(raw) > _LONGEST:
        return Wrong(f"must be text of 1 to {_LONGEST} characters")
    if any(unicodedata.category(character).startswith("C") for character in raw):
        return Wrong("must be one line of text without control characters")
    if kind.pattern is not None and not re.search(kind.pattern, raw):
        return Wrong(f"must match {kind.pattern.removesuffix(ONE_LINE)}, and {shown(raw)} does not")
    return raw


def _read_whole(kind: Any, raw: object) -> Leaf | Wrong:
    if type(raw) is not int:
        return Wrong(f"must be a whole number without quotation marks, not {shown(raw)}")
    if (kind.ge is not None and raw < kind.ge) or (kind.le is not None and raw > kind.le):
        wanted = f"from {kind.ge} to {kind.le}" if kind.le is not None else f"at least {kind.ge}"
        return Wrong(f"must be {wanted}, and {shown(raw)} is not")
    return raw


def _read_bool(_: Any, raw: object) -> Leaf | Wrong:
    return raw if isinstance(raw, bool) else Wrong(f"must be true or false, not {shown(raw)}")


def _read_day(_: Any, raw: object) -> Leaf | Wrong:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    return Wrong(f"must be a day such as 2024-04-11, without quotation marks and without a time, not {shown(raw)}")


def _read_money(_: Any, raw: object) -> Leaf | Wrong:
    if not isinstance(raw, str):
        return Wrong(f'an amount is written as text, such as "958397.20", so that it is exact; not {shown(raw)}')
    try:
        amount = Money.parse(raw)
    except NotMoney as refused:
        return Wrong(str(refused))
    return amount if amount >= Money.ZERO else Wrong(f"an amount of the terms is not negative, and {raw} is")


def _read_decimal(_: Any, raw: object) -> Leaf | Wrong:
    if not isinstance(raw, str):
        return Wrong(f'a share, rate or quantity is written as text, such as "0.0001", not {shown(raw)}')
    if not _DECIMAL.fullmatch(raw):
        return Wrong(f'must be plain digits with at most 12 decimals, such as "0.0001", and {shown(raw)} is not')
    return Decimal(_plain(Decimal(raw)))


def _read_choice(kind: Any, raw: object) -> Leaf | Wrong:
    if isinstance(raw, str) and raw in kind.values:
        return raw
    return Wrong(f"must be one of {', '.join(map(str, kind.values))}, not {shown(raw)}")


def _read_bounded(kind: inspect.Metadata, raw: object) -> Leaf | Wrong:
    value = read(kind.type, raw)
    least, most = (kind.extra or {})["least"], (kind.extra or {})["most"]
    if isinstance(value, Decimal) and not least <= value <= most:
        return Wrong(f"must be from {least} to {most}, and {raw} is not")
    return value


def shown(raw: object) -> str:
    """A TOML value as a message may repeat it."""
    match raw:
        case bool():
            return "true" if raw else "false"
        case Float():
            return f"the number {_cut(raw.text)} (a float)"
        case int():
            return f"the number {raw}" if abs(raw) < _MANY else "a number beyond all bounds"
        case str():
            return repr(_cut(raw))
        case datetime():
            return f"the moment {raw.isoformat()}"
        case date():
            return f"the day {raw.isoformat()}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case None:
            return "null"
        case _:
            return f"a {type(raw).__name__}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


_READERS: dict[type[inspect.Type], Callable[[Any, object], Leaf | Wrong]] = {
    inspect.StrType: _read_text,
    inspect.IntType: _read_whole,
    inspect.BoolType: _read_bool,
    inspect.DateType: _read_day,
    inspect.CustomType: _read_money,
    inspect.DecimalType: _read_decimal,
    inspect.LiteralType: _read_choice,
}

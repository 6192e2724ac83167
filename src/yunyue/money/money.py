"""An amount of money in whole fen, and the unrounded amount that a rate makes of it until one named rounding.

Amounts may be negative (a balance, a refund). Halves round away from zero, so a debt and the same claim round alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering
from typing import ClassVar, NoReturn

from yunyue.money.errors import NoReason, NotExact, NotMoney

BOUND = 10**17
"""Every amount stays below this many fen either way: below 1,000,000,000,000,000 yuan (1000 万亿)."""

_LONGEST = 64  # characters; the longest amount in range has 22, the rest allows for leading zeros
_PLAIN = re.compile(r"(?P<sign>[+-]?)(?P<yuan>[0-9]+)(?:\.(?P<fen>[0-9]{1,2}))?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_TOO_MANY_DECIMALS = re.compile(r"[+-]?[0-9,]+\.[0-9]{3,}")


@total_ordering
class Money:
    """An amount in whole fen, |fen| < 10**17. Frozen, ordered, hashable.

    Raises NotMoney when `fen` is no whole number or out of range, also as the result of arithmetic.
    A class of its own and no dataclass, so that msgspec asks how to write it instead of spelling out its fields.
    """

    __slots__ = ("fen",)
    fen: int
    ZERO: ClassVar[Money]

    def __init__(self, fen: int) -> None:
        if type(fen) is not int:
            raise NotMoney(fen, f"fen are counted in int, not {type(fen).__name__}")
        if not -BOUND < fen < BOUND:
            raise NotMoney(fen, "an amount stays below 10**17 fen (1000 万亿 yuan) either way")
        object.__setattr__(self, "fen", fen)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"Money is frozen; {name} cannot be set to {value!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"Money is frozen; {name} cannot be deleted")

    def __reduce__(self) -> tuple[type[Money], tuple[int]]:
        return Money, (self.fen,)

    def __eq__(self, other: object) -> bool:
        return self.fen == other.fen if isinstance(other, Money) else NotImplemented

    def __lt__(self, other: Money) -> bool:
        return self.fen < other.fen if isinstance(other, Money) else NotImplemented

    def __hash__(self) -> int:
        return hash(("Money", self.fen))

    def __repr__(self) -> str:
        return f"Money(fen={self.fen})"

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read yuan such as "958397.20", "-0.5" or "958,397.20". Raises NotMoney, naming the broken rule."""
        if not isinstance(text, str):
            raise NotMoney(text, f"an amount is written as text, not {type(text).__name__}")
        found = _PLAIN.fullmatch(_without_commas(text)) if len(text) <= _LONGEST else None
        if found is None:
            raise NotMoney(text, _broken_rule(text))
        fen = int(found["yuan"]) * 100 + int((found["fen"] or "").ljust(2, "0"))
        return cls(-fen if found["sign"] == "-" else fen)

    def __str__(self) -> str:
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{yuan}.{fen:02d}"

    def grouped(self) -> str:
        """The amount for a reader: "958,397.20"."""
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{yuan:,}.{fen:02d}"

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise NotExact(count, "an int; a rate goes through times() and one rounding")
        return Money(self.fen * count)

    __rmul__ = __mul__

    def times(self, rate: Fraction | int) -> Exact:
        """The unrounded product with a rate. Raises NotExact for anything but a Fraction or an int."""
        return Exact(Fraction(self.fen)) * rate


Money.ZERO = Money(0)


@dataclass(frozen=True, slots=True, order=True)
class Exact:
    """An unrounded amount: a fraction of fen. It becomes Money in one rounding that names its reason."""

    fen: Fraction

    def __post_init__(self) -> None:
        if not isinstance(self.fen, Fraction):
            raise NotExact(self.fen, "a Fraction or an int")

    def __add__(self, other: Exact) -> Exact:
        return Exact(self.fen + other.fen) if isinstance(other, Exact) else NotImplemented

    def __mul__(self, rate: Fraction | int) -> Exact:
        if not isinstance(rate, Fraction) and type(rate) is not int:
            raise NotExact(rate, "a Fraction or an int")
        return Exact(self.fen * rate)

    __rmul__ = __mul__

    def rounded(self, reason: str) -> Money:
        """Round half up to whole fen, halves away from zero: 0.5 fen is 1, -0.5 fen is -1.

        `reason` is the clause or reading that asks for the rounding, such as "A6". Raises NoReason when it is blank.
        """
        if not isinstance(reason, str) or not reason.strip():
            raise NoReason
        nearest = (2 * abs(self.fen.numerator) + self.fen.denominator) // (2 * self.fen.denominator)
        return Money(-nearest if self.fen < 0 else nearest)


def total(amounts: Iterable[Money]) -> Money:
    """The sum; nothing sums to zero."""
    return Money(sum(amount.fen for amount in amounts))


def _without_commas(text: str) -> str:
    """The text without its commas when they group thousands correctly; else as it is, for the caller to refuse."""
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def _broken_rule(text: str) -> str:
    if not text:
        return "it is empty"
    if len(text) > _LONGEST:
        return f"it has more than {_LONGEST} characters"
    if _TOO_MANY_DECIMALS.fullmatch(text):
        return "yuan have at most two decimals (jiao and fen)"
    if "," in text and not _GROUPED.fullmatch(text):
        return "commas may only part every three digits, counted from the right"
    return 'write a sign if any, digits, and one or two decimals if any, such as "958397.20"'

"""How a total is divided into instalments (clause 八(二)) so that they sum to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from yunyue.money.errors import NotExact, NotWhole
from yunyue.money.money import Money
from yunyue.money.money import total as summed


def split(total: Money, shares: Sequence[Fraction]) -> tuple[Money, ...]:
    """Divide by shares that sum to 1: each but the last is rounded half up (A6), the last is what remains.

    Raises NotWhole when a share is negative, the shares do not sum to 1, or the total is too small for so many
    shares (rounding up the first would leave the last one with the wrong sign).
    """
    _check(shares)
    first = tuple(total.times(share).rounded("A6") for share in shares[:-1])
    last = total - summed(first)
    if last.fen * total.fen < 0:
        raise NotWhole(f"{total} yuan cannot be split {len(shares)} ways: after rounding, {last} would remain")
    return (*first, last)


def _check(shares: Sequence[Fraction]) -> None:
    for share in shares:
        if not isinstance(share, Fraction):
            raise NotExact(share, "shares that are Fractions")
        if share < 0:
            raise NotWhole(f"a share may not be negative, and {share} is")
    if (whole := sum(shares, start=Fraction(0))) != 1:
        raise NotWhole(f"shares must sum to 1, and {' + '.join(map(str, shares)) or 'no share at all'} is {whole}")

"""Shamir's secret sharing over GF(256): any t of n shares give the secret, fewer say nothing about it.

A share is the secret's length and one byte, the point it was taken at, in the order transit's clients know. One share
of one is the secret itself.
"""

from collections.abc import Callable, Sequence
from typing import Final

from yunyue.answer import Refused

MOST_SHARES: Final = 255


def _tables() -> tuple[list[int], list[int]]:
    powers, logarithms, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logarithms[value] = exponent
        # 3 generates the field of the AES polynomial x^8 + x^4 + x^3 + x + 1.
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
    return powers, logarithms


_POWERS, _LOGARITHMS = _tables()


def _product(left: int, right: int) -> int:
    return _POWERS[_LOGARITHMS[left] + _LOGARITHMS[right]] if left and right else 0


def _quotient(left: int, right: int) -> int:
    return _POWERS[_LOGARITHMS[left] + 255 - _LOGARITHMS[right]] if left else 0


def split(secret: bytes, shares: int, threshold: int, chance: Callable[[int], bytes]) -> list[bytes] | Refused:
    """`shares` parts of which any `threshold` give the secret. `chance` draws the coefficients."""
    if shares == threshold == 1:
        return [secret]
    if not 2 <= threshold <= shares <= MOST_SHARES:
        return Refused(f"a threshold of {threshold} of {shares} shares is not between 2 and {MOST_SHARES}", "threshold")
    rest = [chance(threshold - 1) for _ in secret]
    points = range(1, shares + 1)
    return [bytes([*(_value(byte, more, x) for byte, more in zip(secret, rest, strict=True)), x]) for x in points]


def _value(constant: int, rest: bytes, x: int) -> int:
    total = 0
    for coefficient in reversed(rest):
        total = _product(total ^ coefficient, x)
    return total ^ constant


def combine(shares: Sequence[bytes]) -> bytes | Refused:
    """The secret of these shares. With too few, or wrong ones, some other bytes: only what they open can tell."""
    if len(shares) == 1:
        return shares[0]
    points = [share[-1] for share in shares if share]
    if len(set(points)) != len(shares) or 0 in points:
        return Refused("a share was given twice, or is no share", "key")
    if len({len(share) for share in shares}) != 1:
        return Refused("shares of different secrets", "key")
    weights = [_weight(points, index) for index in range(len(points))]
    return bytes(_joined([share[place] for share in shares], weights) for place in range(len(shares[0]) - 1))


def _weight(points: Sequence[int], index: int) -> int:
    """Lagrange's factor of one share at zero."""
    weight = 1
    for other, point in enumerate(points):
        if other != index:
            weight = _product(weight, _quotient(point, point ^ points[index]))
    return weight


def _joined(values: Sequence[int], weights: Sequence[int]) -> int:
    total = 0
    for value, weight in zip(values, weights, strict=True):
        total ^= _product(value, weight)
    return total

"""A rate as a contract writes it ("0.0001", "50%", "万分之一"), read as an exact fraction."""

from __future__ import annotations

import re
from fractions import Fraction

from yunyue.money.errors import NotRate

_DECIMAL = re.compile(r"(?P<number>[0-9]{1,20}(?:\.[0-9]{1,20})?)(?P<percent>%?)")
_SPOKEN = re.compile(r"(?P<whole>[百千万])分之(?P<parts>[一二三四五六七八九十]{1,3}|[0-9]{1,20}(?:\.[0-9]{1,20})?)")
_TENS = re.compile(r"(?P<tens>[二三四五六七八九]?)十(?P<ones>[一二三四五六七八九]?)")
_WHOLES = {"百": 100, "千": 1_000, "万": 10_000}
_NUMERALS = "一二三四五六七八九"


def parse_rate(text: str) -> Fraction:
    """The exact rate, never negative: "0.0001" and "万分之一" are 1/10000, "50%" and "百分之五十" are 1/2.

    After 百分之, 千分之 or 万分之 stands a decimal or a Chinese numeral from 一 to 九十九.
    Raises NotRate, naming the broken rule; a float is refused because it is not exact.
    """
    if not isinstance(text, str):
        raise NotRate(text, f"a rate is written as text, so that it is exact, not {type(text).__name__}")
    if decimal := _DECIMAL.fullmatch(text):
        return Fraction(decimal["number"]) / (100 if decimal["percent"] else 1)
    if spoken := _SPOKEN.fullmatch(text):
        return _parts(text, spoken["parts"]) / _WHOLES[spoken["whole"]]
    raise NotRate(text, 'write a decimal ("0.0001"), a percentage ("50%") or parts of a whole ("万分之一")')


def _parts(text: str, parts: str) -> Fraction:
    if parts[0].isascii():
        return Fraction(parts)
    if parts in _NUMERALS:
        return Fraction(_numeral(parts))
    if found := _TENS.fullmatch(parts):
        return Fraction((_numeral(found["tens"]) or 1) * 10 + _numeral(found["ones"]))
    raise NotRate(text, f"{parts} is not a Chinese numeral from 一 to 九十九")


def _numeral(character: str) -> int:
    """The value of one Chinese numeral; nothing written is 0."""
    return _NUMERALS.index(character) + 1 if character else 0

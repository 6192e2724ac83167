"""Money in whole fen, exact rates, one rounding that names its reason, and amounts in capital characters."""

from yunyue.money.errors import NoReason, NotExact, NotMoney, NotRate, NotWhole
from yunyue.money.money import BOUND, Exact, Money, total
from yunyue.money.rates import parse_rate
from yunyue.money.shares import split
from yunyue.money.words import in_words, parse_words

__all__ = [
    "BOUND",
    "Exact",
    "Money",
    "NoReason",
    "NotExact",
    "NotMoney",
    "NotRate",
    "NotWhole",
    "in_words",
    "parse_rate",
    "parse_words",
    "split",
    "total",
]

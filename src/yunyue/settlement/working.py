"""The arithmetic of an amount or a date, kept as a tree whose leaves are terms, facts or what was asked.

A tree is a value: it can be printed as a sentence or a table, and anyone can compute it again (verify.py does).
Amounts inside a tree are exact fractions of a yuan; they become fen on the one node that rounds and names its reason.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Value = Fraction | date | int
"""An amount of yuan or a rate (Fraction), a day, or a number of days or times (int)."""

Operation = Literal[
    "plus",  # a + b + …: amounts, rates or counts
    "minus",  # a − b
    "times",  # a × b × …
    "divided",  # a ÷ b, b ≠ 0
    "round_half_up",  # to 0.01 yuan, half away from zero; `why` names the reading
    "not_below",  # the larger of amounts or counts
    "not_above",  # the smaller of amounts or counts
    "rung",  # of a number and a ladder (bound, share, bound, share, …): the share of the last bound it lies below
    "latest",  # of days
    "earliest",  # of days
    "days_after",  # whole days from the first day to the second; negative if it comes first
    "plus_days",  # a day so many days later
    "plus_workdays",  # the n-th working day after a day, which itself is not counted (n < 0 counts back)
]


@dataclass(frozen=True, slots=True)
class FromTerm:
    """A value the contract states, by its path in the terms."""

    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class FromFact:
    """A value a fact states: a field of its payload, or "day" for the Beijing day it happened on."""

    fact: str
    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class Given:
    """A value that was asked with (such as as_of), or that follows by name from a reading ("reading.A19")."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Op:
    """An operation on other nodes, with its result."""

    op: Operation
    args: tuple["Working", ...]
    value: Value
    why: str = ""


Working = FromTerm | FromFact | Given | Op

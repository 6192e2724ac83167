"""A paper of the contract as a value: what it is, what stands on it, and what it can be checked against.

The builders make it from a statement and facts; the renderers write it as DOCX and as PDF, each from this same value.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from yunyue.journal.facts import Party
from yunyue.money import Money
from yunyue.settlement.statement import Said

Align = Literal["left", "center", "right"]

PARTY: dict[Party, str] = {"client": "甲方", "provider": "乙方"}
"""How the contract calls its sides; names are written in by hand and stay out of the platform."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `small` for notes."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels with their values; an empty value is left blank for the hand."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its share of the width, where its text stands."""

    title: str
    weight: int
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under titled columns. Raises ValueError for a row of another length."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{row!r} does not fit {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum that stands out, in figures and in capitals."""

    label: str
    money: Money


@dataclass(frozen=True, slots=True)
class Formula:
    """The arithmetic of an amount or a day on a line of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars of one unit, each with its label; `limit` is a line across them, None for none. None below zero."""

    title: str
    unit: str
    bars: tuple[tuple[str, Decimal], ...]
    limit: Decimal | None = None

    @property
    def top(self) -> Decimal:
        """What the whole height stands for."""
        return max([value for _label, value in self.bars] + [self.limit or Decimal(0)], default=Decimal(0)) or Decimal(
            1
        )

    def height(self, value: Decimal) -> int:
        """A value's share of the height, in 1/1000; cut off."""
        return int(value * 1000 / self.top)


@dataclass(frozen=True, slots=True)
class Space:
    """A box to be filled in by hand, so many lines high."""

    label: str
    lines: int


@dataclass(frozen=True, slots=True)
class Signatures:
    """A box for each of these to seal or sign; all stay blank."""

    boxes: tuple[str, ...]


def lines_of(box: str) -> tuple[str, ...]:
    """What a box asks for: a side seals and two people sign, a single person just signs."""
    day = "日期：\u3000\u3000\u3000年\u3000\u3000月\u3000\u3000日"
    return ("经办人（签字）：", "负责人或授权代表（签字）：", day) if "盖章" in box else ("签字：", day)


Section = Heading | Paragraph | Fields | Table | Amount | Formula | Plot | Space | Signatures


@dataclass(frozen=True, slots=True)
class Cited:
    """A fact the paper rests on: its place in the journal, and the hash of its leaf there (RFC 9162, SHA-256, hex).

    `documents` are the digests of the files the fact names.
    """

    sequence: int
    id: str
    title: str
    day: date
    digest: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a reader checks the paper against: the log's head, the statement's digest, the facts; `link` is the QR code.

    `root` is base64 as in the checkpoint; `statement` the SHA-256 (hex) of the statement as its bundle holds it.
    """

    origin: str
    size: int
    root: str
    statement: str
    link: str
    facts: tuple[Cited, ...]
    readings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the contract; `by` is None for one of both sides.

    `sample`: something on it comes from a sample annex, so all of it is marked 示例.
    """

    code: str
    number: str
    title: Said
    contract: str
    by: Party | None
    to: str
    as_of: date
    known_at: datetime
    sample: bool
    sections: tuple[Section, ...]
    proof: Proof

"""A contract as rows a person reads: what each term is called, what it says, which clause says so, and 示例 marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from yunyue.contract import leaf
from yunyue.contract.clauses import clause_of
from yunyue.contract.labels import LABELS, WORDS
from yunyue.contract.paths import parts
from yunyue.contract.readings import BY_ID
from yunyue.contract.terms import Named, Terms
from yunyue.money import Money


@dataclass(frozen=True, slots=True)
class Row:
    """One term: its path, its label and its value in both languages, its clause id ("" for none).

    `sample` is true for what belongs to a sample annex, and must be marked 示例 wherever it is shown.
    """

    path: str
    label_zh: str
    label_en: str
    value_zh: str
    value_en: str
    clause: str
    sample: bool


def rows(terms: Terms) -> tuple[Row, ...]:
    """Every term in the order of the contract; a title in two languages is one row."""
    return tuple(_rows("", "", terms, terms))


def _rows(path: str, label: str, value: Any, terms: Terms) -> Iterator[Row]:
    if isinstance(value, Named) or not isinstance(value, msgspec.Struct | tuple | dict):
        yield _row(path, label, value, terms)
        return
    for name, inner in parts(value):
        below = f"{path}.{name}" if path else name
        named = isinstance(value, tuple) or label == "readings"
        yield from _rows(below, label if named else f"{label}.{name}".lstrip("."), inner, terms)


def _row(path: str, label: str, value: Any, terms: Terms) -> Row:
    label_zh, label_en = _labelled(path, label)
    value_zh, value_en = _said(path, value)
    sample = (path.startswith("catalogue.") and terms.catalogue.sample) or (
        path.startswith("sla.") and terms.sla.sample
    )
    return Row(path, label_zh, label_en, value_zh, value_en, clause_of(path), sample)


def _labelled(path: str, label: str) -> tuple[str, str]:
    if label == "readings":
        reading = BY_ID[path.removeprefix("readings.")]
        return f"{reading.id} {reading.zh}", f"{reading.id} {reading.en}"
    return LABELS[label]


def _said(path: str, value: Any) -> tuple[str, str]:
    match value:
        case Named():
            return value.zh, value.en
        case Money():
            return f"{value.grouped()} 元", f"{value.grouped()} yuan"
        case str() if path.startswith("readings."):
            chosen = next(one for one in BY_ID[path.removeprefix("readings.")].choices if one.key == value)
            return chosen.zh, chosen.en
        case _:
            text = leaf.write(value)
            return WORDS.get(text, (text, text))

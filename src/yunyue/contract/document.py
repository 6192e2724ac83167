"""The terms as one canonical document, whose digest the journal records and a statement names.

JSON by RFC 8785: sorted keys, no floats; amounts, shares and quantities are text, days are ISO 8601 text.
Equal terms have equal bytes: "0.50" and "0.5" are both written "0.5".
"""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from yunyue.answer import Refused
from yunyue.contract import leaf
from yunyue.contract.consistency import faults
from yunyue.contract.paths import TERMS
from yunyue.contract.shape import Shaping, dotted
from yunyue.contract.terms import Terms
from yunyue.money import Money

_ENCODER = msgspec.json.Encoder(order="sorted")


def to_plain(terms: Terms) -> dict[str, Any]:
    """The terms as tables, lists, text, whole numbers, true, false and null only."""
    plain: dict[str, Any] = _plain(terms)
    return plain


def canonical(terms: Terms) -> bytes:
    """The canonical JSON of the terms."""
    return _ENCODER.encode(to_plain(terms))


def digest(terms: Terms) -> str:
    """The name of exactly these terms: "sha256:" and 64 hexadecimal digits over the canonical bytes."""
    return f"sha256:{hashlib.sha256(canonical(terms)).hexdigest()}"


def from_plain(plain: object) -> Terms | Refused:
    """The terms that a canonical document states; `Refused.field` is the dotted path of the first thing wrong.

    Refuses any other form of the same terms, so that a document and its digest can stand for each other.
    """
    shaping = Shaping(read_leaf=leaf.read_plain)
    terms: Terms = shaping.build(TERMS, plain, ())
    if shaping.wrong:
        place, rule = shaping.wrong[0]
        return Refused(rule, dotted(place, plain))
    if found := faults(terms):
        return Refused(found[0].rule, found[0].path, found[0].clause)
    if canonical(terms) != _ENCODER.encode(plain):
        return Refused("this is not the canonical form of these terms, such as 0.50 for 0.5")
    return terms


def _plain(value: Any) -> Any:
    match value:
        case msgspec.Struct():
            return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        case tuple():
            return [_plain(one) for one in value]
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case Money() | Decimal() | date():
            return leaf.write(value)
        case _:
            return value

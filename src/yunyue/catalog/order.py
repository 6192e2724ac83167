"""What a service is asked to provide, and for which stretch of time it is asked to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from yunyue.answer import Refused
from yunyue.journal.rules import in_words

P = TypeVar("P", bound=msgspec.Struct)


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order that needs no parameters."""


@dataclass(frozen=True, slots=True)
class Order:
    """An approved order: its id (also that of the instance it makes), the item, how much, for whom, with what.

    `parameters` are untrusted values as the form, the API or the command line gave them.
    """

    id: str
    item: str
    quantity: Decimal
    tenant: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Window:
    """start ≤ t < end, both with a zone. Raises ValueError without a zone, or when it is empty."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window's start and end carry a zone")
        if self.end <= self.start:
            raise ValueError(f"a window that starts at {self.start.isoformat()} ends later than {self.end.isoformat()}")


def understand_parameters(kind: type[P], values: Mapping[str, object], *, strict: bool = True) -> P | Refused:
    """The typed parameters, or a refusal that names the field and the rule.

    `strict=False` also reads numbers and booleans written as text, as a command line gives them.
    """
    try:
        return msgspec.convert(dict(values), kind, strict=strict)
    except msgspec.ValidationError as broken:
        rule, _, path = str(broken).partition(" - at `$.")
        field = path.rstrip("`")
        said = in_words(rule, kind, "the parameters", at_top=not field)
        return Refused(said, f"parameters.{field}" if field else "parameters", "C37")

"""Every value of the terms has a dotted path: "price.total", "instalments.1.share", "catalogue.items.os-set.quantity".

An element of a list is named by its own number, code or id; a rung of a ladder by its place, counted from 1.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from yunyue.contract import leaf
from yunyue.contract.terms import Annex, Instalment, Item, Objective, StaffCondition, Terms

TERMS: inspect.StructType = inspect.type_info(Terms)  # type: ignore[assignment]  # a Struct's type is a StructType

NAMED_BY: Mapping[type, str] = {
    Instalment: "number",
    Annex: "number",
    StaffCondition: "number",
    Item: "code",
    Objective: "id",
}
"""The field that names an element of a list."""


def name_of(element: msgspec.Struct, position: int) -> str:
    """The part of a path that stands for an element at this position (from 0) of a list."""
    field = NAMED_BY.get(type(element))
    return str(getattr(element, field)) if field else str(position + 1)


def parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What lies directly inside a value of the terms, each with its part of the path."""
    match value:
        case msgspec.Struct():
            yield from ((name, getattr(value, name)) for name in value.__struct_fields__)
        case tuple():
            yield from ((name_of(element, position), element) for position, element in enumerate(value))
        case dict():
            yield from value.items()


def paths(terms: Terms) -> Iterator[tuple[str, str]]:
    """Every path with its value as text, in the order of the contract; an absent value has the text ""."""
    yield from _below("", terms)


def _below(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, msgspec.Struct | tuple | dict):
        yield path, leaf.write(value)
        return
    for name, inner in parts(value):
        yield from _below(f"{path}.{name}" if path else name, inner)


def value_at(terms: Terms, path: str) -> Any:
    """The value at a path: a single value, or the table or list itself. Raises KeyError for an unknown path."""
    value: Any = terms
    for name in path.split("."):
        found = dict(parts(value))
        if name not in found:
            raise KeyError(path)
        value = found[name]
    return value

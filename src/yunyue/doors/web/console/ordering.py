"""A form for the parameters of any service, made from its catalogue entry."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from msgspec import inspect

from yunyue.catalog import Entry
from yunyue.doors.web.console.templatetags.words import chinese

ONE_LINE = 4000
"""Text that may be longer than this, such as certificates, is typed in a field of several lines."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: `choices` when only these will do."""

    name: str
    title: str
    value: str
    required: bool
    kind: str
    choices: tuple[str, ...]


def fields(entry: Entry, given: dict[str, str]) -> list[Field]:
    """The fields of an order of a service, holding what was given before or the defaults."""
    shape = inspect.type_info(entry.parameters)
    assert isinstance(shape, inspect.StructType)
    return [_field(one, given.get(one.name)) for one in shape.fields]


def understood(entry: Entry, given: dict[str, str]) -> dict[str, object]:
    """What a form says, without the fields left empty; a list is written with commas."""
    lists = {one.name for one in fields(entry, {}) if one.kind == "list"}
    return {
        name: [part.strip() for part in text.split(",") if part.strip()] if name in lists else text
        for name, text in given.items()
        if text.strip()
    }


def _field(field: inspect.Field, given: str | None) -> Field:
    kind, notes = _bare(field.type)
    title = notes.get("title" if chinese() else "description") or notes.get("title") or _(field.name)
    return Field(
        name=field.name,
        title=str(title),
        value=given if given is not None else _default(field),
        required=field.required,
        kind=_kind(kind),
        choices=_choices(kind),
    )


def _bare(kind: inspect.Type) -> tuple[inspect.Type, dict[str, Any]]:
    """The type without its notes, and the notes."""
    notes: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        notes = {**(kind.extra_json_schema or {}), **notes}
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        inner, more = _bare(others[0])
        return inner, {**more, **notes}
    return kind, notes


def _kind(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType() | inspect.FloatType() | inspect.DecimalType():
            return "number"
        case inspect.VarTupleType() | inspect.ListType():
            return "list"
        case inspect.BoolType():
            return "choice"
        case inspect.LiteralType() | inspect.EnumType():
            return "choice"
        case inspect.StrType(max_length=int(longest)) if longest > ONE_LINE:
            return "lines"
        case _:
            return "text"


def _choices(kind: inspect.Type) -> tuple[str, ...]:
    match kind:
        case inspect.LiteralType(values):
            return tuple(str(value) for value in values)
        case inspect.BoolType():
            return ("false", "true")
        case inspect.EnumType(cls):
            return tuple(str(one.value) for one in cls)
        case _:
            return ()


def _default(field: inspect.Field) -> str:
    if field.default is msgspec.NODEFAULT or field.default is None:
        return ""
    if isinstance(field.default, bool):
        return str(field.default).lower()
    return ",".join(map(str, field.default)) if isinstance(field.default, tuple | list) else str(field.default)


__all__ = ["Field", "fields", "understood"]

"""Brings all cells and codes of a model to the latest versions of their keys, while the program goes on."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from yunyue.doors.fields import sealing
from yunyue.doors.fields.text import SealedTextField
from yunyue.services.crypto.fields.column import version_of

AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Turned:
    """How many rows were looked at, how many cells and codes were written anew.

    `passed`: cells another program changed meanwhile; they are of its making, and the next run looks at them again.
    """

    rows: int
    cells: int
    codes: int
    passed: int


def turn_over(model: type[Model], using: str = "default", at_once: int = AT_ONCE) -> Turned:
    """Rewrap every sealed column of a model. Texts stay in the vault, except where a code must be made anew.

    It may be stopped and begun again at any time: each cell is written only where it still holds what was read.
    Raises ColumnFailed.
    """
    total = [0, 0, 0, 0]
    for field in sealing.sealed_fields(model):
        last: Any = None
        while rows := _rows(model, using, field, last, at_once):
            last = rows[-1][0]
            done = _turned(model._base_manager.using(using), field, rows)
            total = [total[0] + len(rows), *(one + more for one, more in zip(total[1:], done, strict=True))]
    return Turned(*total)


def _rows(model: type[Model], using: str, field: SealedTextField, last: Any, at_once: int) -> list[tuple[Any, ...]]:
    """Key, identity, cell and code of the rows after `last`."""
    index = sealing.index_of(field)
    names = ["pk", field.identity, field.name, *([index.name] if index is not None else [])]
    found = model._base_manager.using(using).filter(**{f"{field.name}__isnull": False}).order_by("pk")
    if last is not None:
        found = found.filter(pk__gt=last)
    return list(found.values_list(*names)[:at_once])


def _turned(manager: Any, field: SealedTextField, rows: list[tuple[Any, ...]]) -> tuple[int, int, int]:
    cells = [(str(row[1]), str(row[2])) for row in rows]
    fresh = field.sealed_column.turn(cells)
    codes = _codes(field, rows, cells)
    written = coded = passed = 0
    for row, cell, code in zip(rows, fresh, codes, strict=True):
        values: dict[str, Any] = {} if version_of(cell) == version_of(row[2]) else {field.name: cell}
        index = sealing.index_of(field)
        if index is not None and code != row[3]:
            values[index.name] = code
        if not values:
            continue
        held = manager.filter(**{"pk": row[0], f"{field.name}__cell": row[2]})
        if held.update(**values):
            written, coded = written + (field.name in values), coded + (index is not None and index.name in values)
        else:
            passed += 1
    return written, coded, passed


def _codes(field: SealedTextField, rows: list[tuple[Any, ...]], cells: list[tuple[str, str]]) -> list[str]:
    """The code each row shall carry; asked for only when the key of codes has a newer version than a row's."""
    index = sealing.index_of(field)
    if index is None:
        return [""] * len(rows)
    latest = version_of(index.blind.codes([""])[0])
    old = [at for at, row in enumerate(rows) if version_of(row[3] or "") != latest]
    texts = field.sealed_column.open([cells[at] for at in old])
    made = dict(zip(old, index.blind.codes(texts), strict=True))
    return [made.get(at, row[3]) for at, row in enumerate(rows)]


__all__ = ["Turned", "turn_over"]

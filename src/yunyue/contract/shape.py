"""Whether tables read from TOML have the shape of a contract: no key too many or too few, every value of its kind.

It goes through everything and collects all that is wrong, each with its place.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import inspect

from yunyue.contract import leaf
from yunyue.contract.lines import Place
from yunyue.contract.paths import NAMED_BY

_BROKEN = object()


@dataclass(slots=True)
class Shaping:
    """Builds values of the terms and keeps what is wrong with the material: place and rule."""

    read_leaf: Callable[[inspect.Type, object], leaf.Leaf | leaf.Wrong] = leaf.read
    wrong: list[tuple[Place, str]] = field(default_factory=list)

    def build(self, kind: inspect.Type, raw: object, place: Place) -> Any:
        """The value of this type, or a meaningless object after adding to `wrong`."""
        match kind:
            case inspect.StructType():
                return self._table(kind, raw, place)
            case inspect.VarTupleType():
                return self._list(kind, raw, place)
            case inspect.DictType():
                return self._words(kind, raw, place)
            case _:
                value = self.read_leaf(kind, raw)
                return self._refuse(place, value.rule) if isinstance(value, leaf.Wrong) else value

    def _refuse(self, place: Place, rule: str) -> object:
        self.wrong.append((place, rule))
        return _BROKEN

    def _table(self, kind: inspect.StructType, raw: object, place: Place) -> object:
        if not isinstance(raw, dict):
            return self._refuse(place, "must be a table")
        before = len(self.wrong)
        self._refuse_unknown(kind, raw, place)
        values = {one.name: self._entry(one, raw, place) for one in kind.fields}
        return kind.cls(**values) if len(self.wrong) == before else _BROKEN

    def _refuse_unknown(self, kind: inspect.StructType, raw: dict[str, object], place: Place) -> None:
        known = [one.name for one in kind.fields]
        for key in raw:
            if key not in known:
                self._refuse((*place, key), f"unknown key; known here are {', '.join(known)}")

    def _entry(self, one: inspect.Field, raw: dict[str, object], place: Place) -> object:
        if one.name in raw:
            return self.build(one.type, raw[one.name], (*place, one.name))
        if leaf.may_be_absent(one.type):
            return None
        return self._refuse((*place, one.name), "this key is missing")

    def _list(self, kind: inspect.VarTupleType, raw: object, place: Place) -> object:
        if not isinstance(raw, list):
            return self._refuse(place, "must be a list of tables")
        if isinstance(kind.item_type, inspect.StructType):
            self._refuse_repeated(kind.item_type.cls, raw, place)
        return tuple(self.build(kind.item_type, one, (*place, position)) for position, one in enumerate(raw))

    def _refuse_repeated(self, element: type[msgspec.Struct], raw: list[object], place: Place) -> None:
        name = NAMED_BY.get(element)
        seen: dict[object, int] = {}
        for position, one in enumerate(raw):
            value = one.get(name) if name and isinstance(one, dict) else None
            if not isinstance(value, str | int):
                continue
            if value in seen:
                self._refuse(
                    (*place, position, name or ""),
                    f"{leaf.shown(value)} already names element {seen[value]} of this list",
                )
            seen.setdefault(value, position + 1)

    def _words(self, kind: inspect.DictType, raw: object, place: Place) -> object:
        if not isinstance(raw, dict):
            return self._refuse(place, "must be a table")
        return {key: self.build(kind.value_type, value, (*place, key)) for key, value in raw.items()}


def dotted(place: Place, raw: object) -> str:
    """A place as a dotted path; an element without a usable name of its own is #1, #2 and so on."""
    return ".".join(_names(place, raw))


def _names(place: Place, raw: object) -> Iterator[str]:
    for step in place:
        inner = _inside(raw, step)
        yield step if isinstance(step, str) else _name(inner, step)
        raw = inner


def _inside(raw: object, step: str | int) -> object:
    if isinstance(raw, dict) and isinstance(step, str):
        return raw.get(step)
    return raw[step] if isinstance(raw, list) and isinstance(step, int) and step < len(raw) else None


def _name(raw: object, position: int) -> str:
    if isinstance(raw, dict):
        if "below" in raw:
            return str(position + 1)
        for key in dict.fromkeys(NAMED_BY.values()):
            if _names_something(raw.get(key)):
                return str(raw[key])
    return f"#{position + 1}"


def _names_something(value: object) -> bool:
    """Whether a value is short enough to name an element in a path."""
    return 0 < len(value) <= 64 if isinstance(value, str) else type(value) is int and 0 < value < 100


def placed(path: str, raw: object) -> Place:
    """The place a dotted path names, as far as it exists in the tables."""
    place: list[str | int] = []
    for name in path.split("."):
        step: str | int | None = name
        if isinstance(raw, list):
            step = next((position for position, one in enumerate(raw) if _name(one, position) == name), None)
        if step is None:
            break
        place.append(step)
        raw = _inside(raw, step)
    return tuple(place)

"""A supplement overrides the terms it names (十二(五), C34): the changed terms, or the reason why it cannot be applied.

A change names one value by its dotted path and gives the new one as the terms file would write it, without quotation
marks ("2025-01-10", "0.25", "monday_to_friday"). It may also name a whole table or list and give it in TOML
({ zh = "…", en = "…" }); so a catalogue item is added under a new code, and taken out with the empty text.
"""

import tomllib
from collections.abc import Iterable
from typing import Any, Protocol

import msgspec
from msgspec import inspect

from yunyue.answer import Refused
from yunyue.contract import leaf
from yunyue.contract.consistency import faults
from yunyue.contract.paths import NAMED_BY, TERMS, parts
from yunyue.contract.shape import Shaping, dotted
from yunyue.contract.terms import Terms

CLAUSE = "C34"


class Change(Protocol):
    """One changed term: its dotted path and its new value as text."""

    @property
    def path(self) -> str: ...

    @property
    def value(self) -> str: ...


def amend(terms: Terms, changes: Iterable[Change]) -> Terms | Refused:
    """The terms with all changes made, checked as a whole: a new total needs its instalments in the same supplement.

    Refuses an unknown path, a path named twice, a value of the wrong kind, a change of a name (an id, code or number
    that paths are made of), and terms that contradict themselves afterwards. `Refused.field` is the path.
    """
    amended, seen = terms, set[str]()
    for change in changes:
        if change.path in seen:
            return Refused("one supplement may change a term only once", change.path, CLAUSE)
        seen.add(change.path)
        changed = _changed(TERMS, amended, change.path.split("."), change.value)
        if isinstance(changed, leaf.Wrong):
            return Refused(changed.rule, change.path, CLAUSE)
        amended = changed
    return _checked(amended)


def _checked(terms: Terms) -> Terms | Refused:
    found = faults(terms)
    if not found:
        return terms
    also = "".join(f"; also {fault.path}: {fault.rule}" for fault in found[1:])
    return Refused(found[0].rule + also, found[0].path, found[0].clause)


def _changed(kind: inspect.Type, value: Any, names: list[str], text: str) -> Any:
    """The value with the part that the names lead to replaced, or Wrong."""
    if not names:
        return leaf.parse(kind, text) if leaf.is_leaf(kind) else _table(kind, text)
    match kind:
        case inspect.StructType():
            return _in_table(kind, value, names, text)
        case inspect.VarTupleType(item_type=inspect.StructType() as element):
            return _in_list(element, value, names, text)
        case inspect.DictType() if names[0] in value:
            changed = _changed(kind.value_type, value[names[0]], names[1:], text)
            return changed if isinstance(changed, leaf.Wrong) else {**value, names[0]: changed}
        case _:
            return _unknown(value, names[0])


def _in_table(kind: inspect.StructType, value: Any, names: list[str], text: str) -> Any:
    name, rest = names[0], names[1:]
    field = next((one for one in kind.fields if one.name == name), None)
    if field is None:
        return _unknown(value, name)
    if NAMED_BY.get(kind.cls) == name or (kind.cls is Terms and name == "id"):
        return leaf.Wrong("a name that facts and paths refer to cannot be changed")
    changed = _changed(field.type, getattr(value, name), rest, text)
    return changed if isinstance(changed, leaf.Wrong) else msgspec.structs.replace(value, **{name: changed})


def _in_list(kind: inspect.StructType, value: tuple[Any, ...], names: list[str], text: str) -> Any:
    name, rest = names[0], names[1:]
    elements = dict(parts(value))
    if name not in elements and (rest or not text):
        return _unknown(value, name)
    if not rest and not text:
        return tuple(one for own, one in elements.items() if own != name)
    changed = _changed(kind, elements[name], rest, text) if rest else _element(kind, name, text)
    return changed if isinstance(changed, leaf.Wrong) else tuple((elements | {name: changed}).values())


def _element(kind: inspect.StructType, name: str, text: str) -> Any:
    """A whole element in TOML; its own name is that of the path and may be left out."""
    raw = _toml(text)
    key = NAMED_BY.get(kind.cls)
    if isinstance(raw, dict) and key is not None:
        own = int(name) if key == "number" and name.isdecimal() else name
        if raw.setdefault(key, own) != own:
            return leaf.Wrong(f"{key} must be {name}, as in the path, or be left out")
    return _built(kind, raw)


def _table(kind: inspect.Type, text: str) -> Any:
    return _built(kind, _toml(text))


def _built(kind: inspect.Type, raw: object) -> Any:
    if isinstance(raw, leaf.Wrong):
        return raw
    shaping = Shaping()
    built = shaping.build(kind, raw, ())
    if shaping.wrong:
        return leaf.Wrong(
            "; ".join(f"{dotted(place, raw)}: {rule}".removeprefix(": ") for place, rule in shaping.wrong)
        )
    return built


def _toml(text: str) -> Any:
    """The value that a TOML text writes, or Wrong; a second key smuggled in after a line break is refused."""
    try:
        read = tomllib.loads(f"value = {text}", parse_float=leaf.Float)
    except (ValueError, RecursionError) as refused:
        return leaf.Wrong(f"names a table or list, whose value is written in TOML: {refused}")
    return read["value"] if len(read) == 1 else leaf.Wrong("must be one TOML value")


def _unknown(value: Any, name: str) -> leaf.Wrong:
    known = ", ".join(own for own, _ in parts(value)) or "nothing"
    return leaf.Wrong(f"there is no {name!r} here; there is {known}")

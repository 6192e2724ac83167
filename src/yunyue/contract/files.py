"""Terms written as the four files they are read from, every table and key with its meaning in Chinese and English."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from yunyue.contract import leaf
from yunyue.contract.labels import HINTS, LABELS
from yunyue.contract.paths import parts
from yunyue.contract.readings import BY_ID
from yunyue.contract.terms import Named, Step, Terms

_WITHIN_TERMS = ("catalogue", "sla", "readings")

HEAD = (
    "# 金额、比率与数量加引号书写，以保持精确；日期不加引号。",
    "# Amounts, rates and quantities stand in quotation marks, so that they stay exact; days stand without.",
    "",
)


def written(terms: Terms) -> dict[str, str]:
    """The files that read back as exactly these terms."""
    own = [(name, value) for name, value in parts(terms) if name not in _WITHIN_TERMS]
    return {
        "terms.toml": _file(_table("", "", own)),
        "catalogue.toml": _file(_table("", "catalogue", list(parts(terms.catalogue)))),
        "sla.toml": _file(_table("", "sla", list(parts(terms.sla)))),
        "readings.toml": _file(_readings(terms.readings)),
    }


def _file(lines: Iterator[str]) -> str:
    return "\n".join((*HEAD, *lines)) + "\n"


def _table(header: str, label: str, entries: list[tuple[str, Any]], *, bare: bool = False) -> Iterator[str]:
    """The keys of a table first, then the tables inside it, as TOML wants; `bare` without comments."""
    for name, value in entries:
        if _is_line(value):
            lines = tuple(_line(name, f"{label}.{name}".lstrip("."), value))
            yield from lines[-1:] if bare else lines
    for name, value in entries:
        if not _is_line(value):
            inner = f"{header}.{name}".lstrip(".")
            yield from _below(inner, f"{label}.{name}".lstrip("."), value)


def _below(header: str, label: str, value: Any) -> Iterator[str]:
    yield from ("", _comment(label))
    if not isinstance(value, tuple):
        yield f"[{header}]"
        yield from _table(header, label, list(parts(value)))
        return
    for position, element in enumerate(value):
        yield from (*([""] if position else []), f"[[{header}]]")
        yield from _table(header, label, list(parts(element)), bare=position > 0)


def _is_line(value: Any) -> bool:
    """Whether the value stands on the line of its key; a ladder does too, since its rungs are short."""
    ladder = isinstance(value, tuple) and all(isinstance(one, Step) for one in value)
    return ladder or isinstance(value, Named) or not isinstance(value, msgspec.Struct | tuple | dict)


def _line(name: str, label: str, value: Any) -> Iterator[str]:
    yield _comment(label)
    yield f"# {name} =" if value is None else f"{name} = {_toml(value)}"


def _comment(label: str) -> str:
    texts = (LABELS[label], HINTS[label]) if label in HINTS else (LABELS[label],)
    return "# " + " / ".join(": ".join(one) for one in zip(*texts, strict=True))


def _toml(value: Any) -> str:
    match value:
        case msgspec.Struct():
            return "{ " + ", ".join(f"{name} = {_toml(inner)}" for name, inner in parts(value)) + " }"
        case tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case bool() | int() | date():
            return leaf.write(value)
        case _:
            # A JSON string without escapes of non-ASCII is a TOML basic string; leaf refuses control characters.
            return json.dumps(leaf.write(value), ensure_ascii=False)


def _readings(readings: Mapping[str, str]) -> Iterator[str]:
    for identifier, chosen in readings.items():
        reading = BY_ID[identifier]
        yield f"# {reading.zh} / {reading.en}"
        yield from (f"#   {choice.key}: {choice.zh} / {choice.en}" for choice in reading.choices)
        yield f'{identifier} = "{chosen}"'
        yield ""

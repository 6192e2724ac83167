"""The element that must stand on a page, named as CSS does: `#hall .notice`, `form[action] input[name=q]`.

Of Selectors Level 4 the parts that name one place: type, `*`, `#id`, `.class`, `[name]`, `[name=value]`, and a space
for "somewhere inside". Anything else is refused rather than taken for something.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yunyue.services.monitor.pages.sight import Node, shown_text

MOST_PARTS: Final = 10
_NAME: Final = r"[A-Za-z_\u0080-\U0010ffff-][\w\u0080-\U0010ffff-]*"
_PIECE: Final = re.compile(
    rf"""#({_NAME})|\.({_NAME})|\[\s*({_NAME})\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|({_NAME}|\d+))\s*)?\]"""
)
_TYPE: Final = re.compile(rf"\*|{_NAME}")


@dataclass(frozen=True, slots=True)
class Part:
    """One element: its type (empty for any), its classes, and attributes with their values (None for any value)."""

    name: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str | None], ...]

    def fits(self, node: Node) -> bool:
        """Whether an element is such a one."""
        given = node.attributes
        return (
            self.name in ("", node.name)
            and self.classes <= set(given.get("class", "").split())
            and all(name in given and value in (None, given[name]) for name, value in self.attributes)
        )


@lru_cache(maxsize=1024)
def parts(selector: str) -> tuple[Part, ...]:
    """The selector taken apart, the outermost element first. Raises ValueError."""
    found: list[Part] = []
    place = 0
    text = selector.strip()
    while place < len(text):
        part, place = _part(text, place)
        found.append(part)
        while place < len(text) and text[place].isspace():
            place += 1
    if not 0 < len(found) <= MOST_PARTS:
        raise ValueError(f"an element is named in 1 to {MOST_PARTS} parts")
    return tuple(found)


def _part(text: str, place: int) -> tuple[Part, int]:
    start, classes, attributes = place, list[str](), list[tuple[str, str | None]]()
    name = _TYPE.match(text, place)
    place = name.end() if name else place
    while piece := _PIECE.match(text, place):
        identifier, named, attribute, *values = piece.groups()
        if named:
            classes.append(named)
        else:
            said = identifier or next((one for one in values if one is not None), None)
            attributes.append(("id" if identifier else attribute.lower(), said))
        place = piece.end()
    if place == start or not (place == len(text) or text[place].isspace()):
        raise ValueError(f"at {text[start : start + 20]!r}: write a type, #id, .class, [name] or [name=value]")
    kind = name[0].lower() if name else ""
    return Part("" if kind == "*" else kind, frozenset(classes), tuple(attributes)), place


def stands(nodes: tuple[Node, ...], selector: str, text: str = "") -> bool:
    """Whether such an element stands there, with this text somewhere in it."""
    wanted = " ".join(text.split())
    return any(not wanted or _says(nodes, place, wanted) for place in found(nodes, selector))


def found(nodes: tuple[Node, ...], selector: str) -> Iterator[int]:
    """The places of the elements that fit."""
    *outer, last = parts(selector)
    above: list[Node] = []
    for place, node in enumerate(nodes):
        while above and above[-1].depth >= node.depth:
            above.pop()
        if node.name == "#text":
            continue
        if last.fits(node) and _lies_in(above, outer):
            yield place
        above.append(node)


def _lies_in(above: list[Node], outer: list[Part]) -> bool:
    """Whether elements around it fit, one inside the other: the innermost that fits is as good as any."""
    left = len(above)
    for part in reversed(outer):
        left = next((place for place in range(left - 1, -1, -1) if part.fits(above[place])), -1)
        if left < 0:
            return False
    return True


def _says(nodes: tuple[Node, ...], place: int, wanted: str) -> bool:
    """Texts that stand side by side are read with and without a space between."""
    end = place + 1
    while end < len(nodes) and nodes[end].depth > nodes[place].depth:
        end += 1
    texts = list(shown_text(nodes[place:end]))
    return any(wanted in " ".join(between.join(texts).split()) for between in ("", " "))

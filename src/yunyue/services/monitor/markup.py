"""An HTML answer as elements and texts, as far as that can be told without being a browser.

The page is a stranger's, so no parser with a weakness for certain pages reads it: this one goes through the text once,
closes what HTML lets stand open, and stops after so many elements. A program in the page is not run.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Final

from yunyue.services.monitor.pages.sight import Node

MOST_ELEMENTS: Final = 20_000
MOST_DEPTH: Final = 200
LOOKED_AT: Final = 4_096

_CHARSET: Final = re.compile(r"charset\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_-]{1,40})", re.I)
_ENDLESS: Final = re.compile(r"&#([0-9]{1000,});?")
_MOST_DIGITS: Final = 8
"""No character's number has as many (Unicode ends at 1,114,111)."""

_TAG: Final = re.compile(r"<(?:(!--|[!?])|(/?)([A-Za-z][^\s/>]{0,99}))")
_ATTRIBUTE: Final = re.compile(r"""[\s/]*([^\s/>=]{1,200})(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']*)))?""")

# fmt: off
_EMPTY: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})
_PLAIN: Final = frozenset({"script", "style", "textarea", "title"})
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "div", "dl", "fieldset", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
})
# fmt: on
_CELLS: Final = frozenset({"td", "th"})
_ENDS: Final[Mapping[str, frozenset[str]]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option"}),
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS | {"tr"},
    **dict.fromkeys(_BLOCKS, frozenset({"p"})),
}
"""Which open elements end where this one begins (HTML, 13.1.2.4)."""


def decoded(kind: str, body: bytes) -> str:
    """The text of a page by the character set its Content-Type, or itself, names; else UTF-8. Old pages are in GBK."""
    named = _CHARSET.search(kind) or _CHARSET.search(body[:LOOKED_AT].decode("latin-1"))
    try:
        return body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def unescaped(text: str) -> str:
    """The text with its entities resolved. Python takes no number of thousands of digits, so those are read here."""
    return unescape(_ENDLESS.sub(_shortened, text))


def _shortened(entity: re.Match[str]) -> str:
    digits = entity[1].lstrip("0")
    return f"&#{digits or 0};" if len(digits) < _MOST_DIGITS else "\ufffd"


def nodes(text: str) -> tuple[Node, ...]:
    """The elements and texts of a page, in its order, up to `MOST_ELEMENTS`."""
    return tuple(_nodes(text))


def _nodes(text: str) -> Iterator[Node]:
    lowered, above, place, number = text.lower(), list[str](), 0, 0
    while number < MOST_ELEMENTS and (tag := _TAG.search(text, place)):
        yield from _said(text[place : tag.start()], len(above))
        markup, closing, name = tag[1], tag[2], (tag[3] or "").lower()
        if markup:
            place = _after(lowered, "-->" if markup == "!--" else ">", tag.end())
            continue
        attributes, place = _attributes(text, tag.end())
        if closing:
            _close(above, name)
            continue
        _begin(above, name)
        number += 1
        yield Node(len(above), name, attributes)
        if name in _PLAIN:
            end = lowered.find(f"</{name}", place)
            end = len(text) if end < 0 else end
            yield from _said(text[place:end], len(above) + 1)
            place = end
        if name not in _EMPTY and len(above) < MOST_DEPTH:
            above.append(name)
    yield from _said(text[place:], len(above))


def _said(text: str, depth: int) -> Iterator[Node]:
    if text.strip():
        yield Node(depth, "#text", unescaped(text))


def _attributes(text: str, place: int) -> tuple[dict[str, str], int]:
    """What stands in a tag, and the place after it."""
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(text, place):
        value = next((one for one in match.groups()[1:] if one is not None), "")
        found.setdefault(match[1].lower(), unescaped(value))
        place = match.end()
    return found, _after(text, ">", place)


def _after(text: str, end: str, place: int) -> int:
    found = text.find(end, place)
    return len(text) if found < 0 else found + len(end)


def _begin(above: list[str], name: str) -> None:
    while above and above[-1] in _ENDS.get(name, ()):
        above.pop()


def _close(above: list[str], name: str) -> None:
    """An end without a beginning ends nothing."""
    if name in above:
        while above.pop() != name:
            pass

"""Tables read back out of a page: what a reader sees of each, as rows of text, without its buttons and signs."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

SILENT: Final = frozenset({"button", "form", "select", "script", "style", "svg", "template", "summary"})
"""What stands in a cell and is no word of it."""
UNSEEN: Final = frozenset({"d-print-none", "whyrow"})
"""Classes of what is for acting, or is opened on demand, and belongs to no table on paper."""
VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(slots=True)
class Sheet:
    """A table: its title, and its rows, heads first."""

    title: str
    rows: list[list[str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects tables; `silent` counts the open elements whose words do not count."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self._open: list[bool] = []
        self._inside: list[Sheet] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._heading: list[str] | None = None
        self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        self._open.append(_unheard(tag, given))
        if self._silent:
            return
        if tag in ("h1", "h2", "h3"):
            self._heading = []
        elif tag == "table":
            sheet = Sheet(self._title)
            self.sheets.append(sheet)
            self._inside.append(sheet)
        elif tag == "tr" and self._inside:
            self._inside[-1].rows.append([])
        elif tag in ("td", "th") and self._inside:
            self._cell, self._span = [], _span(given.get("colspan"))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._open:
            return
        silent = self._silent
        self._open.pop()
        if silent:
            return
        if tag in ("h1", "h2", "h3") and self._heading is not None:
            self._title, self._heading = _words(self._heading), None
        elif tag == "table" and self._inside:
            self._inside.pop()
        elif tag in ("td", "th") and self._cell is not None:
            self._keep(_words(self._cell))

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif self._heading is not None:
            self._heading.append(data)

    @property
    def _silent(self) -> bool:
        return any(self._open)

    def _keep(self, words: str) -> None:
        self._cell = None
        if self._inside and self._inside[-1].rows:
            self._inside[-1].rows[-1] += [words, *[""] * (self._span - 1)]


def sheets(page: str) -> list[Sheet]:
    """The tables of a page that have more than a head, in order; rows of acts alone are left out."""
    reader = _Reader()
    reader.feed(page)
    found = [Sheet(one.title, [row for row in one.rows if any(row)]) for one in reader.sheets]
    return [one for one in found if len(one.rows) > 1]


def _unheard(tag: str, given: dict[str, str | None]) -> bool:
    classes = set((given.get("class") or "").split())
    return tag in SILENT or given.get("aria-hidden") == "true" or not UNSEEN.isdisjoint(classes)


def _span(text: str | None) -> int:
    return min(int(text), 100) if text and text.isascii() and text.isdigit() and int(text) else 1


def _words(parts: list[str]) -> str:
    return " ".join("".join(parts).split())

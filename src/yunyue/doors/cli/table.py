"""Tables in a terminal, where a Chinese character is two columns wide."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Lines with columns of equal width; those numbered in `right` end together. Nothing for no rows."""
    if not rows:
        return []
    widths = [max(width(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    found = []
    for row in (heads, *rows):
        cells = [_cell(text, widths[at], at in right) for at, text in enumerate(row)]
        found.append("  ".join(cells).rstrip())
    return found


def _cell(text: str, room: int, right: bool) -> str:
    space = " " * (room - width(text))
    return space + text if right else text + space

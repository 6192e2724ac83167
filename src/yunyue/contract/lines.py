"""Where in a TOML text each key stands, so that a refusal can name the line a person has to correct.

tomllib reads values and keeps no places. This scanner reads places and no values; it expects a text tomllib accepted.
"""

from bisect import bisect_left
from collections import defaultdict

Place = tuple[str | int, ...]
"""The way to a value: keys of tables, and positions in arrays counted from 0."""

_BARE_ENDS = ",]}#\r\n"


def places(text: str) -> dict[Place, int]:
    """The line, counted from 1, of every table, key and array element of a valid TOML text; the root is line 1."""
    return _Scanner(text).scan()


def nearest(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the closest thing around it that has a line (a missing key: its table)."""
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 1)


class _Scanner:
    """One pass over the text; `_at` is the next character, `_table` the table that keys belong to."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [at for at, character in enumerate(text) if character == "\n"]
        self._at = 0
        self._table: Place = ()
        self._counts: defaultdict[Place, int] = defaultdict(int)
        self._found: dict[Place, int] = {(): 1}

    def scan(self) -> dict[Place, int]:
        self._skip_blank()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                self._header()
            else:
                self._pair(self._table)
            self._skip_blank()
        return self._found

    def _header(self) -> None:
        start = self._at
        several = self._text.startswith("[[", self._at)
        self._at += 2 if several else 1
        keys = self._keys()
        self._at += 2 if several else 1
        self._table = (*self._inside(keys[:-1]), keys[-1])
        if several:
            self._mark(self._table, start)
            self._counts[self._table] += 1
        self._table = self._last(self._table)
        self._mark(self._table, start)

    def _inside(self, keys: tuple[str, ...]) -> Place:
        """The place of a table named in a header: a name of an array of tables means its last element."""
        place: Place = ()
        for key in keys:
            place = self._last((*place, key))
        return place

    def _last(self, place: Place) -> Place:
        count = self._counts[place]
        return (*place, count - 1) if count else place

    def _pair(self, table: Place) -> None:
        start = self._at
        place = table
        for key in self._keys():
            place = (*place, key)
            self._mark(place, start)
        self._at += 1  # the equals sign
        self._skip_blank()
        self._value(place)

    def _keys(self) -> tuple[str, ...]:
        """The parts of a key such as a."b.c".d; stops at what follows it."""
        keys: list[str] = []
        while True:
            self._skip_blank()
            keys.append(self._key())
            self._skip_blank()
            if self._text[self._at : self._at + 1] != ".":
                return tuple(keys)
            self._at += 1

    def _key(self) -> str:
        start = self._at
        if self._text[self._at] in "\"'":
            self._string()
            return self._text[start + 1 : self._at - 1]
        while self._text[self._at : self._at + 1].isalnum() or self._text[self._at : self._at + 1] in ("-", "_"):
            self._at += 1
        return self._text[start : self._at]

    def _value(self, place: Place) -> None:
        match self._text[self._at]:
            case "[":
                self._array(place)
            case "{":
                self._inline_table(place)
            case '"' | "'":
                self._string()
            case _:
                while self._at < len(self._text) and self._text[self._at] not in _BARE_ENDS:
                    self._at += 1

    def _array(self, place: Place) -> None:
        position = 0
        self._at += 1
        self._skip_blank(",")
        while self._text[self._at] != "]":
            self._mark((*place, position), self._at)
            self._value((*place, position))
            position += 1
            self._skip_blank(",")
        self._at += 1

    def _inline_table(self, place: Place) -> None:
        self._at += 1
        self._skip_blank(",")
        while self._text[self._at] != "}":
            self._pair(place)
            self._skip_blank(",")
        self._at += 1

    def _string(self) -> None:
        quote = self._text[self._at]
        closing = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._at += len(closing)
        while not self._text.startswith(closing, self._at):
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        self._at += len(closing)
        while len(closing) == 3 and self._text[self._at : self._at + 1] == quote:
            self._at += 1  # up to two quotes may stand right before the closing three

    def _skip_blank(self, more: str = "") -> None:
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in " \t\r\n" + more:
                self._at += 1
            else:
                return

    def _mark(self, place: Place, at: int) -> None:
        self._found.setdefault(place, bisect_left(self._breaks, at) + 1)

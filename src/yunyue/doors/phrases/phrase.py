"""One sentence that a refusal can say, in English and in Chinese, with the places where its values stand.

Both texts are templates; the samples beside a phrase fill the English one, and that is its example. A place is

  {name}          any text
  {name:reason}   words that the phrasebook turns into Chinese as well
  {name:list}     values parted by commas
  {name:title}    what a paper needs to be told, by its English title
  {name:zh}       words that are Chinese already
  {name:code}     what stands between backticks
  {name:type}     a kind of value, between backticks as well
  {name:word}     one word: an id, a day, a path without spaces
  {name:quoted}   a value in quotation marks
  {name:dropped}  words that the Chinese leaves out
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\{(?P<name>\w+)(?::(?P<kind>\w+))?\}")
_QUOTED: Final = re.compile(r"(?P<mark>['\"])(?P<inside>.*)(?P=mark)", re.DOTALL)
_ANY: Final = ".+?"
KINDS: Final = {
    **dict.fromkeys(("", "reason", "list", "title", "dropped"), _ANY),
    "zh": "[^/]*?[一-鿿][^/]*?",
    **dict.fromkeys(("code", "type"), "[^`]+?"),
    "word": r"\S+?",
    "quoted": "'[^']+'|\"[^\"]+\"",
}
"""What each kind of place may hold, as a regular expression."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern that matches the whole of an English reason, the Chinese template, and sample values for it."""

    english: str
    pattern: re.Pattern[str]
    kinds: Mapping[str, str]
    chinese: str
    samples: Mapping[str, str]
    pieces: tuple[str, ...]

    def speaks_for(self, reason: str) -> bool:
        """Whether the pattern matches the whole reason; a look for its own words first, as a long text is costly."""
        return all(piece in reason for piece in self.pieces) and self.pattern.fullmatch(reason) is not None

    @property
    def weight(self) -> int:
        """How many characters of its English are its own: of two phrases that match, the heavier one speaks."""
        return len(_PLACE.sub("", self.english))

    @property
    def example(self) -> str:
        """An English reason that this phrase is for."""
        return _PLACE.sub(lambda place: self.samples[place["name"]], self.english)


def says(english: str, chinese: str, **samples: str) -> Phrase:
    """The phrase of two templates. Raises ValueError where samples, places and kinds do not belong together."""
    places = list(_PLACE.finditer(english))
    kinds = {place["name"]: place["kind"] or "" for place in places}
    if kinds.keys() != samples.keys() or not set(kinds.values()) <= KINDS.keys():
        raise ValueError(f"{english!r}: its places are {', '.join(kinds)}, the samples {', '.join(samples)}")
    pieces = tuple(filter(None, re.split(r"\{\w+(?::\w+)?\}", english)))
    return Phrase(english, re.compile(_regex(english), re.DOTALL), kinds, chinese, samples, pieces)


def _regex(english: str) -> str:
    """The template as a regular expression: everything but its places stands for itself."""
    found, end = [], 0
    for place in _PLACE.finditer(english):
        found += [re.escape(english[end : place.start()]), f"(?P<{place['name']}>{KINDS[place['kind'] or '']})"]
        end = place.end()
    return "".join([*found, re.escape(english[end:])])


def filled(chinese: str, values: Mapping[str, str]) -> str:
    """The Chinese template with its values; values in quotation marks get Chinese ones."""
    return _PLACE.sub(lambda place: quoted(values[place["name"]]), chinese)


def quoted(value: str) -> str:
    """A value as a Chinese sentence quotes it: 'x' and "x" become “x”."""
    found = _QUOTED.fullmatch(value)
    return f"“{found['inside']}”" if found else value

"""The phrasebook: which Chinese sentence stands for an English reason."""

import re
from itertools import takewhile
from typing import Final

from yunyue.doors.phrases import (
    access,
    admission,
    api,
    calendar,
    cli,
    containers,
    containing,
    contract,
    crypto,
    decoding,
    exhibit,
    happening,
    host,
    journal,
    monitor,
    orders,
    papers,
    people,
    probing,
    series,
    store,
    supervision,
    transcode,
    vault,
    watching,
    words,
)
from yunyue.doors.phrases.phrase import Phrase, filled

_ROOMS: Final = (
    supervision,
    transcode,
    containers,
    containing,
    happening,
    api,
    *(words, cli, admission, orders, people, access, calendar, papers),
    *(host, store, series, watching, journal, crypto, vault, monitor, probing, contract, exhibit, decoding),
)
PHRASES: Final[tuple[Phrase, ...]] = tuple(
    sorted((one for room in _ROOMS for one in room.PHRASES), key=lambda one: -one.weight)
)
"""The first that matches counts: the one with the most words of its own."""

LONGEST: Final = 5_000
"""A longer reason repeats something huge; it stays as it is."""

_ALSO: Final = re.compile(r"; also (\S+): ")
_FAULTS: Final = re.compile(r"(?<=\.); ")
_PARTINGS: Final = (_FAULTS, re.compile(r"; (?=[\w.#\[\]-]+: )"), re.compile("; "))
"""Where one reason ends and another begins: after a full stop, before a path, at any semicolon."""

_PRINTED: Final = re.compile(r"(?P<whole>(?:(?P<place>\S+): )?(?P<rule>.*?))(?P<clause> \[C\d\d\])?", re.DOTALL)

DEEPEST: Final = 8
"""Reasons inside reasons, at most so many."""


def chinese(reason: str) -> str:
    """The Chinese for a refusal's reason; the reason itself where the book has no phrase for it."""
    return reason if len(reason) > LONGEST else _chinese(reason, 0)


def phrase_of(reason: str) -> Phrase | None:
    """The phrase that speaks for this reason."""
    return next((one for one in PHRASES if one.speaks_for(reason)), None)


def _chinese(reason: str, depth: int) -> str:
    if depth > DEEPEST:
        return reason
    first, *others = _ALSO.split(reason)
    if others:
        return _listed(first, others, depth)
    phrase = phrase_of(reason)
    if phrase is None or _FAULTS.search(reason):
        return _joined(reason, depth)
    match = phrase.pattern.fullmatch(reason)
    assert match is not None, "phrase_of looked"
    values = {name: _value(text, phrase.kinds[name], depth) for name, text in match.groupdict().items()}
    return filled(phrase.chinese, values)


def _value(text: str, kind: str, depth: int) -> str:
    match kind:
        case "reason":
            return _chinese(text, depth + 1)
        case "title":
            return papers.title(text)
        case "type":
            return "或".join(words.TYPES.get(one, one) for one in text.split(" | "))
        case "list":
            return text.replace(", ", "、")
        case _:
            return text


def _joined(reason: str, depth: int) -> str:
    """Several reasons in one, parted by semicolons, each perhaps with its path before it; whole or not at all."""
    for parting in _PARTINGS:
        parts = parting.split(reason)
        # The first part that has no Chinese ends the work: a long text of unknown parts is not looked at to its end.
        said = list(takewhile(bool, (_placed(one, depth) for one in parts))) if len(parts) > 1 else []
        if said and len(said) == len(parts):
            return "；".join(said)
    return _placed(reason, depth) or reason


def _listed(first: str, others: list[str], depth: int) -> str:
    """A contradiction and those found besides: each of the others is a path and a rule."""
    said = [
        f"；另外 {place}：{_chinese(rule, depth + 1)}" for place, rule in zip(others[::2], others[1::2], strict=True)
    ]
    return "".join((_chinese(first, depth + 1), *said))


def _placed(part: str, depth: int) -> str:
    """The Chinese for a refusal as it prints itself ("path: rule [clause]"); empty when there is none."""
    if depth > DEEPEST:
        return ""
    found = _PRINTED.fullmatch(part)
    assert found is not None, "it fits any text"
    for place, rule, clause in (
        ("", part, ""),
        ("", found["whole"], found["clause"]),
        found.group("place", "rule", "clause"),
    ):
        if rule and phrase_of(rule):
            where = f"{place}：" if place else ""
            return f"{where}{_chinese(rule, depth + 1)}{clause or ''}"
    return ""

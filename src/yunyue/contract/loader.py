"""From the four files of a contract to its terms, or to everything that is wrong with them, line by line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yunyue.contract import leaf
from yunyue.contract.clauses import clause_of
from yunyue.contract.consistency import Fault, faults
from yunyue.contract.lines import Place, nearest, places
from yunyue.contract.paths import TERMS
from yunyue.contract.readings import DEFAULTS
from yunyue.contract.shape import Shaping, dotted, placed
from yunyue.contract.terms import Terms

FILES: Mapping[str, str] = {
    "terms.toml": "",
    "catalogue.toml": "catalogue",
    "sla.toml": "sla",
    "readings.toml": "readings",
}
"""Each file of a contract, and the part of the terms that it is."""

LONGEST = 1_000_000
"""A file of a contract has at most this many characters."""

_REPORTED_AT = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file: the line (from 1; 0 for a file as a whole), the dotted path, the rule, the clause."""

    file: str
    line: int
    key: str
    rule: str
    clause: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        source = f" [{self.clause}]" if self.clause else ""
        return f"{where}: {self.key}: {self.rule}{source}" if self.key else f"{where}: {self.rule}{source}"


def read(files: Mapping[str, str]) -> Terms | tuple[Problem, ...]:
    """The terms that these texts state, each under its file's name ("terms.toml", …), or all problems found.

    Readings that readings.toml does not mention get their defaults.
    """
    if wrong := _wrong_names(files):
        return wrong
    parsed = {name: _parsed(name, files[name]) for name in FILES}
    if unread := tuple(one for one in parsed.values() if isinstance(one, Problem)):
        return unread
    return _terms({name: one for name, one in parsed.items() if isinstance(one, _Parsed)})


def _terms(parsed: Mapping[str, "_Parsed"]) -> Terms | tuple[Problem, ...]:
    sources = _Sources(parsed)
    shaping = Shaping()
    terms: Terms = shaping.build(TERMS, sources.tree, ())
    misshapen = [sources.at(place, rule) for place, rule in shaping.wrong] + list(sources.misplaced())
    if misshapen:
        return tuple(sorted(misshapen, key=lambda problem: (problem.file, problem.line, problem.key)))
    contradictions = faults(terms)
    return tuple(sources.of(fault) for fault in contradictions) if contradictions else terms


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A text that is TOML: its tables, and the line of each place in them."""

    tables: dict[str, Any]
    lines: dict[Place, int]


def _wrong_names(files: Mapping[str, str]) -> tuple[Problem, ...]:
    missing = tuple(Problem(name, 0, "", "this file is missing", "") for name in FILES if name not in files)
    rule = f"no file of a contract; {', '.join(FILES)} are"
    return missing + tuple(Problem(name, 0, "", rule, "") for name in sorted(files.keys() - FILES.keys()))


def _parsed(name: str, text: str) -> _Parsed | Problem:
    if len(text) > LONGEST:
        return Problem(name, 0, "", f"more than {LONGEST} characters", "")
    try:
        return _Parsed(tomllib.loads(text, parse_float=leaf.Float), places(text))
    except tomllib.TOMLDecodeError as refused:
        return _unparsed(name, text, str(refused))
    except RecursionError:
        return Problem(name, 0, "", "lists or tables lie too deep inside each other", "")
    except ValueError:  # tomllib lets Python's own limit on the digits of a whole number through
        return Problem(name, 0, "", "a whole number has thousands of digits", "")


def _unparsed(name: str, text: str, message: str) -> Problem:
    found = _REPORTED_AT.search(message)
    last = max(1, len(text.splitlines()))
    line = int(found["line"]) if found and found["line"] else last
    return Problem(name, line, "", f"not TOML: {_REPORTED_AT.sub('', message)}", "")


class _Sources:
    """The texts together as one tree, and the file and line of any place or path in it."""

    def __init__(self, parsed: Mapping[str, _Parsed]) -> None:
        parts = {part: parsed[name].tables for name, part in FILES.items() if part}
        readings = {"readings": DEFAULTS | parts["readings"]}
        self.tree: dict[str, Any] = parsed["terms.toml"].tables | parts | readings
        self._parsed = parsed

    def of(self, fault: Fault) -> Problem:
        file, line = self._where(placed(fault.path, self.tree))
        return Problem(file, line, fault.path, fault.rule, fault.clause)

    def at(self, place: Place, rule: str) -> Problem:
        file, line = self._where(place)
        path = dotted(place, self.tree)
        return Problem(file, line, path, rule, clause_of(path))

    def misplaced(self) -> Iterator[Problem]:
        """Tables in terms.toml that have a file of their own."""
        own = self._parsed["terms.toml"]
        for file, part in FILES.items():
            if part in own.tables:
                yield Problem("terms.toml", nearest(own.lines, (part,)), part, f"belongs in {file}", clause_of(part))

    def _where(self, place: Place) -> tuple[str, int]:
        for file, part in FILES.items():
            if part and place[:1] == (part,):
                return file, nearest(self._parsed[file].lines, place[1:])
        return "terms.toml", nearest(self._parsed["terms.toml"].lines, place)

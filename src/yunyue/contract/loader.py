"""From the four files of a contract to its terms, or to everything that is wrong with them, line by line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    problems = tuple(_wrong_names(files)) or tuple(_syntax(files))
    if problems:
        return problems
    tables = {name: _parsed(text) for name, text in files.items()}
    sources = _Sources(files, _joined(tables))
    shaping = Shaping()
    terms = shaping.build(TERMS, sources.tree, ())
    misshapen = [sources.at(place, rule) for place, rule in shaping.wrong]
    misshapen += [sources.misplaced(part) for part in tables["terms.toml"].keys() & set(FILES.values())]
    if misshapen:
        return tuple(sorted(misshapen, key=_order))
    contradictions = faults(terms)
    return tuple(sources.of(fault) for fault in contradictions) if contradictions else terms


def _wrong_names(files: Mapping[str, str]) -> list[Problem]:
    missing = [Problem(name, 0, "", "this file is missing", "") for name in FILES if name not in files]
    extra = [
        Problem(name, 0, "", f"no file of a contract; {', '.join(FILES)} are", "") for name in files.keys() - FILES
    ]
    return missing + sorted(extra, key=_order)


def _syntax(files: Mapping[str, str]) -> list[Problem]:
    problems = []
    for name in FILES:
        if len(files[name]) > LONGEST:
            problems.append(Problem(name, 0, "", f"more than {LONGEST} characters", ""))
            continue
        try:
            _parsed(files[name])
        except (tomllib.TOMLDecodeError, RecursionError) as refused:
            problems.append(_unparsed(name, files[name], str(refused)))
    return problems


def _unparsed(name: str, text: str, message: str) -> Problem:
    found = _REPORTED_AT.search(message)
    last = max(1, len(text.splitlines()))
    line = int(found["line"]) if found and found["line"] else last
    return Problem(name, line, "", f"not TOML: {_REPORTED_AT.sub('', message)}", "")


def _parsed(text: str) -> dict[str, Any]:
    """The tables of a text; a number with a decimal point stays a Decimal, which no key of a contract accepts."""
    return tomllib.loads(text, parse_float=Decimal)


def _joined(tables: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    parts = {part: tables[name] for name, part in FILES.items() if part}
    return tables["terms.toml"] | parts | {"readings": DEFAULTS | parts["readings"]}


def _order(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.line, problem.key


class _Sources:
    """Finds the file and line of a place or path."""

    def __init__(self, files: Mapping[str, str], tree: dict[str, Any]) -> None:
        self.tree = tree
        self._lines = {name: places(text) for name, text in files.items()}

    def of(self, fault: Fault) -> Problem:
        file, line = self._where(placed(fault.path, self.tree))
        return Problem(file, line, fault.path, fault.rule, fault.clause)

    def at(self, place: Place, rule: str) -> Problem:
        file, line = self._where(place)
        path = dotted(place, self.tree)
        return Problem(file, line, path, rule, clause_of(path))

    def misplaced(self, part: str) -> Problem:
        line = nearest(self._lines["terms.toml"], (part,))
        home = next(name for name, own in FILES.items() if own == part)
        return Problem("terms.toml", line, part, f"belongs into {home}", clause_of(part))

    def _where(self, place: Place) -> tuple[str, int]:
        for file, part in FILES.items():
            if part and place[:1] == (part,):
                return file, nearest(self._lines[file], place[1:])
        return "terms.toml", nearest(self._lines["terms.toml"], place)

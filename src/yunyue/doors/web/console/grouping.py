"""Findings put together under the clause they rest on, in the contract's order."""

from collections.abc import Sequence
from dataclasses import dataclass

from yunyue.contract import CLAUSES, Clause
from yunyue.contract.clauses import BY_ID
from yunyue.settlement.statement import Line

ORDER = {clause.id: place for place, clause in enumerate(CLAUSES)}


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one clause."""

    clause: Clause
    lines: tuple[Line, ...]


def by_clause(lines: Sequence[Line]) -> tuple[Group, ...]:
    """A group for each clause that has lines."""
    found = sorted({line.clause for line in lines}, key=lambda clause: ORDER[clause])
    return tuple(Group(BY_ID[one], tuple(line for line in lines if line.clause == one)) for one in found)

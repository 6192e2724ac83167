"""The contract as values: terms, clauses, readings, annexes and supplements."""

from yunyue.contract.clauses import CLAUSES, Clause
from yunyue.contract.loader import FILES, Problem, read
from yunyue.contract.paths import paths, value_at
from yunyue.contract.readings import DEFAULTS, READINGS, Reading
from yunyue.contract.terms import Terms

__all__ = [
    "CLAUSES",
    "DEFAULTS",
    "FILES",
    "READINGS",
    "Clause",
    "Problem",
    "Reading",
    "Terms",
    "paths",
    "read",
    "value_at",
]

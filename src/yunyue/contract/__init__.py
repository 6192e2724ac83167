"""The contract as values: terms, clauses, readings, annexes and supplements."""

from yunyue.contract.amend import amend
from yunyue.contract.clauses import CLAUSES, Clause, clause_of
from yunyue.contract.document import canonical, digest, from_plain, to_plain
from yunyue.contract.listing import Row, rows
from yunyue.contract.loader import FILES, Problem, read
from yunyue.contract.paths import paths, value_at
from yunyue.contract.readings import DEFAULTS, READINGS, Reading
from yunyue.contract.sample import starting_on
from yunyue.contract.template import KINDS, template
from yunyue.contract.terms import Terms

__all__ = [
    "CLAUSES",
    "DEFAULTS",
    "FILES",
    "KINDS",
    "READINGS",
    "Clause",
    "Problem",
    "Reading",
    "Row",
    "Terms",
    "amend",
    "canonical",
    "clause_of",
    "digest",
    "from_plain",
    "paths",
    "read",
    "rows",
    "starting_on",
    "template",
    "to_plain",
    "value_at",
]

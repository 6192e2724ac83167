"""One module per clause family; every computable clause has exactly one rule."""

from collections.abc import Callable, Iterator

from yunyue.settlement.case import Case
from yunyue.settlement.rules import (
    acceptance,
    account,
    claims,
    compensation,
    gates,
    instalments,
    late,
    majeure,
    price,
    results,
    scores,
    signing,
    staff,
    supplements,
    suspension,
    term,
    termination,
)
from yunyue.settlement.statement import Finding

MODULES = (
    term,
    signing,
    price,
    instalments,
    gates,
    account,
    late,
    termination,
    acceptance,
    scores,
    compensation,
    suspension,
    claims,
    staff,
    results,
    majeure,
    supplements,
)
"""In the order a statement reads."""

RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = tuple(module.apply for module in MODULES)

CLAUSES: dict[str, str] = {clause: module.__name__ for module in MODULES for clause in module.CLAUSES}
"""Which module speaks for a clause."""

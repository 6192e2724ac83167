"""Every kind of paper there is, by its code."""

from collections.abc import Mapping

from yunyue.papers import (
    acceptance,
    changing,
    ending,
    majeure,
    month,
    ordering,
    payment,
    penalty,
    rectification,
    scoring,
    settling,
    staff,
    supplement,
    watching,
    working,
)
from yunyue.papers.body import Kind

FAMILIES = (
    *(working, staff, ordering, changing, month, watching, scoring, rectification, acceptance),
    *(payment, penalty, settling, majeure, supplement, ending),
)

PAPERS: Mapping[str, Kind] = {kind.code: kind for family in FAMILIES for kind in family.KINDS}
"""In the order of the contract's life."""

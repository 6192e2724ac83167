"""Every kind of paper there is, by its code."""

from collections.abc import Mapping

from yunyue.papers import payment, penalty, settling
from yunyue.papers.body import Kind

PAPERS: Mapping[str, Kind] = {kind.code: kind for family in (payment, penalty, settling) for kind in family.KINDS}
"""In the order of the contract's life."""

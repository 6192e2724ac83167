"""How long documents are kept: contract papers so many years after the contract, logs so many calendar months.

The periods are terms (papers.retention_years, papers.log_months), and the contract ends when force majeure has let it
end (C29). A legal hold keeps longer. Times are Beijing days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from yunyue.contract.terms import Terms
from yunyue.journal.envelope import Fact
from yunyue.journal.facts import HoldLifted, HoldPlaced, Payload, SegmentSealed

Class = Literal["paper", "log"]

LOGS: tuple[type[Payload], ...] = (SegmentSealed,)
"""Kinds whose documents are logs; every other document is a paper of the contract."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Until which day a document is kept (that day included), as what, and the holds on it now."""

    kind: Class
    until: date
    holds: tuple[str, ...]

    def destroyable(self, today: date) -> bool:
        """Whether it may be destroyed today."""
        return not self.holds and today > self.until


def kind_of(fact: Fact) -> Class:
    """Whether what a fact names is a log or a paper."""
    return "log" if isinstance(fact.data, LOGS) else "paper"


def kept(terms: Terms, ends: date, facts: Iterable[Fact], holds: Iterable[HoldPlaced]) -> Kept:
    """How long a document is kept that these facts name: as long as the longest of them asks. Raises ValueError.

    `ends`: the last day of the term, extensions included.
    """
    named = list(facts)
    if not named:
        raise ValueError("no fact names the document")
    kinds = {kind_of(one) for one in named}
    kind: Class = "paper" if "paper" in kinds else "log"
    until = max(_until(terms, ends, one) for one in named)
    return Kept(kind, until, tuple(one.hold for one in holds if _covers(one, kind)))


def holds(placed: Iterable[HoldPlaced], lifted: Iterable[HoldLifted]) -> tuple[HoldPlaced, ...]:
    """The holds that stand."""
    gone = {one.hold for one in lifted}
    return tuple(one for one in placed if one.hold not in gone)


def _until(terms: Terms, ends: date, fact: Fact) -> date:
    if kind_of(fact) == "log":
        return later(fact.day, terms.papers.log_months)
    return later(max(fact.day, ends), 12 * terms.papers.retention_years)


def later(day: date, months: int) -> date:
    """The same day so many calendar months later; the last of that month where it has no such day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - date(year, month + 1, 1)).days))


def _covers(hold: HoldPlaced, kind: Class) -> bool:
    match hold.covers:
        case "everything":
            return True
        case "papers":
            return kind == "paper"
        case "logs":
            return kind == "log"

"""Orders to rework, with their clocks: ordered, reported, reviewed (九(三))."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from yunyue.journal.envelope import Fact
from yunyue.journal.facts import RectificationOrdered, RectificationReported, RectificationReviewed
from yunyue.settlement.admission import Known


@dataclass(frozen=True, slots=True)
class Rectification:
    """A notice and how far it has come. `left` are the days to its deadline, below 0 once that has passed."""

    notice: str
    about: str
    ordered: date
    deadline: date
    left: int
    state: Literal["ordered", "reported", "passed"]
    reports: tuple[Fact, ...]
    reviews: tuple[Fact, ...]
    fact: str

    @property
    def open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state != "passed"

    @property
    def late(self) -> bool:
        """Whether the provider has let the time pass without a report."""
        return self.state == "ordered" and self.left < 0


def rectifications(known: Known, today: date) -> tuple[Rectification, ...]:
    """Every notice, open ones first, then by deadline."""
    found = [_one(known, fact, today) for fact in known.facts(RectificationOrdered)]
    return tuple(sorted(found, key=lambda one: (not one.open, one.deadline, one.notice)))


def _one(known: Known, fact: Fact, today: date) -> Rectification:
    said = fact.data
    assert isinstance(said, RectificationOrdered)
    reports = tuple(f for f in known.facts(RectificationReported) if getattr(f.data, "notice", "") == said.notice)
    reviews = tuple(f for f in known.facts(RectificationReviewed) if getattr(f.data, "notice", "") == said.notice)
    return Rectification(
        notice=said.notice,
        about=said.about,
        ordered=fact.day,
        deadline=said.deadline,
        left=(said.deadline - today).days,
        state=_state(reports, reviews),
        reports=reports,
        reviews=reviews,
        fact=fact.id,
    )


def _state(reports: tuple[Fact, ...], reviews: tuple[Fact, ...]) -> Literal["ordered", "reported", "passed"]:
    """A review counts for the reports before it; after a failed one the provider reports again."""
    if not reports:
        return "ordered"
    judged = [one for one in reviews if one.time >= reports[-1].time]
    if not judged:
        return "reported"
    return "passed" if getattr(judged[-1].data, "result", "") == "passed" else "ordered"

"""Facts about how the client scores the provider: the template both sides know, and the sheet of a month."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from yunyue.journal.facts.base import Count, Key, Month, Payload, Service, Text, require_between

Pattern = Literal["deductions", "outages", "milestones"]
"""deductions: a person takes points off 100. outages: so many points for each. milestones: points for those reached."""


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a template. `most`: what it can cost (of milestones: what it is worth).

    `each`: what one outage, or one working day late, costs; 0 where a person sets the points.
    """

    code: Key
    title: Text
    most: Decimal
    each: Decimal

    def __post_init__(self) -> None:
        """Points lie between 0 and 100."""
        require_between(self.most, 0, 100)
        require_between(self.each, 0, 100)


class ScoreTemplateSet(Payload, frozen=True, kw_only=True):
    """From here on sheets of this template are scored by these criteria; earlier sheets keep theirs."""

    type = "score.template.set"
    title_zh = "考核模板"
    title_en = "Score template set"
    clauses = ("C18", "C19")
    template: Key
    pattern: Pattern
    title: Text
    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1, max_length=100)]


class Deduction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points lost under a criterion, and the facts or documents that show why.

    `count`: outages, or working days late; 0 where a person set the points.
    """

    criterion: Key
    count: Count
    points: Decimal
    evidence: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1, max_length=100)]

    def __post_init__(self) -> None:
        """Points lie between 0 and 100."""
        require_between(self.points, 0, 100)


class ScoreGiven(Payload, frozen=True, kw_only=True):
    """The client scored a month; every point lost rests on evidence. One person scores, another approves."""

    type = "score.given"
    title_zh = "考核评分"
    title_en = "Score given"
    clauses = ("C18", "C19")
    score: Key
    template: Key
    month: Month
    service: Service | None
    deductions: Annotated[tuple[Deduction, ...], msgspec.Meta(max_length=200)]
    points: Decimal

    def __post_init__(self) -> None:
        """Points lie between 0 and 100."""
        require_between(self.points, 0, 100)

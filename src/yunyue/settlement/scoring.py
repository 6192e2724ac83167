"""What a score sheet comes to: points lost by a template's criteria, each loss no larger than its criterion allows.

deductions: 100 less what a person took off. outages: 100 less so many points for each outage. milestones: the
criteria are worth 100 together; one that came late loses points for each working day, one that never came loses all.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from yunyue.answer import Refused
from yunyue.journal.facts import Criterion, Deduction, ScoreTemplateSet

FULL: Final = Decimal(100)


def template_fault(template: ScoreTemplateSet) -> Refused | None:
    """Why a template cannot be scored by: a code twice, nothing to count by, milestones that are not worth 100."""
    codes = [one.code for one in template.criteria]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        return Refused(f"criterion {twice!r} stands there twice", "score.template.set.criteria", "C18")
    worth = sum((one.most for one in template.criteria), Decimal())
    if template.pattern == "milestones" and worth != FULL:
        return Refused(f"milestones are worth 100 together, not {worth}", "score.template.set.criteria", "C18")
    uncounted = next((one.code for one in template.criteria if template.pattern == "outages" and not one.each), None)
    if uncounted is not None:
        return Refused(f"criterion {uncounted!r} says no points for one outage", "score.template.set.criteria", "C18")
    return None


def loss(criterion: Criterion, count: int) -> Decimal:
    """What so many outages, or working days late, cost: never more than the criterion allows."""
    return min(criterion.most, criterion.each * count)


def fault(template: ScoreTemplateSet, deductions: Sequence[Deduction]) -> Refused | None:
    """Why these deductions do not follow from the template: an unknown criterion, one twice, other points."""
    known = {one.code: one for one in template.criteria}
    seen: set[str] = set()
    for one in deductions:
        criterion = known.get(one.criterion)
        if criterion is None:
            reason = f"the template has no criterion {one.criterion!r}; known: {', '.join(known)}"
            return Refused(reason, "score.given.deductions", "C18")
        if one.criterion in seen:
            return Refused(f"criterion {one.criterion!r} stands there twice", "score.given.deductions", "C18")
        seen.add(one.criterion)
        refused = _points(template, criterion, one)
        if refused is not None:
            return refused
    return None


def _points(template: ScoreTemplateSet, criterion: Criterion, one: Deduction) -> Refused | None:
    if one.points > criterion.most:
        reason = f"criterion {one.criterion!r} costs at most {criterion.most}, not {one.points}"
        return Refused(reason, "score.given.deductions", "C18")
    never = template.pattern == "milestones" and one.points == criterion.most
    if template.pattern == "deductions" or never or one.points == loss(criterion, one.count):
        return None
    reason = f"{one.count} of {one.criterion!r} cost {loss(criterion, one.count)}, not {one.points}"
    return Refused(reason, "score.given.deductions", "C18")


def points(deductions: Sequence[Deduction]) -> Decimal:
    """What is left of 100, never below 0."""
    return max(Decimal(), FULL - sum((one.points for one in deductions), Decimal()))

"""八(二): when each instalment falls due, from what day it can be paid, and from what day it is late."""

from yunyue.contract.terms import Instalment
from yunyue.settlement.case import Case
from yunyue.settlement.compute import latest
from yunyue.settlement.rules.gates import gates, milestone_day
from yunyue.settlement.working import Working


def due_day(case: Case, instalment: Instalment) -> Working | None:
    """The last working day for payment by the words alone; None while the milestone has not come."""
    key = ("due", instalment.number)
    return case.remember(key, lambda c: _due_day(c, instalment))  # type: ignore[no-any-return]  # memory of any


def _due_day(case: Case, instalment: Instalment) -> Working | None:
    start, _ = milestone_day(case, instalment)
    if start is None:
        return None
    return case.workdays_after(start, case.term(f"instalments.{instalment.number}.within_workdays"))


def payable_day(case: Case, instalment: Instalment) -> Working | None:
    """The day from which it can be paid: milestone and every gate met. None while one is missing."""
    start, _ = milestone_day(case, instalment)
    found = gates(case, instalment)
    if start is None or any(gate.met is None for gate, _ in found):
        return None
    return latest(start, *(leaf for _, leaf in found if leaf is not None))


def late_from(case: Case, instalment: Instalment) -> Working | None:
    """The day after which the overdue clock runs (reading A4); None while it cannot run."""
    key = ("late from", instalment.number)
    return case.remember(key, lambda c: _late_from(c, instalment))  # type: ignore[no-any-return]  # memory of any


def _late_from(case: Case, instalment: Instalment) -> Working | None:
    due = due_day(case, instalment)
    if due is None:
        return None
    if case.reading("A4") == "due_only":
        return due
    found = gates(case, instalment)
    if any(gate.met is None for gate, _ in found):
        return None
    return latest(due, *(leaf for _, leaf in found if leaf is not None))

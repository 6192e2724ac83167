"""The whole year, step by step, in the order it happens."""

from collections.abc import Callable
from typing import Final

from yunyue.contract.terms import Terms
from yunyue.doors.cli.tour import closing, middle, opening, paying
from yunyue.doors.cli.tour.stage import Stage

STEPS: Final = 22
"""So many times a step begins."""

Act = Callable[[Stage], None]


def walk(stage: Stage, terms: Terms) -> None:
    """From the loading of the terms to the last payment. Raises TourStopped."""
    opening.load(stage, terms)
    opening.sign(stage, terms)
    opening.staff(stage, terms)
    opening.order_monitoring(stage)
    opening.deliver_others(stage, terms)
    acts: tuple[Act, ...] = (
        *(paying.pay_first, middle.outage, middle.majeure, middle.compensate, middle.accept_midterm),
        *(paying.pay_second, paying.pay_interest, closing.accept_final, paying.pay_third),
    )
    for act in acts:
        act(stage)

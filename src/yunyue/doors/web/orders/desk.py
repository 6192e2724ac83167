"""What every page of orders is made from: the desk, and what the account may do with orders."""

from dataclasses import dataclass

from django.http import Http404

from yunyue.doors.web.console import desk as shared
from yunyue.journal import facts
from yunyue.journal.facts import Payload
from yunyue.orders.register import Standing, find
from yunyue.people.duties import may_through

ACTS: dict[str, type[Payload]] = {
    "place": facts.OrderPlaced,
    "approve": facts.OrderApproved,
    "change": facts.OrderChangeAsked,
    "agree": facts.OrderChangeApproved,
    "end": facts.OrderCancelled,
}
"""What can be done with orders, and the kind of fact each records; whose duty that is may do it."""


@dataclass(frozen=True, slots=True)
class Desk(shared.Desk):
    """A desk over orders."""

    def may(self, act: str) -> bool:
        """Whether the account's role may do this with orders. The one-time administrator orders to set up."""
        founder = self.account.role == "founder" and act in ("place", "approve")
        return founder or may_through(self.account.role, ACTS[act], "orders")

    @property
    def rights(self) -> dict[str, bool]:
        """Every act, and whether the account may do it."""
        return {act: self.may(act) for act in ACTS}

    def standing(self, order: str) -> Standing:
        """An order the account may see. Raises Http404 for any other."""
        found = find(self.known, order, self.account.tenant)
        if found is None:
            raise Http404(order)
        return found


desk = shared.at(Desk)
"""A page of orders."""

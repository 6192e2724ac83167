"""What every page of orders is made from: the contract, what is known of it, and who looks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.journal import facts
from yunyue.journal.facts import Payload
from yunyue.kernel import Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.orders.register import Standing, find
from yunyue.people.duties import may_through
from yunyue.settlement.admission import Known

P = ParamSpec("P")
CONSOLE = "/console"
ACTS: dict[str, type[Payload]] = {
    "place": facts.OrderPlaced,
    "approve": facts.OrderApproved,
    "change": facts.OrderChangeAsked,
    "agree": facts.OrderChangeApproved,
    "end": facts.OrderCancelled,
}
"""What can be done with orders, and the kind of fact each records; whose duty that is may do it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The question of the page, what is known, and the account that looks."""

    question: Asked
    known: Known
    account: Account

    @property
    def contract(self) -> str:
        """The contract's id."""
        return self.question.contract

    @property
    def hosting(self) -> Hosting:
        """The services."""
        return office().hosting

    @property
    def recorder(self) -> Recorder:
        """On whose behalf facts are recorded."""
        return Recorder(self.account.pseudonym, CONSOLE)

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


def desk(
    page: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page over what is known of the asked contract."""

    def view(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        question = asked(request)
        if not isinstance(question, Asked):
            return unanswered(request, question)
        known = office().kernel.known(question.contract)
        if isinstance(known, Refused):
            return unanswered(request, known)
        return page(request, Desk(question, known, account_of(request)), *arguments, **named)

    view.__doc__ = page.__doc__
    return view

"""What a page of a room is made from: the contract, what is known of it, and who looks. Rooms add what they need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.kernel import Kernel, Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.settlement.admission import Known

CONSOLE = "/console"


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
    def kernel(self) -> Kernel:
        """Where facts are recorded."""
        return office().kernel

    @property
    def hosting(self) -> Hosting:
        """The services."""
        return office().hosting

    @property
    def recorder(self) -> Recorder:
        """On whose behalf facts are recorded."""
        return Recorder(self.account.pseudonym, CONSOLE)


D = TypeVar("D", bound=Desk)
P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def at(kind: type[D]) -> Callable[[Callable[Concatenate[HttpRequest, D, P], HttpResponse]], Page[P]]:
    """A page at a desk of that kind, over what is known of the asked contract."""

    def made(page: Callable[Concatenate[HttpRequest, D, P], HttpResponse]) -> Page[P]:
        def view(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
            question = asked(request)
            if not isinstance(question, Asked):
                return unanswered(request, question)
            known = office().kernel.known(question.contract)
            if isinstance(known, Refused):
                return unanswered(request, known)
            return page(request, kind(question, known, account_of(request)), *arguments, **named)

        view.__doc__ = page.__doc__
        return view

    return made

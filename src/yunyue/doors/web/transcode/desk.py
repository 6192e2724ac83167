"""What every page of films is made from: the contract, the account that looks, and the desks it may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from yunyue.answer import Refused
from yunyue.doors import films
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.transcode.roles import HANDERS
from yunyue.services.transcode.desk import Desk
from yunyue.services.transcode.jobs.job import Job

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Counter:
    """The question of the page, the account that looks, and the desks open to it."""

    question: Asked
    account: Account
    desks: tuple[Desk, ...]

    @property
    def contract(self) -> str:
        """The contract's id."""
        return self.question.contract

    @property
    def hands(self) -> bool:
        """Whether the account hands films in and sees what they show."""
        return self.account.plays(HANDERS) and bool(self.account.tenant)

    @property
    def own(self) -> Desk:
        """The desk of the account's department. Raises PermissionDenied for an account of none."""
        if not self.hands:
            raise PermissionDenied
        return self.desks[0]

    def job(self, name: str) -> tuple[Desk, Job]:
        """A job the account may see, and its desk. Raises Http404 for any other."""
        found = films.desk_with(self.desks, name)
        if isinstance(found, Refused):
            raise Http404(name)
        return found


def counter(
    page: Callable[Concatenate[HttpRequest, Counter, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page over the desks of the asked contract."""

    def view(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        question = asked(request)
        if not isinstance(question, Asked):
            return unanswered(request, question)
        account = account_of(request)
        found = films.desks(office().hosting, question.contract, account.tenant)
        if isinstance(found, Refused):
            return unanswered(request, found)
        return page(request, Counter(question, account, found), *arguments, **named)

    view.__doc__ = page.__doc__
    return view

"""What every page of tickets is made from: the contract, what is known, who looks, and what they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import STAFF_READERS, Role
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.journal.facts import BY_TYPE
from yunyue.kernel import Kernel, Recorder
from yunyue.people.duties import may_through
from yunyue.settlement.admission import Known
from yunyue.settlement.admission.tickets import STEPS
from yunyue.tickets.register import Ticket, find, seen_by, tickets

P = ParamSpec("P")
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
        """Where facts are recorded and notes kept."""
        return office().kernel

    @property
    def recorder(self) -> Recorder:
        """On whose behalf facts are recorded."""
        return Recorder(self.account.pseudonym, CONSOLE)

    def may(self, kind: str) -> bool:
        """Whether the account's role takes this kind of step."""
        return may_through(self.account.role, BY_TYPE[kind], "tickets")

    @property
    def reads_notes(self) -> bool:
        """Notes may name people: both sides, the department itself and who audits read them, no third party."""
        return self.account.plays(STAFF_READERS) or self.account.role == Role.TENANT_USER

    def all(self) -> tuple[Ticket, ...]:
        """The tickets the account may see, by urgency."""
        found = tickets(self.known, self.kernel.calendar, self.kernel.clock.now())
        return seen_by(found, self.account.tenant)

    def ticket(self, name: str) -> Ticket:
        """A ticket the account may see. Raises Http404 for any other."""
        found = find(self.known, self.kernel.calendar, self.kernel.clock.now(), name)
        if found is None or not seen_by([found], self.account.tenant):
            raise Http404(name)
        return found

    def moves(self, ticket: Ticket) -> list[str]:
        """The steps the account may take now."""
        return [kind.type for kind, (states, _) in STEPS.items() if ticket.state in states and self.may(kind.type)]


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

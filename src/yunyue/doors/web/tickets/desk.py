"""What every page of tickets is made from: the desk, the tickets the account may see, and the steps it may take."""

from dataclasses import dataclass

from django.http import Http404

from yunyue.doors.web.accounts.roles import NOTE_READERS
from yunyue.doors.web.console import desk as shared
from yunyue.journal.facts import BY_TYPE
from yunyue.people.duties import may_through
from yunyue.settlement.admission.tickets import STEPS
from yunyue.tickets.register import Ticket, find, seen_by, tickets


@dataclass(frozen=True, slots=True)
class Desk(shared.Desk):
    """A desk over tickets."""

    def may(self, kind: str) -> bool:
        """Whether the account's role takes this kind of step."""
        return may_through(self.account.role, BY_TYPE[kind], "tickets")

    @property
    def reads_notes(self) -> bool:
        """Notes may name people."""
        return self.account.plays(NOTE_READERS)

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


desk = shared.at(Desk)
"""A page of tickets."""

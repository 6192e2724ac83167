"""As whom an account speaks: facts may have called the same person otherwise, under an account closed since."""

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.models import Account
from yunyue.journal.facts import OrderChangeAsked, OrderPlaced
from yunyue.people.policy import Person
from yunyue.settlement.admission import Known


def speaking(account: Account) -> Person:
    """The account as the rules of duties know it."""
    earlier = Account.objects.filter(person__iexact=account.person).exclude(pk=account.pk)
    return Person(account.pseudonym, account.role, frozenset(one.pseudonym for one in earlier))


def own_order(account: Account, contract: str, wish: str) -> Refused | None:
    """Whether the same person asked for this order, or this change of one, under an account of before."""
    known, earlier = office().kernel.known(contract), speaking(account).earlier
    if not earlier or not isinstance(known, Known):
        return None
    asked = known.find(OrderPlaced, "order", wish) or known.find(OrderChangeAsked, "change", wish)
    if asked is None or asked.actor not in earlier:
        return None
    return Refused(f"{asked.actor} asked for it; another person approves", "order.approved.actor", "C37")

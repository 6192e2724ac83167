"""The ticket of a form: good for one sending, by whom it was shown to, while nothing else has happened since."""

from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.models import Account
from yunyue.host.randomness import identifier

SALT: Final = "yunyue.form"
SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Ticket:
    """The id that what is recorded will bear, and how many facts the contract had when the form was shown."""

    id: str
    seen: int


def issue(account: Account, contract: str, purpose: str) -> str:
    """A signed ticket for one form of one account."""
    kernel = office().kernel
    number = identifier("form", kernel.clock.now())
    seen = len(kernel.facts(contract))
    values = {"id": number, "seen": seen, "who": account.pk, "contract": contract, "purpose": purpose}
    return signing.dumps(values, salt=SALT)


def redeem(text: str, account: Account, contract: str, purpose: str) -> Ticket | Refused:
    """The ticket, when it is ours, this account's, for this purpose, and not too old."""
    try:
        values = signing.loads(text, salt=SALT, max_age=SECONDS)
    except signing.SignatureExpired:
        return Refused(_("this form is more than a day old; open it again"), "form")
    except signing.BadSignature:
        return Refused(_("this form was not made here; open it again"), "form")
    if (values["who"], values["contract"], values["purpose"]) != (account.pk, contract, purpose):
        return Refused(_("this form was made for something else; open it again"), "form")
    return Ticket(values["id"], values["seen"])


def stale(ticket: Ticket, contract: str) -> Refused | None:
    """Refused when something was recorded since the form was shown: what it showed may not hold any more."""
    since = len(office().kernel.facts(contract)) - ticket.seen
    if since == 0:
        return None
    if office().kernel.journal.find(ticket.id) is not None:
        return Refused(_("this form was sent already; nothing is recorded twice"), "form")
    return Refused(_("%(count)s facts were recorded since you opened this; look again") % {"count": since}, "form")

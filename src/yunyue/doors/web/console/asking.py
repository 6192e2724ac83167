"""What a page is asked: which contract, as of which day, from what was known when. Wrong questions are refused."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.contract import Terms
from yunyue.doors.office import office
from yunyue.doors.web.access.reaching import reached
from yunyue.doors.web.accounts.gate import TURNED_AWAY
from yunyue.doors.web.accounts.models import Account
from yunyue.host.clock import BEIJING
from yunyue.settlement.statement import Statement


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered: `known_at` None means everything known now."""

    terms: Terms
    as_of: date
    known_at: datetime | None

    @property
    def contract(self) -> str:
        """The contract's id."""
        return self.terms.id

    @property
    def query(self) -> str:
        """The same question as the tail of an address."""
        values = {"contract": self.contract, "as_of": self.as_of.isoformat()}
        if self.known_at is not None:
            values["known_at"] = self.known_at.strftime("%Y-%m-%dT%H:%M:%S")
        return urlencode(values)

    @property
    def known_text(self) -> str:
        """`known_at` as its field on the page holds it."""
        return self.known_at.strftime("%Y-%m-%dT%H:%M") if self.known_at else ""

    @property
    def sample(self) -> bool:
        """Whether anything of it is sample matter, to be marked 示例."""
        return self.terms.catalogue.sample or self.terms.sla.sample or self.contract.startswith("sample-")

    def statement(self) -> Statement | Refused:
        """The answer."""
        return office().kernel.statement(self.contract, self.as_of, self.known_at)


def asked(request: HttpRequest) -> Asked | Refused | None:
    """The question of a request; Refused names what is wrong with it; None: there is no contract yet."""
    kernel = office().kernel
    contracts = kernel.contracts()
    if isinstance(request.user, Account):
        contracts = reached(request.user, contracts)
    if not contracts:
        return None
    as_of = _day(request.GET.get("as_of", ""))
    known_at = _moment(request.GET.get("known_at", ""))
    if isinstance(as_of, Refused):
        return as_of
    if isinstance(known_at, Refused):
        return known_at
    day = as_of or office().clock.now().date()
    wanted = request.GET.get("contract") or likely(contracts)
    if wanted not in contracts and len(contracts) < len(kernel.contracts()):
        setattr(request, TURNED_AWAY, True)
        return Refused(f"there is no contract {wanted!r}", "contract")
    terms = kernel.registered_terms(wanted)
    return terms if isinstance(terms, Refused) else Asked(terms, day, known_at)


def likely(contracts: tuple[str, ...]) -> str:
    """The contract one most likely means: the latest registered whose term is running, else the latest."""
    today = office().clock.now().date()
    for contract in reversed(contracts):
        terms = office().kernel.registered_terms(contract)
        if isinstance(terms, Terms) and terms.term.start <= today <= terms.term.end:
            return contract
    return contracts[-1]


def unanswered(request: HttpRequest, problem: Refused | None) -> HttpResponse:
    """The page that says why there is no answer: no contract yet, or a wrong question."""
    if problem is None:
        return render(request, "console/empty.html")
    return render(request, "console/refused.html", {"refused": problem}, status=400)


def _day(text: str) -> date | Refused | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Refused(_("not a day such as 2024-05-24: %s") % text[:40], "as_of")
    return day if 2000 <= day.year <= 2199 else Refused(_("not between 2000 and 2199: %s") % text[:40], "as_of")


def _moment(text: str) -> datetime | Refused | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return Refused(_("not a moment such as 2024-05-24T10:00: %s") % text[:40], "known_at")
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)

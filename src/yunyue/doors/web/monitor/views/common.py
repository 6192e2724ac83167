"""What every page of monitoring begins with: the question, and which targets the one who asks may see."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from yunyue.catalog import Host
from yunyue.doors.monitor.wall import Spot, wall
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import CONTRACT_READERS
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.journal.facts import OrderPlaced
from yunyue.services.monitor.entry import ENTRY

Page = Callable[..., HttpResponse]


def answered(page: Page) -> Page:
    """A page over the asked contract; without one it says why there is no answer."""

    @wraps(page)
    def view(request: HttpRequest, **named: object) -> HttpResponse:
        question = asked(request)
        if not isinstance(question, Asked):
            return unanswered(request, question)
        return page(request, question, **named)

    return view


def tenant_of(account: Account) -> str:
    """The department whose targets alone the account sees; empty for who reads the contract."""
    return "" if account.plays(CONTRACT_READERS) else account.tenant or "-"


def seen(request: HttpRequest, question: Asked) -> tuple[Spot, ...]:
    """The targets the account may see."""
    return wall(office().hosting, question.contract, tenant_of(account_of(request)))


def spot_of(request: HttpRequest, question: Asked, order: str) -> Spot:
    """One of them. Raises Http404 for another department's, as for one that is not there."""
    found = next((one for one in seen(request, question) if one.order == order), None)
    if found is None:
        raise Http404(order)
    return found


def host_of(question: Asked) -> Host:
    """What monitoring works with for this contract."""
    return office().hosting.host(question.contract, ENTRY.code)


def departments(question: Asked) -> list[str]:
    """Every department that ever ordered something."""
    placed = [one.fact.data for one in office().kernel.facts(question.contract, OrderPlaced)]
    return sorted({one.tenant for one in placed if isinstance(one, OrderPlaced)})

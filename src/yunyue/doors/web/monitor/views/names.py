"""Names that a department proved to be its own, and the steps by which it proves another."""

from typing import Final, cast, get_args

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.monitor.ownership import prove, proven, to_publish
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import STATUS_KEEPERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.monitor.views.common import answered, departments
from yunyue.journal.facts import OwnershipProven
from yunyue.kernel import Recorder
from yunyue.services.monitor.ownership import Means

CONSOLE: Final = "/console"


@seen_by(STATUS_KEEPERS)
@answered
def names(request: HttpRequest, question: Asked) -> HttpResponse:
    """Proven names; with a name that is asked about (`name`, `tenant`), the word to publish and where."""
    account = account_of(request)
    name, tenant = request.GET.get("name", "").strip(), _department(account, request.GET.get("tenant", ""))
    found = to_publish(office().hosting, question.contract, tenant, name) if name else None
    return _page(request, question, (tenant, name), found)


@seen_by(STATUS_KEEPERS)
@require_POST
@answered
def look(request: HttpRequest, question: Asked) -> HttpResponse:
    """Look whether the word is published; what is found becomes a fact, and what is not is said with the steps."""
    account = account_of(request)
    name, tenant = request.POST.get("name", "").strip(), _department(account, request.POST.get("tenant", ""))
    done = _look(question, (tenant, name, request.POST.get("means", "")), account)
    if isinstance(done, Refused):
        steps = to_publish(office().hosting, question.contract, tenant, name)
        return _page(request, question, (tenant, name), steps, done)
    messages.success(request, _("The name is proven: %(name)s") % {"name": done.name})
    return redirect(f"{reverse('monitor:names')}?contract={question.contract}")


def _look(question: Asked, claim: tuple[str, str, str], account: Account) -> OwnershipProven | Refused:
    tenant, name, means = claim
    if means not in get_args(Means):
        return Refused(_("look in the DNS or for the file"), "means")
    recorder = Recorder(account.pseudonym, CONSOLE)
    return prove(office().hosting, question.contract, (tenant, name, cast(Means, means)), recorder)


def _department(account: Account, said: str) -> str:
    """A tenant user's own, whatever is said."""
    return account.tenant or said.strip()


def _page(
    request: HttpRequest,
    question: Asked,
    claim: tuple[str, str],
    steps: dict[str, str] | Refused | None,
    refused: Refused | None = None,
) -> HttpResponse:
    tenant, name = claim
    account = account_of(request)
    wrong = refused or (steps if isinstance(steps, Refused) else None)
    values = {
        "asked": question,
        "proven": sorted(proven(office().hosting, question.contract, account.tenant).items()),
        "tenants": departments(question),
        "tenant": tenant,
        "name": name,
        "steps": None if isinstance(steps, Refused) else steps,
        "refused": wrong,
    }
    return render(request, "monitor/names.html", values, status=422 if wrong else 200)

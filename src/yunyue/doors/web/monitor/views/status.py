"""Public status pages: managed by who may, shown to everybody without an account, with nothing else beside."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.monitor.status import Page, Pages, found_page, lines, open_page, understand_page
from yunyue.doors.office import office
from yunyue.doors.web.accounts.gate import ANYONE, account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import STATUS_KEEPERS
from yunyue.doors.web.console.asking import Asked
from yunyue.doors.web.monitor.views.common import answered, departments, host_of, seen, tenant_of


@seen_by(ANYONE)
def shown(request: HttpRequest, slug: str) -> HttpResponse:
    """A department's page. Raises Http404 where nobody opted in."""
    found = found_page(office().hosting, slug) if request.method in ("GET", "HEAD") else None
    if found is None:
        raise Http404(slug)
    contract, page = found
    told = lines(office().hosting, contract, page)
    states = {one.state for one in told}
    values = {"page": page, "lines": told, "now": office().clock.now()}
    values |= {"down": "down" in states, "unknown": "unknown" in states or not told}
    answer = render(request, "monitor/status.html", values)
    answer["Cache-Control"] = "public, max-age=30"
    return answer


@seen_by(STATUS_KEEPERS)
def pages(request: HttpRequest) -> HttpResponse:
    """The pages there are; a POST opens one."""
    return opened(request) if request.method == "POST" else listed(request)


@answered
def listed(request: HttpRequest, question: Asked) -> HttpResponse:
    """The list, with the form for another."""
    return _list(request, question, None)


@answered
def opened(request: HttpRequest, question: Asked) -> HttpResponse:
    """Show a department's page to everybody."""
    wanted = _wanted(request, question, account_of(request))
    done = wanted if isinstance(wanted, Refused) else open_page(office().hosting, question.contract, wanted)
    if isinstance(done, Refused):
        return _list(request, question, done)
    messages.success(request, _("The page is public now."))
    return redirect(f"{reverse('monitor:status-pages')}?contract={question.contract}")


@seen_by(STATUS_KEEPERS)
@require_POST
@answered
def close(request: HttpRequest, question: Asked, slug: str) -> HttpResponse:
    """Show a page no more. Raises Http404."""
    if isinstance(_pages(question).close(slug, tenant_of(account_of(request))), Refused):
        raise Http404(slug)
    messages.success(request, _("The page is public no longer."))
    return redirect(f"{reverse('monitor:status-pages')}?contract={question.contract}")


def _wanted(request: HttpRequest, question: Asked, account: Account) -> Page | Refused:
    chosen = [one for one in seen(request, question) if request.POST.get(f"name-{one.order}", "").strip()]
    tenant = account.tenant or request.POST.get("tenant", "").strip()
    plain = {
        "slug": request.POST.get("slug", "").strip(),
        "title": request.POST.get("title", "").strip(),
        "tenant": tenant,
        "targets": [
            {"order": one.order, "name": request.POST[f"name-{one.order}"].strip()}
            for one in chosen
            if one.tenant == tenant
        ],
    }
    return understand_page(plain)


def _pages(question: Asked) -> Pages:
    return Pages(Path(host_of(question).folder))


def _list(request: HttpRequest, question: Asked, refused: Refused | None) -> HttpResponse:
    account = account_of(request)
    values: dict[str, Any] = {
        "asked": question,
        "pages": _pages(question).all(tenant_of(account)),
        "targets": [(one, request.POST.get(f"name-{one.order}", "")) for one in seen(request, question)],
        "tenants": departments(question),
        "refused": refused,
        "given": request.POST,
    }
    return render(request, "monitor/status_pages.html", values, status=422 if refused else 200)

"""The pages of the system administrator (accounts), of the security administrator (approvals), and one's sessions."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.web.accounts import changes, keeping, sitting
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, account_of, seen_by
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.accounts.roles import ACCOUNT_CHECKERS, ADMINISTRATORS, OPENERS, Role
from yunyue.doors.web.tables.paging import paged
from yunyue.kernel import Recorder


@seen_by(OPENERS)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, and a form to open another."""
    return _accounts(request)


@seen_by(OPENERS)
@require_POST
@proving
def opening(request: HttpRequest) -> HttpResponse:
    """Open an account; its one-time password is shown once."""
    given = {name: request.POST.get(name, "")[:200].strip() for name in ("username", "person", "role", "tenant")}
    done = keeping.open_account(keeping.Wanted(**given), account_of(request))
    if isinstance(done, Refused):
        return _accounts(request, refused=done, given=given)
    return _accounts(request, once=(given["username"], done))


@seen_by(OPENERS)
@require_POST
@proving
def disabling(request: HttpRequest, number: int) -> HttpResponse:
    """Close an account for good."""
    refused = keeping.disable(get_object_or_404(Account, pk=number), account_of(request))
    if refused is not None:
        return _accounts(request, refused=refused)
    messages.success(request, _("Disabled. Its sessions have ended."))
    return redirect("accounts:accounts")


@seen_by(OPENERS)
@require_POST
@proving
def resetting(request: HttpRequest, number: int) -> HttpResponse:
    """Give an account a new one-time password, shown once."""
    account = get_object_or_404(Account, pk=number)
    done = keeping.reset(account, account_of(request))
    if isinstance(done, Refused):
        return _accounts(request, refused=done)
    return _accounts(request, once=(account.username, done))


@seen_by(ACCOUNT_CHECKERS)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for the security administrator, and who may do what."""
    return _approvals(request)


@seen_by(ACCOUNT_CHECKERS)
@require_POST
@proving
def approving(request: HttpRequest, number: int) -> HttpResponse:
    """Let an account in, or refuse it."""
    account, checker = get_object_or_404(Account, pk=number), account_of(request)
    refuse = request.POST.get("decision") == "refuse"
    if refuse and not account.waiting:
        return _approvals(request, Refused(_("this account does not wait for approval"), "account"))
    refused = keeping.disable(account, checker) if refuse else keeping.approve(account, checker)
    if refused is not None:
        return _approvals(request, refused)
    messages.success(request, _("Refused.") if refuse else _("Approved: this account may log in now."))
    return redirect("accounts:approvals")


@seen_by(ANY_ACCOUNT)
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in."""
    values = {"seats": sitting.seats(account_of(request)), "here_session": request.session.session_key}
    return render(request, "accounts/sessions.html", values)


@seen_by(ANY_ACCOUNT)
@require_POST
def ending(request: HttpRequest, seat: int) -> HttpResponse:
    """End one of one's own sessions. Raises Http404 for anybody else's."""
    account = account_of(request)
    refused = sitting.end_noted(account, seat, Recorder(account.pseudonym, changes.SOURCE))
    if refused is not None:
        raise Http404(str(refused))
    messages.success(request, _("That session has ended."))
    return redirect("accounts:sessions")


def _accounts(
    request: HttpRequest,
    *,
    refused: Refused | None = None,
    given: dict[str, str] | None = None,
    once: tuple[str, str] | None = None,
) -> HttpResponse:
    values = {
        "page": paged(request, list(Account.objects.order_by("-waiting", "-is_active", "username"))),
        "roles": [(role.value, role.label) for role in Role if role != Role.FOUNDER],
        "refused": refused,
        "given": given or {},
        "once": once,
        "waits": account_of(request).role != Role.FOUNDER,
        "administrators": ADMINISTRATORS,
    }
    response = render(request, "accounts/accounts.html", values, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _approvals(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    values = {
        "waiting": Account.objects.filter(waiting=True).select_related("opened_by").order_by("created"),
        "found": Account.objects.filter(is_active=True).select_related("opened_by", "approved_by").order_by("role"),
        "refused": refused,
    }
    return render(request, "accounts/approvals.html", values, status=422 if refused else 200)

"""The page of one's own tokens; the security administrator also sees everybody's, and makes those of third parties."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, account_of, seen_by
from yunyue.doors.web.accounts.models import Account, Token
from yunyue.doors.web.accounts.proving import proving
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.tables.paging import paged
from yunyue.kernel import Recorder

SOURCE = "/console/tokens"
DAYS = (7, 30, 90, 180, 366)


@seen_by(ANY_ACCOUNT)
def listed(request: HttpRequest) -> HttpResponse:
    """The tokens, and a form to make another."""
    return _page(request)


@seen_by(ANY_ACCOUNT)
@require_POST
@proving
def making(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret is shown once."""
    me = account_of(request)
    account = me
    if request.POST.get("account", ""):
        account = get_object_or_404(Account, username=request.POST["account"][:64], is_active=True)
    days = request.POST.get("days", "")
    asked = tokens.Asked(
        name=request.POST.get("name", "")[:200],
        scopes=tuple(request.POST.getlist("scopes"))[:40],
        contract=request.POST.get("contract", "")[:128],
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0,
    )
    made = tokens.make(account, asked, Recorder(me.pseudonym, SOURCE), me)
    if isinstance(made, Refused):
        return _page(request, refused=made)
    return _page(request, once=made)


@seen_by(ANY_ACCOUNT)
@require_POST
def revoking(request: HttpRequest, number: int) -> HttpResponse:
    """Revoke one of one's own tokens; the security administrator any. Raises Http404 for anybody else's."""
    me, token = account_of(request), get_object_or_404(Token, pk=number)
    if token.account_id != me.pk and me.role != Role.SECURITY_ADMINISTRATOR:
        raise Http404
    refused = tokens.revoke(token, Recorder(me.pseudonym, SOURCE))
    if refused is not None:
        return _page(request, refused=refused)
    messages.success(request, _("Revoked. It lets nobody in any more."))
    return redirect("accounts:tokens")


def _page(
    request: HttpRequest, *, refused: Refused | None = None, once: tuple[Token, str] | None = None
) -> HttpResponse:
    me = account_of(request)
    every = me.role == Role.SECURITY_ADMINISTRATOR
    found = Token.objects.select_related("account").order_by("-created", "-pk")
    values = {
        "page": paged(request, list(found if every else found.filter(account=me))),
        "every": every,
        "third_parties": Account.objects.filter(role=Role.THIRD_PARTY, is_active=True) if every else (),
        "scopes": sorted(tokens.THIRD_PARTY) if me.role == Role.THIRD_PARTY else tokens.scopes(),
        "contracts_known": office().kernel.contracts() if every or me.role != Role.SYSTEM_ADMINISTRATOR else (),
        "days": DAYS,
        "refused": refused,
        "once": once,
    }
    response = render(request, "accounts/tokens.html", values, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response

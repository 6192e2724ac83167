"""The gate in front of every page: a page that does not say who may see it is seen by nobody."""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.passwords import too_old
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.sitting import idle

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

ANYONE: Final = "anyone"
ANY_ACCOUNT: Final = "any account"
MARK: Final = "seen_by"
CHANGE_PASSWORD: Final = "accounts:password"  # noqa: S105  # the name of a page, not a password


def seen_by(who: str | frozenset[Role]) -> Callable[[View], View]:
    """Declare who may see a page: ANYONE, ANY_ACCOUNT, or a set of roles."""
    if isinstance(who, str) and who not in (ANYONE, ANY_ACCOUNT):
        raise ValueError(f"Nobody is called {who}")

    def mark(view: View) -> View:
        setattr(view, MARK, who)
        return view

    return mark


def declared(view: Callable[..., Any]) -> str | frozenset[Role] | None:
    """Who a page says may see it; None when it does not say."""
    return cast(str | frozenset[Role] | None, getattr(view, MARK, None))


class Gate:
    """Middleware that lets a request through to its page, or does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """As Django asks of middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the page is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: object, _keywords: object
    ) -> HttpResponseBase | None:
        """None lets the request through. Raises PermissionDenied for an account of another role."""
        who = declared(view)
        if who == ANYONE:
            return None
        account = request.user
        if not isinstance(account, Account) or idle(request):
            return redirect_to_login(request.get_full_path())
        if (account.must_change_password or too_old(account)) and declared_name(request) not in (
            CHANGE_PASSWORD,
            "accounts:logout",
        ):
            return redirect(CHANGE_PASSWORD)
        if who == ANY_ACCOUNT or (isinstance(who, frozenset) and account.plays(who)):
            return None
        raise PermissionDenied


def declared_name(request: HttpRequest) -> str:
    """The name of the page a request is for, such as "console:overview"."""
    return request.resolver_match.view_name if request.resolver_match else ""


def account_of(request: HttpRequest) -> Account:
    """Who asks, on a page that only accounts see. Raises PermissionDenied otherwise."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user

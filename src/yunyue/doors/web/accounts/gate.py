"""The gate in front of every page: a page that does not say who may see it is seen by nobody."""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from yunyue.doors.web.access.entering import REACHED, SESSION, turned_out
from yunyue.doors.web.accounts.adapters import has_factor, must_have_factor
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.passwords import too_old
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.sitting import idle

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

ANYONE: Final = "anyone"
ANY_ACCOUNT: Final = "any account"
MARK: Final = "seen_by"
TURNED_AWAY: Final = "turned_away"
"""What stands on a request of somebody sent to log in first, or kept from a contract; access records look for it."""

SET_UP_FACTOR: Final = "mfa_index"
WITHOUT_FACTOR: Final = frozenset(
    {
        "accounts:logout", "accounts:language", "accounts:password", "account_logout", "account_reauthenticate",
        "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_view_recovery_codes",
    }
)  # fmt: skip
"""Where an account may go that has yet to set up the second factor its role needs."""

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
        if not isinstance(account, Account) or idle(request) or turned_out(request):
            setattr(request, TURNED_AWAY, True)
            return redirect_to_login(request.get_full_path())
        if SESSION in request.session:
            _keep_to_evidence(request)
        elif (first := _before_all(account, declared_name(request))) is not None:
            return redirect(first)
        if who == ANY_ACCOUNT or (isinstance(who, frozenset) and account.plays(who)):
            return None
        raise PermissionDenied


def _keep_to_evidence(request: HttpRequest) -> None:
    """Raises PermissionDenied where a session begun with a token does not reach."""
    if declared_name(request) not in REACHED:
        raise PermissionDenied


def _before_all(account: Account, page: str) -> str | None:
    """The page an account has to see to before any other; None when nothing is left to set up."""
    if must_choose(account):
        return None if page in (CHANGE_PASSWORD, "accounts:logout") else CHANGE_PASSWORD
    return SET_UP_FACTOR if lacks_factor(account) and page not in WITHOUT_FACTOR else None


def must_choose(account: Account) -> bool:
    """Whether the account's password has to be replaced before anything else."""
    return account.must_change_password or too_old(account)


def lacks_factor(account: Account) -> bool:
    """Whether the account has yet to set up the second factor its role needs."""
    return must_have_factor(account) and not has_factor(account)


def ready(account: Account) -> bool:
    """Whether nothing is left to be set up before the account may be used, by whichever door."""
    return account.is_active and not must_choose(account) and not lacks_factor(account)


def declared_name(request: HttpRequest) -> str:
    """The name of the page a request is for, such as "console:overview"."""
    return request.resolver_match.view_name if request.resolver_match else ""


def account_of(request: HttpRequest) -> Account:
    """Who asks, on a page that only accounts see. Raises PermissionDenied otherwise."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user

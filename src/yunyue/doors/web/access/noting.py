"""Puts every access to something protected, and every access that was refused, on record before the answer leaves.

It stands around the gate, so it sees whom the gate turned away. When the record cannot be written nobody is answered.
"""

from collections.abc import Callable
from typing import Final

from allauth.account.internal.stagekit import unstash_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, resolve, reverse

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses
from yunyue.doors.office import office
from yunyue.doors.web.access.kinds import LOGINS, kind_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.log import logger
from yunyue.store.access import Access
from yunyue.store.access.record import Outcome

TURNED_AWAY: Final = "turned_away"
"""What the gate writes on a request it sends to the login page, and a page on one for a contract not reached."""

TOKEN: Final = "api_token"  # noqa: S105  # the name of an attribute, no secret
PROVING: Final = frozenset({"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"})
KEPT_APART: Final = frozenset({Role.THIRD_PARTY})
"""Roles that reach some contracts only; a department is kept apart too."""
NAMES: Final = (
    *("project", "identifier", "finding", "order", "kind", "name", "replica", "person"),
    *("digest", "number", "seat", "token", "position", "pk"),
)

_log = logger(__name__)


class Noting:
    """Middleware that records."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """As Django asks of middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, once it is on record; 503 when it cannot be put there."""
        response = self.get_response(request)
        record = record_of(request, response)
        if record is None:
            return response
        refused = accesses(office()).note(record)
        if not isinstance(refused, Refused):
            return response
        _log.error("access.unrecorded", reason=str(refused))
        response.close()
        words = "这次访问无法记录，因此不予应答。 This access could not be put on record, so it is not answered."
        return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")


def record_of(request: HttpRequest, response: HttpResponseBase) -> Access | None:
    """The record of a request and its answer; None where nothing protected was asked for."""
    match = _match(request)
    if match is None:
        return None
    name = match.view_name
    entering = name in LOGINS and (request.method == "POST" or name == "openid_connect_callback")
    kind = "login" if entering else kind_of(name)
    actor, role, tenant = _who(request)
    outcome = _login_outcome(response) if entering else _outcome(request, response, bool(tenant) or role in KEPT_APART)
    if kind is None and outcome != "refused":
        return None
    return Access(
        at=int(office().clock.now().timestamp() * 1000),
        actor=actor,
        role=role,
        tenant=tenant,
        door="api" if name.startswith("api-") else "console",
        kind=kind or "business",
        what=f"{request.method} {name}",
        about=" ".join([*(str(match.kwargs[one]) for one in NAMES if one in match.kwargs), *_half_way(response)]),
        contract=str(match.kwargs.get("contract") or request.GET.get("contract", "")),
        outcome=outcome,
        status=response.status_code,
        address=str(request.META.get("REMOTE_ADDR", "")),
        request=request.headers.get("X-Request-ID", ""),
    )


def _match(request: HttpRequest) -> ResolverMatch | None:
    """The page that answered: after proving oneself that is the one whose request was kept, not the one that asked."""
    match = request.resolver_match
    if match is None or match.view_name not in PROVING:
        return match
    return resolve(request.path_info)


def _outcome(request: HttpRequest, response: HttpResponseBase, apart: bool) -> Outcome:
    """Who is kept apart and asks for what it cannot see is told there is no such thing: that is a refusal too."""
    unseen = response.status_code == 404 and apart
    if response.status_code in (401, 403) or unseen or getattr(request, TURNED_AWAY, False):
        return "refused"
    return "granted" if response.status_code < 400 else "failed"


def _login_outcome(response: HttpResponseBase) -> Outcome:
    """A login page that is shown again did not let anybody in; being asked for the second factor is a step on."""
    led_back = response.get("Location", "").startswith("/accounts/login") and not _half_way(response)
    return "granted" if response.status_code in (301, 302) and not led_back else "refused"


def _half_way(response: HttpResponseBase) -> tuple[str, ...]:
    """The name of the page that asks for the second factor, where it comes next: nobody is in yet."""
    next_page = response.get("Location", "").partition("?")[0]
    return ("mfa_authenticate",) if next_page == reverse("mfa_authenticate") else ()


def _who(request: HttpRequest) -> tuple[str, str, str]:
    """Pseudonym, role and department of who asks: a token by its own; who is not in yet by whom they say they are."""
    token, account = getattr(request, TOKEN, None), getattr(request, "user", None)
    if token is not None:
        return f"{token.pseudonym} {token.account.pseudonym}", token.account.role, token.account.tenant
    if not isinstance(account, Account):
        account = _claimed(request)
    return (account.pseudonym, account.role, account.tenant) if account else ("", "", "")


def _claimed(request: HttpRequest) -> Account | None:
    """The account somebody who is not in yet tries to come in as."""
    typed = request.POST.get("username", "")[:64] if request.method == "POST" else ""
    if typed:
        return Account.objects.filter(username=typed).first()
    begun = unstash_login(request, peek=True)
    return begun.user if begun is not None and isinstance(begun.user, Account) else None

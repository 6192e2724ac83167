"""Who may call what: the same accounts and roles as the console, by session or by token, deny first."""

import re
from functools import cache
from typing import Any, Final, cast

from django.http import HttpRequest
from ninja.security import APIKeyCookie

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.access.entering import SESSION
from yunyue.doors.web.access.reaching import reaches
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.gate import ready
from yunyue.doors.web.accounts.models import Account, Token
from yunyue.doors.web.accounts.proving import proven
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.sitting import idle

TOKEN: Final = "api_token"  # noqa: S105  # the name of an attribute, no secret
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_CHECK: Final = frozenset({"contracts", "fact", "catalogue"})
"""Operations that name no contract in their address, and keep to the token's by themselves."""

_PLACE: Final = re.compile(r"<(?:\w+:)?(\w+)>")


class TokenRefused(Exception):
    """A token that is not good for this call: 401 when it is none, 403 when it is not for this."""

    def __init__(self, status: int, refused: Refused) -> None:
        super().__init__(str(refused))
        self.status = status
        self.refused = refused


class Roles(APIKeyCookie):
    """Lets an account of one of the roles call an operation: by its session, where writing also needs the CSRF token,

    or by `Authorization: Bearer`, within the token's scopes and contract. `sensitive`: a session must have proved
    itself within the last minutes.
    """

    param_name = "sessionid"

    def __init__(self, roles: frozenset[Role], *, sensitive: bool = False) -> None:
        super().__init__(csrf=True)
        self.roles = roles
        self.sensitive = sensitive

    def __call__(self, request: HttpRequest) -> Any:
        """The account, or None. Raises TokenRefused."""
        given = request.headers.get("Authorization", "")
        return self._by_token(request, given) if given else super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The account, or None: not logged in, something left to set up, unused for too long, or another role."""
        del key
        account = request.user
        if SESSION in request.session:
            return None  # begun with a token, which itself is for the API
        if not isinstance(account, Account) or idle(request) or not ready(account) or not account.plays(self.roles):
            return None
        if self.sensitive and request.method not in READING and not proven(request):
            reason = "log in again within the last minutes before doing this, or use a token"
            raise TokenRefused(403, Refused(reason, "session"))
        contract = request.resolver_match.kwargs.get("contract") if request.resolver_match else None
        if contract is not None and not reaches(account, contract, office().kernel.contracts()):
            raise TokenRefused(404, Refused(f"there is no contract {contract!r}", "contract"))
        return account

    def _by_token(self, request: HttpRequest, given: str) -> Account:
        kind, _space, secret = given.partition(" ")
        found = tokens.bearer(secret.strip()) if kind.lower() == "bearer" else _not_bearer()
        if isinstance(found, Refused):
            raise TokenRefused(401, found)
        setattr(request, TOKEN, found)
        refused = self._beyond(request, found)
        if refused is not None:
            raise TokenRefused(403, refused)
        tokens.used(found, str(request.META.get("REMOTE_ADDR", "")))
        request.user = found.account
        return found.account

    def _beyond(self, request: HttpRequest, token: Token) -> Refused | None:
        """Why this token is not for this call; None when it is."""
        if not token.account.plays(self.roles):
            return Refused(f"role {token.account.role} does not call this operation", "Authorization")
        needed = f"{group_of(request)}:{'read' if request.method in READING else 'write'}"
        if needed not in token.granted:
            return Refused(f"this token is not for {needed}", "Authorization")
        return _outside(request, token)


def within(request: HttpRequest, contract: str) -> bool:
    """Whether what belongs to a contract may be shown to this caller: tokens and third parties may be for one only."""
    token = getattr(request, TOKEN, None)
    if token is not None:
        return token.contract in ("", contract)
    return isinstance(request.user, Account) and reaches(request.user, contract, office().kernel.contracts())


def group_of(request: HttpRequest) -> str:
    """The group of the operation asked for: its first tag in the description."""
    match = request.resolver_match
    path = "/" + _PLACE.sub(r"{\1}", match.route) if match else ""
    return _groups().get((path, (request.method or "").lower()), "")


@cache
def _groups() -> dict[tuple[str, str], str]:
    # The description is made of the operations, which name this module: it can be imported only once they are there.
    from yunyue.doors.api.urls import api

    paths = cast(dict[str, dict[str, dict[str, Any]]], api.get_openapi_schema()["paths"])
    return {
        (path, method): (one.get("tags") or [""])[0] for path, ways in paths.items() for method, one in ways.items()
    }


def _outside(request: HttpRequest, token: Token) -> Refused | None:
    match = request.resolver_match
    if not token.contract or match is None:
        return None
    asked = match.kwargs.get("contract")
    if asked == token.contract or (asked is None and match.url_name in OWN_CHECK):
        return None
    return Refused(f"this token is for contract {token.contract!r} only", "contract")


def _not_bearer() -> Refused:
    return Refused("the Authorization header says Bearer and the token", "Authorization")

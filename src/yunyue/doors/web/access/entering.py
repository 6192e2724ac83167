"""A third party comes in with a token: a session that ends with the token, and reaches the evidence of one contract."""

from typing import Any, Final

from django.contrib.auth import login, logout
from django.http import HttpRequest

from yunyue.answer import Refused
from yunyue.doors.web.accounts import throttle, tokens
from yunyue.doors.web.accounts.models import Token
from yunyue.doors.web.accounts.roles import Role

SESSION: Final = "entered_with"
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
REACHED: Final = frozenset(
    {"access:evidence", "access:evidence-fact", "access:comment", "accounts:logout", "accounts:language",
     "console:theme", "console:today", "account_logout"}
)  # fmt: skip
"""Where such a session may go."""


def enter(request: HttpRequest, secret: str) -> Token | Refused:
    """Begin a session with a token. Refused: unknown, expired, revoked, or no third party's."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if throttle.closed(f"token from {address}"):
        return Refused("too many wrong tokens from this address; try again later", "token")
    found = tokens.bearer(secret.strip())
    if isinstance(found, Refused):
        throttle.failed(f"token from {address}")
        return found
    if found.account.role != Role.THIRD_PARTY or not found.contract:
        return Refused("only a third party's token opens the evidence page", "token")
    login(request, found.account, backend=BACKEND)
    request.session[SESSION] = found.pk
    tokens.used(found, address)
    return found


def token_of(request: HttpRequest) -> Token | None:
    """The token this session was begun with; None for a session begun otherwise."""
    number: Any = request.session.get(SESSION)
    return None if number is None else Token.objects.filter(pk=number).first()


def turned_out(request: HttpRequest) -> bool:
    """Whether the token of this session is no good any more; the session is then ended."""
    if SESSION not in request.session:
        return False
    token = token_of(request)
    if token is not None and token.state == "active":
        return False
    logout(request)
    return True

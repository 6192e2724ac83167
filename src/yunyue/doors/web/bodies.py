"""How much one may send at once: a stranger little, an account a few documents; more is refused before it is read.

What has no length that it says has, to Django, no body at all: so the length alone decides.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.models import Account, Token

OF_STRANGERS: Final = 1 << 20
OF_ACCOUNTS: Final = 64 << 20
"""Three documents of the largest kind, and the form around them."""

WORDS: Final = "发送的内容过大，未予读取。 What was sent is too large, and was not read.\n"


class Bodies:
    """Middleware where it is known who sends, and nothing of it was read yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """As Django asks of middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; 413 for too much."""
        size = _length(request)
        if size <= OF_STRANGERS or (size <= OF_ACCOUNTS and _known(request)):
            return self.get_response(request)
        return HttpResponse(WORDS, status=413, content_type="text/plain; charset=utf-8")


def _length(request: HttpRequest) -> int:
    """Of the body, as Django will read it."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    return int(said) if said.isascii() and said.isdigit() else 0


def _known(request: HttpRequest) -> bool:
    """Whether an account sends this, by its session or by a token."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return isinstance(tokens.bearer(secret.strip()), Token)
    return isinstance(request.user, Account)

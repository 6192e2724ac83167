"""Before something sensitive is done its doer proves to be there: a password, code or key within the last minutes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def proven(request: HttpRequest) -> bool:
    """Whether whoever asks proved to be who they are within the last minutes."""
    return bool(did_recently_reauthenticate(request))


def proving(view: View) -> View:
    """A page that first asks to prove oneself again when that was long ago; what was sent is kept meanwhile.

    Raises ReauthenticationRequired, which the library turns into its question.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: Any, **keywords: Any) -> HttpResponseBase:
        if request.method == "POST" and not proven(request):
            raise ReauthenticationRequired
        return view(request, *arguments, **keywords)

    return cast(View, wrapped)

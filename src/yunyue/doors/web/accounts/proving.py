"""Before something sensitive is done its doer proves to be there: a password, code or key within the last minutes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve

from yunyue.doors.web.accounts.gate import Gate

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def proven(request: HttpRequest) -> bool:
    """Whether whoever asks proved to be who they are within the last minutes."""
    return bool(did_recently_reauthenticate(request))


def proving(view: View) -> View:
    """A page that first asks to prove oneself again when that was long ago; what was sent is kept meanwhile.

    What was kept goes through the gate once more: meanwhile the account may have been closed or be another's.
    Raises ReauthenticationRequired, which the library turns into its question.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: Any, **keywords: Any) -> HttpResponseBase:
        turned_away = _through_the_gate(request)
        if turned_away is not None:
            return turned_away
        if request.method == "POST" and not proven(request):
            _keep_whole(request)
            raise ReauthenticationRequired
        return view(request, *arguments, **keywords)

    return cast(View, wrapped)


def _keep_whole(request: HttpRequest) -> None:
    """The library resumes only what was sent to an address without a query; it keeps the query's fields apart."""
    kept = request.GET
    request.META["QUERY_STRING"] = ""
    request.GET = kept


def _through_the_gate(request: HttpRequest) -> HttpResponseBase | None:
    """None lets it through. The library resumes a kept request by calling its page, past all middleware."""
    match = resolve(request.path_info)
    if request.resolver_match is not None and request.resolver_match.view_name == match.view_name:
        return None
    request.resolver_match = match
    return Gate(_no_answer).process_view(request, match.func, match.args, match.kwargs)


def _no_answer(request: HttpRequest) -> HttpResponse:
    raise AssertionError(f"The gate alone is asked about {request.path_info}")

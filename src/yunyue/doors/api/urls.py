"""The API under one address, described by OpenAPI 3.1."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja.errors import ValidationError

from yunyue.doors.api import (
    accesses,
    accounts,
    containers,
    containers_images,
    containers_people,
    contracts,
    crypto,
    facts,
    firsts,
    keeping,
    monitor,
    monitor_acts,
    ordering,
    papers,
    registers,
    supervision,
    tickets,
)
from yunyue.doors.api.access import Roles, TokenRefused
from yunyue.doors.api.description import DescribedAPI
from yunyue.doors.api.errors import misunderstood, problem
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE, MARK
from yunyue.doors.web.accounts.roles import SERVICE_READERS

api = DescribedAPI(
    title="云约 Yunyue",
    version="1",
    description="What the console shows and records, for programs. Amounts are decimal text.",
    auth=Roles(SERVICE_READERS),
    docs_url=None,
)
api.add_router("/contracts", contracts.router)
api.add_router("/contracts", containers.router)
api.add_router("/contracts", containers_images.router)
api.add_router("/contracts", containers_people.router)
api.add_router("/contracts", crypto.router)
api.add_router("/contracts", monitor.router)
api.add_router("/contracts", monitor_acts.router)
api.add_router("", facts.router)
api.add_router("", ordering.router)
api.add_router("", tickets.router)
api.add_router("", papers.router)
api.add_router("", registers.router)
api.add_router("", supervision.router)
api.add_router("", keeping.router)
api.add_router("", accounts.router)
api.add_router("", accesses.router)
api.add_router("", firsts.router)

DESCRIPTION = ("openapi-json", "api-root")
"""Pages that are no operation: what the API looks like is told to every account."""


def _marked(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The gate leaves operations to their own check, which answers 401 in JSON where a page would redirect."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            setattr(pattern.callback, MARK, ANY_ACCOUNT if pattern.name in DESCRIPTION else ANYONE)
    return patterns


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 with the field and the rule, in the shape of every other refusal."""
    return api.create_response(request, misunderstood(error), status=422)


@api.exception_handler(TokenRefused)
def refused_token(request: HttpRequest, error: TokenRefused) -> HttpResponse:
    """401 for what is no token, 403 for one that is not for this, both with the reason."""
    answer = api.create_response(request, problem(error.refused), status=error.status)
    if error.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="yunyue"'
    return answer


urlpatterns = _marked(api.urls[0])
app_name = "api-1"

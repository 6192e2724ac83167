"""The API under one address, described by OpenAPI 3.1."""

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

from yunyue.doors.api import contracts, facts, orders
from yunyue.doors.api.access import Roles
from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, ANYONE, MARK
from yunyue.doors.web.accounts.roles import SERVICE_READERS

api = NinjaAPI(
    title="云约 Yunyue",
    version="1",
    description="What the console shows and records, for programs. Amounts are decimal text.",
    auth=Roles(SERVICE_READERS),
    docs_url=None,
)
api.add_router("/contracts", contracts.router)
api.add_router("", facts.router)
api.add_router("", orders.router)

DESCRIPTION = ("openapi-json", "api-root")
"""Pages that are no operation: what the API looks like is told to every account."""


def _marked(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The gate leaves operations to their own check, which answers 401 in JSON where a page would redirect."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            setattr(pattern.callback, MARK, ANY_ACCOUNT if pattern.name in DESCRIPTION else ANYONE)
    return patterns


urlpatterns = _marked(api.urls[0])
app_name = "api-1"

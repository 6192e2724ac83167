"""The bar above a long table and the pages below it."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.tables.models import LONGEST_NAME, SavedView

register = template.Library()


@register.inclusion_tag("tables/views.html", takes_context=True)
def saved_views(context: dict[str, Any]) -> dict[str, Any]:
    """The views an account keeps of the page it is on, and a field to keep this one."""
    request = context["request"]
    page = request.resolver_match.view_name if request.resolver_match else ""
    account = request.user
    kept = SavedView.objects.filter(account=account, page=page) if isinstance(account, Account) else ()
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "kept": kept,
        "page": page,
        "query": request.GET.urlencode(),
        "most": LONGEST_NAME,
    }


@register.inclusion_tag("tables/pages.html", takes_context=True)
def pages(context: dict[str, Any], page: "Page[Any]") -> dict[str, Any]:
    """Which page of the rows this is, and the ways to the others; the filter stays."""
    return {"request": context["request"], "page": page}


OWN_EXPORTS = ("as=excel", ".xlsx")
"""By these a page shows that it has an export of its own."""
SLOT = "<!-- export -->"
"""Where the button stands."""


class _Exportable(template.Node):
    """Draws a page, and offers its tables as Excel in its head where it has any and no such button yet."""

    def __init__(self, page: template.NodeList) -> None:
        self.page = page

    def render(self, context: template.Context) -> SafeString:
        page = self.page.render(context)
        offered = "<table" not in page or any(one in page for one in OWN_EXPORTS)
        button = "" if offered else render_to_string("tables/export.html", {"query": _as_excel(context["request"])})
        return mark_safe(page.replace(SLOT, button, 1))  # noqa: S308  # both were drawn, and escaped, by templates


def _as_excel(request: HttpRequest) -> str:
    """The question of this page, for its tables and not for one page of them."""
    query = request.GET.copy()
    query.pop("page", None)
    query["as"] = "excel"
    return query.urlencode()


@register.tag
def exportable(parser: Parser, token: Token) -> _Exportable:
    """Around the whole of a page; `<!-- export -->` marks where the button stands."""
    del token
    page = parser.parse(("endexportable",))
    parser.delete_first_token()
    return _Exportable(page)

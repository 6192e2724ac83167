"""The bar above a long table and the pages below it."""

from typing import Any

from django import template
from django.core.paginator import Page

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

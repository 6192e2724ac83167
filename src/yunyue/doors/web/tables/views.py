"""Keeping a page's filter under a name, and forgetting it."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, account_of, seen_by
from yunyue.doors.web.tables.models import LONGEST_NAME, LONGEST_QUERY, SavedView

MOST: Final = 20
"""Views one account keeps of one page."""
NOT_KEPT: Final = frozenset({"page", "as", "form"})
"""Parts of an address that are of the moment."""


@seen_by(ANY_ACCOUNT)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a view under a name; the same name again replaces it. Raises Http404 for a page there is not."""
    account, page = account_of(request), request.POST.get("page", "")
    query, name = kept(request.POST.get("query", "")), request.POST.get("name", "").strip()
    views = SavedView.objects.filter(account=account, page=page)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        said = _("Not saved. The name has 1 to %(most)s characters.") % {"most": LONGEST_NAME}
        messages.error(request, said)
    elif len(query) > LONGEST_QUERY:
        messages.error(request, _("Not saved. The filter is too long."))
    elif views.count() >= MOST and not views.filter(name=name).exists():
        messages.error(request, _("Not saved. A page keeps %(most)s views; delete one first.") % {"most": MOST})
    else:
        address(page)
        SavedView.objects.update_or_create(account=account, page=page, name=name, defaults={"query": query})
        messages.success(request, _("Saved."))
    return redirect(f"{address(page)}?{query}")


@seen_by(ANY_ACCOUNT)
@require_POST
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a view of one's own. Raises Http404 for anybody else's."""
    view = get_object_or_404(SavedView, pk=number, account=account_of(request))
    view.delete()
    return redirect(f"{address(view.page)}?{view.query}")


def kept(query: str) -> str:
    """A query without what is of the moment."""
    values = QueryDict(query, mutable=True)
    for name in NOT_KEPT:
        values.pop(name, None)
    return values.urlencode()


def address(page: str) -> str:
    """Where a page is. Raises Http404 when there is none of that name that needs no object."""
    try:
        return reverse(page)
    except NoReverseMatch as unknown:
        raise Http404(page) from unknown

"""Every table of every page as Excel: a page that answers `?as=excel` with itself has its tables read out of it.

What one may see is what one takes along: the page went through its own gate and onto the access record before.
Pages of long lists answer `?as=excel` themselves, with every row and not just those of one page.
"""

from collections.abc import Callable
from typing import TypeGuard

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from yunyue.doors.sheets import KIND, book
from yunyue.doors.web.tables.reading import sheets


class Exporting:
    """Middleware right around the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """As Django asks of middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The page; its tables where they were asked for and there are any."""
        answer = self.get_response(request)
        if request.method != "GET" or request.GET.get("as") != "excel" or not _is_page(answer):
            return answer
        found = sheets(answer.content.decode("utf-8"))
        if not found:
            return answer
        made = HttpResponse(book([(one.title, one.rows[0], one.rows[1:]) for one in found]), content_type=KIND)
        name = request.resolver_match.view_name.replace(":", "-") if request.resolver_match else "table"
        made["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        made["Cache-Control"] = "no-store"
        return made


def _is_page(answer: HttpResponseBase) -> TypeGuard[HttpResponse]:
    html = answer.get("Content-Type", "").startswith("text/html")
    return isinstance(answer, HttpResponse) and answer.status_code == 200 and html

"""Pages of a long list: a page number that cannot be is the nearest that can."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

ROWS = 50

Row = TypeVar("Row")


def paged(request: HttpRequest, rows: Sequence[Row]) -> "Page[Any]":
    """The page of the list that the address asks for with `page`; all of it where it is taken along as Excel."""
    if request.GET.get("as") == "excel":
        return Paginator(rows, max(len(rows), 1)).get_page(1)
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))

"""What every page of a project begins with: the question, the project, and what the account may do there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yunyue.answer import Refused
from yunyue.doors.web.accounts.gate import account_of
from yunyue.doors.web.console.asking import Asked, asked, unanswered
from yunyue.doors.web.containers.counter import Counter, counter

Page = Callable[..., HttpResponse]


def standing(verb: str) -> Callable[[Page], Page]:
    """A page of one project, for those who may do `verb` there.

    Http404 for a project that is not theirs to see, PermissionDenied where they may not do that.
    """

    def wrap(page: Page) -> Page:
        @wraps(page)
        def view(request: HttpRequest, project: str, **named: Any) -> HttpResponse:
            question = asked(request)
            if not isinstance(question, Asked):
                return unanswered(request, question)
            place = counter(account_of(request), question.contract, project)
            if isinstance(place, Refused):
                if place.field == "project":
                    raise Http404(project)
                return unanswered(request, place)
            if place.refused(verb) is not None:
                raise PermissionDenied
            return page(request, question, place, **named)

        return view

    return wrap


def shown(request: HttpRequest, template: str, question: Asked, place: Counter, **values: Any) -> HttpResponse:
    """A page, with what all of them have. 422 with what was refused."""
    tools = (
        *("logs", "diff", "apply", "scale", "undo", "exec", "delete"),
        *("rules", "members", "push", "sign"),
    )
    common = {"asked": question, "project": place.project, "may": {one: place.may(one) for one in tools}}
    status = 422 if values.get("refused") else 200
    return render(request, template, {**common, **values}, status=status)


def back(question: Asked, page: str, *arguments: str) -> HttpResponse:
    """To a page, after something was done."""
    return redirect(f"{reverse(page, args=arguments)}?contract={question.contract}")

"""What departments' own servers were told when jobs ended, and the secret they check that with."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.transcode.desk import Counter, counter
from yunyue.doors.web.transcode.roles import HANDERS, JOB_READERS


@seen_by(JOB_READERS)
@counter
def listed(request: HttpRequest, one: Counter) -> HttpResponse:
    """The newest callbacks of the departments one may see."""
    return _page(request, one, "")


@seen_by(HANDERS)
@require_POST
@counter
def secret(request: HttpRequest, one: Counter) -> HttpResponse:
    """The same with the department's secret, for this once."""
    return _page(request, one, one.own.callback_secret())


def _page(request: HttpRequest, one: Counter, shown: str) -> HttpResponse:
    rows = [(desk.tenant, _address(call.address, one), call) for desk in one.desks for call in desk.calls()]
    values = {
        "asked": one.question,
        "tab": "callbacks",
        "rows": sorted(rows, key=lambda row: row[2].job, reverse=True),
        "hands": one.hands,
        "everyones": not one.account.tenant,
        "secret": shown,
    }
    answer = render(request, "transcode/callbacks.html", values)
    if shown:
        answer["Cache-Control"] = "no-store"
    return answer


def _address(address: str, one: Counter) -> str:
    """Whole for the department itself; what stands behind a question mark may be a word of its own to its server."""
    if one.hands:
        return address
    parts = urlsplit(address)
    return parts._replace(query="…" if parts.query else "", fragment="").geturl()

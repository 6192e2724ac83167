"""Where a role begins its day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yunyue.doors.web.accounts.gate import ANY_ACCOUNT, account_of, seen_by
from yunyue.doors.web.accounts.roles import ACCOUNT_CHECKERS, CONTRACT_READERS, OPENERS


@seen_by(ANY_ACCOUNT)
def today(request: HttpRequest) -> HttpResponse:
    """The first screen of a role."""
    account = account_of(request)
    if account.plays(CONTRACT_READERS):
        return redirect("console:overview")
    if account.plays(OPENERS):
        return redirect("accounts:accounts")
    return redirect("accounts:approvals" if account.plays(ACCOUNT_CHECKERS) else "console:monitoring")

"""Whose a session is, for the front door, which has no Django around it: the rules of the gate, without a page."""

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest

from yunyue.doors.data.events import Viewer
from yunyue.doors.office import office
from yunyue.doors.web.access.entering import SESSION
from yunyue.doors.web.access.reaching import reached
from yunyue.doors.web.accounts.gate import ready
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.accounts.sitting import SEEN


def viewer(cookies: Mapping[str, str]) -> Viewer | None:
    """The account of a session that may see pages; None for any other. Looking on is no use: it keeps nobody in."""
    try:
        account = _account(cookies.get(settings.SESSION_COOKIE_NAME, ""))
        return None if account is None else Viewer(account.role, account.tenant, account.pseudonym, _kept_to(account))
    finally:
        # Threads of the front door come and go, and Django keeps a connection for each.
        connection.close()


def _kept_to(account: Account) -> frozenset[str] | None:
    """The contracts a third party is told of; None for every other role."""
    if account.role != Role.THIRD_PARTY:
        return None
    return frozenset(reached(account, office().kernel.contracts()))


def account_of_session(cookies: Mapping[str, str]) -> Account | None:
    """The account itself, for a door that asks more of it; close Django's connection after."""
    return _account(cookies.get(settings.SESSION_COOKIE_NAME, ""))


def _account(key: str) -> Account | None:
    request: Any = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key or None)
    account = get_user(request)
    seen = request.session.get(SEEN)
    idle = seen is not None and time.time() - seen > settings.IDLE_SECONDS
    entered = SESSION in request.session
    return account if isinstance(account, Account) and not idle and not entered and ready(account) else None

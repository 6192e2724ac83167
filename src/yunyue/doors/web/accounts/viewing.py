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
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.passwords import too_old
from yunyue.doors.web.accounts.sitting import SEEN


def viewer(cookies: Mapping[str, str]) -> Viewer | None:
    """The account of a session that may see pages; None for any other. Looking on is no use: it keeps nobody in."""
    try:
        account = _account(cookies.get(settings.SESSION_COOKIE_NAME, ""))
    finally:
        # Threads of the front door come and go, and Django keeps a connection for each.
        connection.close()
    if account is None or not account.is_active or account.must_change_password or too_old(account):
        return None
    return Viewer(account.role, account.tenant)


def _account(key: str) -> Account | None:
    request: Any = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key or None)
    account = get_user(request)
    seen = request.session.get(SEEN)
    idle = seen is not None and time.time() - seen > settings.IDLE_SECONDS
    return account if isinstance(account, Account) and not idle else None

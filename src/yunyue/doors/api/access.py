"""Who may call what: the same accounts and roles as the console, deny first."""

from typing import Any

from django.http import HttpRequest
from ninja.security import APIKeyCookie

from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role


class Roles(APIKeyCookie):
    """Lets an account of one of the roles call an operation, by its session; writing also needs the CSRF token."""

    param_name = "sessionid"

    def __init__(self, roles: frozenset[Role]) -> None:
        super().__init__(csrf=True)
        self.roles = roles

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The account, or None: not logged in, its password to be changed first, or another role."""
        del key
        account = request.user
        allowed = isinstance(account, Account) and not account.must_change_password and account.plays(self.roles)
        return account if allowed else None

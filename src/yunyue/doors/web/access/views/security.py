"""The security administrator's first screen: who waits, which grants are risky, what expires."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.web.accounts import passwords, tokens
from yunyue.doors.web.accounts.adapters import has_factor, must_have_factor
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.models import Account, Token
from yunyue.doors.web.accounts.roles import ACCOUNT_CHECKERS, Role
from yunyue.doors.web.crypto.ending import endings

SOON_DAYS: Final = 30
UNUSED: Final = timedelta(days=90)
AGEING_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Risk:
    """A grant to look at: whose, and why."""

    who: str
    role: str
    why: str


@seen_by(ACCOUNT_CHECKERS)
def security(request: HttpRequest) -> HttpResponse:
    """What needs the security administrator today."""
    return render(request, "access/security.html", granted())


def granted() -> dict[str, Any]:
    """Who waits, which grants are risky, what ends soon."""
    ending = endings(SOON_DAYS)
    return {
        "ending": () if isinstance(ending, Refused) else ending,
        "unseen": ending if isinstance(ending, Refused) else None,
        "waiting": Account.objects.filter(waiting=True).select_related("opened_by").order_by("created"),
        "risks": list(risks()),
        "expiring": tokens.expiring(SOON_DAYS),
        "passwords": _ageing(),
        "soon": SOON_DAYS,
    }


def risks() -> Iterator[Risk]:
    """Accounts and tokens that let in more easily, or more widely, than they should."""
    for account in Account.objects.filter(is_active=True).order_by("role", "username"):
        for why in _why(account):
            yield Risk(account.username, account.get_role_display(), why)
    for token in Token.objects.filter(revoked=None, expires__gt=timezone.now()).select_related("account"):
        if not token.contract and any(one.endswith(":write") for one in token.granted):
            yield Risk(f"{token.account.username} · {token.name}", token.pseudonym, _("writes under every contract"))


def _why(account: Account) -> Iterator[str]:
    if account.role == Role.FOUNDER:
        yield _("the one-time administrator is not retired")
    if must_have_factor(account) and not has_factor(account):
        yield _("no second factor yet")
    if account.opened_by_id is None and account.role != Role.FOUNDER:
        yield _("opened on the machine, approved by nobody")
    used = account.last_login or account.created
    if timezone.now() - used > UNUSED:
        yield _("not used for 90 days")


def _ageing() -> list[tuple[Account, int]]:
    """Accounts whose password has to be replaced soon, with the days left."""
    found = Account.objects.filter(is_active=True, password_chosen__isnull=False).order_by("password_chosen")
    left = [(one, (end - timezone.now()).days) for one in found if (end := passwords.ends(one)) is not None]
    return [(one, days) for one, days in left if days <= AGEING_DAYS]

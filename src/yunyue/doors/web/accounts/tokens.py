"""Tokens for programs: made for an account, shown once, kept as a digest, limited by scope, contract and time."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts import changes
from yunyue.doors.web.accounts.models import Account, Token
from yunyue.doors.web.accounts.roles import Role
from yunyue.host.randomness import token as chance
from yunyue.kernel import Recorder

PREFIX: Final = "yyt_"
LONGEST_DAYS: Final = 366
THIRD_PARTY_DAYS: Final = 90
USED_EVERY: Final = timedelta(seconds=60)
GROUPS: Final = (
    *(
        "contracts",
        "facts",
        "comments",
        "orders",
        "tickets",
        "papers",
        "proposals",
        "registers",
        "accounts",
        "tokens",
        "sessions",
        "access",
    ),
    *("monitor", "transcode", "containers", "crypto"),
)
"""Groups of operations, as the API's description tags them, and of streams beside it."""

THIRD_PARTY: Final = frozenset({"contracts:read", "facts:read", "comments:read", "comments:write"})
"""What a third party's token may be for: to read, to verify, to comment."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A token asked for; everything in it is untrusted. `scopes` are such as "facts:read"."""

    name: str
    scopes: tuple[str, ...]
    contract: str
    days: int


def scopes() -> tuple[str, ...]:
    """Every scope there is."""
    return tuple(f"{group}:{act}" for group in GROUPS for act in ("read", "write"))


def make(account: Account, asked: Asked, by: Recorder, maker: Account) -> tuple[Token, str] | Refused:
    """A token and its secret, which is shown this once. Refused: what it may not be for, or not for so long."""
    refused = _fits(account, asked) or _may(account, maker)
    if refused is not None:
        return refused
    secret = PREFIX + chance()
    with transaction.atomic():
        before = changes.state(account)
        made = Token.objects.create(
            account=account,
            name=asked.name.strip(),
            digest=digest(secret),
            scopes=" ".join(sorted(set(asked.scopes))),
            contract=asked.contract,
            expires=timezone.now() + timedelta(days=asked.days),
            made_by=maker,
        )
        failed = changes.note(account, "token_made", made.pseudonym, before, by)
        if failed is not None:
            transaction.set_rollback(True)
            return failed
    return made, secret


def beyond(own: Token, asked: Asked) -> Refused | None:
    """Why a program may not make this token with its own: it would do more, elsewhere, or for longer."""
    more = sorted(set(asked.scopes) - own.granted)
    if more:
        return Refused(_("a token makes no token for %s, which it is not for itself") % more[0][:40], "scopes")
    if own.contract and asked.contract != own.contract:
        return Refused(_("a token for one contract makes tokens for that contract only"), "contract")
    if timezone.now() + timedelta(days=asked.days) > own.expires:
        return Refused(_("a token makes no token that lasts longer than itself"), "days")
    return None


def revoke(token: Token, by: Recorder) -> Refused | None:
    """It lets nobody in any more, from this moment."""
    with transaction.atomic():
        before = changes.state(token.account)
        changed = Token.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now())
        if changed == 0:
            return Refused(_("this token is revoked already"), "token")
        failed = changes.note(token.account, "token_revoked", token.pseudonym, before, by)
        if failed is not None:
            transaction.set_rollback(True)
        return failed


def bearer(secret: str) -> Token | Refused:
    """The token of a secret. Refused: unknown, expired, revoked, or its account lets nobody in."""
    found = Token.objects.select_related("account").filter(digest=digest(secret)).first()
    if found is None:
        return Refused("this token is unknown", "Authorization")
    if found.state == "revoked":
        return Refused("this token is revoked", "Authorization")
    if found.state == "expired":
        return Refused("this token is expired", "Authorization")
    if not found.account.is_active:
        return Refused("the account of this token lets nobody in", "Authorization")
    return found


def used(token: Token, address: str) -> None:
    """Note when and from where it was used last; one write a minute, not one a call."""
    now = timezone.now()
    if token.last_used is None or now - token.last_used > USED_EVERY or token.last_address != address:
        Token.objects.filter(pk=token.pk).update(last_used=now, last_address=address[:64])


def digest(secret: str) -> str:
    """What is kept of a secret: 256 bits of chance need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def expiring(within_days: int) -> list[Token]:
    """The tokens that stop working soon, the first first."""
    until: datetime = timezone.now() + timedelta(days=within_days)
    found = Token.objects.filter(revoked=None, expires__gt=timezone.now(), expires__lte=until)
    return list(found.select_related("account").order_by("expires"))


def _fits(account: Account, asked: Asked) -> Refused | None:
    if not asked.name.strip() or len(asked.name) > 64:
        return Refused(_("name the token, in at most 64 characters"), "name")
    if not asked.scopes:
        return Refused(_("choose what the token is for"), "scopes")
    unknown = [one for one in asked.scopes if one not in scopes()]
    if unknown:
        return Refused(_("there is no scope %s") % unknown[0][:40], "scopes")
    longest = THIRD_PARTY_DAYS if account.role == Role.THIRD_PARTY else LONGEST_DAYS
    if not 1 <= asked.days <= longest:
        return Refused(_("a token of this account lasts 1 to %s days") % longest, "days")
    if asked.contract and asked.contract not in office().kernel.contracts():
        return Refused(_("there is no such contract"), "contract")
    return _limited(account, asked)


def _limited(account: Account, asked: Asked) -> Refused | None:
    """A third party reads, verifies and comments under one contract, and does nothing else."""
    if account.role != Role.THIRD_PARTY:
        return None
    if not asked.contract:
        return Refused(_("a third party's token is for one contract"), "contract")
    beyond = [one for one in asked.scopes if one not in THIRD_PARTY]
    return Refused(_("a third party's token is not for %s") % beyond[0], "scopes") if beyond else None


def _may(account: Account, maker: Account) -> Refused | None:
    """One makes tokens for oneself; the security administrator makes them for third parties."""
    if account.pk == maker.pk:
        return None
    if maker.role == Role.SECURITY_ADMINISTRATOR and account.role == Role.THIRD_PARTY:
        return None
    return Refused(_("a token is made by its account's holder, or for a third party by the security administrator"))

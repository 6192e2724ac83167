"""Every change of how somebody may come in is a fact of the installation: which account, what, its state before, after.

These are no facts of a contract: an account serves under all of them. The network address it was done from stands in
the access record of the same moment, where the law lets it be erased.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models.signals import post_delete, post_save

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.models import Account
from yunyue.journal.envelope import canonical, understand
from yunyue.kernel import Happening, Recorder

SOURCE: Final = "/console/security"
State = Mapping[str, Any]
_acting: Final[ContextVar[Recorder | None]] = ContextVar("acting", default=None)


class Unrecorded(Exception):
    """The journal did not take the fact of a change, so the change is undone."""


def state(account: Account) -> dict[str, Any]:
    """How somebody may come in as this account, without a name or a secret."""
    fresh = Account.objects.get(pk=account.pk)
    return {
        "account": fresh.pseudonym,
        "role": fresh.role,
        "tenant": fresh.tenant,
        "active": fresh.is_active,
        "waiting": fresh.waiting,
        "password": hashlib.sha256(fresh.password.encode()).hexdigest(),
        "factors": sorted(_label(one) for one in Authenticator.objects.filter(user=fresh)),
        "identities": sorted(_label(one) for one in SocialAccount.objects.filter(user=fresh)),
        "tokens": sorted(f"{one.pseudonym} {one.scopes} {one.contract} {one.revoked}" for one in fresh.tokens.all()),
        "sessions": sorted(fresh.seats.values_list("pk", flat=True)),
    }


def digest(of: State) -> str:
    """The digest of a state, as facts carry it."""
    return f"sha256:{hashlib.sha256(canonical(dict(of))).hexdigest()}"


def note(account: Account, what: str, about: str | None, before: State, by: Recorder) -> Refused | None:
    """Record that an account changed from `before` to what it is now."""
    values = {
        "account": account.pseudonym,
        "what": what,
        "about": about,
        "before": digest(before),
        "after": digest(state(account)),
    }
    said = understand("account.changed", values)
    if isinstance(said, Refused):
        return said
    kernel = office().kernel
    done = kernel.note([Happening(said, kernel.clock.now())], by)
    return done if isinstance(done, Refused) else None


def connect() -> None:
    """Note factors and identities as they come and go, whichever page or command does it."""
    for model, field, words in (
        (Authenticator, "factors", ("factor_added", "factor_removed")),
        (SocialAccount, "identities", ("identity_linked", "identity_unlinked")),
    ):
        _watch(model, field, words)


@contextmanager
def in_name_of(by: Recorder) -> Iterator[None]:
    """Whatever changes meanwhile was done by this one, and not by the holder."""
    before = _acting.set(by)
    try:
        yield
    finally:
        _acting.reset(before)


def _watch(model: Any, field: str, words: tuple[str, str]) -> None:
    def added(instance: Any, created: bool, **_keywords: Any) -> None:
        if created:
            now = state(instance.user)
            _require(instance, words[0], {**now, field: [one for one in now[field] if one != _label(instance)]})

    def removed(instance: Any, **_keywords: Any) -> None:
        now = state(instance.user)
        _require(instance, words[1], {**now, field: sorted([*now[field], _label(instance)])})

    post_save.connect(added, sender=model, weak=False, dispatch_uid=f"{field} added")
    post_delete.connect(removed, sender=model, weak=False, dispatch_uid=f"{field} removed")


def _require(instance: Any, what: str, before: State) -> None:
    """Raises Unrecorded; the page's transaction then undoes the change."""
    asking = getattr(context.request, "user", None)
    own = Recorder(asking.pseudonym if isinstance(asking, Account) else instance.user.pseudonym, SOURCE)
    refused = note(instance.user, what, _label(instance), before, _acting.get() or own)
    if refused is not None:
        raise Unrecorded(str(refused))


def _label(one: Any) -> str:
    kind = one.type if isinstance(one, Authenticator) else "identity"
    return f"{kind}:{one.pk}"

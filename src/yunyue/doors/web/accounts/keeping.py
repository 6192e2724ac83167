"""Opening, approving, disabling and resetting accounts: one asks, another agrees, and each step is a fact."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.web.accounts.models import Account, one_way
from yunyue.doors.web.accounts.roles import ADMINISTRATORS, Role
from yunyue.host.randomness import password
from yunyue.journal.facts import AccountApproved, AccountDisabled, AccountOpened, PasswordReset, Payload
from yunyue.kernel import Happening, Recorder

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
TENANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SOURCE: Final = "/console/accounts"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account asked for; everything in it is untrusted."""

    username: str
    person: str
    role: str
    tenant: str


def open_account(wanted: Wanted, opener: Account, source: str = SOURCE) -> str | Refused:
    """The one-time password of a new account. What the system administrator opens waits for another person."""
    refused = _fits(wanted)
    if refused is not None:
        return refused
    chosen = password()
    waits = opener.role != Role.FOUNDER
    account = Account(
        username=wanted.username,
        person=wanted.person,
        role=wanted.role,
        tenant=wanted.tenant,
        must_change_password=True,
        is_active=not waits,
        waiting=waits,
        opened_by=opener,
    )
    account.set_password(chosen)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            refused = _noted(_opened(account), Recorder(opener.pseudonym, source))
            if refused is not None:
                raise _Unrecorded
    except IntegrityError as broken:
        return _taken(broken)
    except _Unrecorded:
        return refused or Refused("not recorded")
    retire_founder()
    return chosen


def approve(account: Account, checker: Account, source: str = SOURCE) -> Refused | None:
    """Let a waiting account in; whoever opened or reset it does not."""
    if not account.waiting:
        return Refused(_("this account does not wait for approval"), "account")
    if account.opened_by_id == checker.pk:
        return Refused(_("whoever opened an account does not approve it"), "account")
    return _change(
        account,
        AccountApproved(account=account.pseudonym),
        (checker, source),
        {"waiting": False, "is_active": True, "approved_by": checker},
    )


def disable(account: Account, by: Account, source: str = SOURCE) -> Refused | None:
    """Close an account for good; its holder's sessions end at once. Nobody closes their own.

    Nor does one administrator take out, alone, those who watch over it: that is done on the machine, as a reset is.
    """
    if account.pk == by.pk:
        return Refused(_("nobody closes their own account"), "account")
    if account.is_active and account.role in ADMINISTRATORS and by.role != Role.FOUNDER:
        return Refused(_("an administrator's account is closed on the machine, not here"), "account")
    if not account.is_active and not account.waiting:
        return Refused(_("this account is disabled already"), "account")
    return _change(
        account, AccountDisabled(account=account.pseudonym), (by, source), {"waiting": False, "is_active": False}
    )


def reset(account: Account, by: Account, source: str = SOURCE) -> str | Refused:
    """A new one-time password; the account waits for approval again. An administrator's is reset on the machine only.

    Otherwise whoever resets passwords could come in as anyone else, and as who watches over them.
    """
    if account.role in ADMINISTRATORS or account.pk == by.pk:
        return Refused(_("an administrator's password is reset on the machine, not here"), "account")
    if not account.is_active and not account.waiting:
        return Refused(_("this account is disabled already"), "account")
    chosen = password()
    account.set_password(chosen)
    waits = by.role != Role.FOUNDER
    values = {
        "password": account.password,
        "must_change_password": True,
        "waiting": waits,
        "is_active": not waits,
        "opened_by": by,
        "approved_by": None,
    }
    return _change(account, PasswordReset(account=account.pseudonym), (by, source), values) or chosen


def open_on_machine(wanted: Wanted, by: Recorder) -> str | Refused:
    """The one-time password of an account opened by who holds the machine: nobody approves it, and the fact says so."""
    refused = _fits(wanted)
    if refused is not None:
        return refused
    chosen = password()
    account = Account(
        username=wanted.username,
        person=wanted.person,
        role=wanted.role,
        tenant=wanted.tenant,
        must_change_password=True,
    )
    account.set_password(chosen)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            refused = _noted(_opened(account), by)
            if refused is not None:
                raise _Unrecorded
    except IntegrityError as broken:
        return _taken(broken)
    except _Unrecorded:
        return refused or Refused("not recorded")
    retire_founder()
    return chosen


def close_on_machine(account: Account, by: Recorder) -> Refused | None:
    """Close an account from the machine itself, for when nobody at the console can."""
    if not account.is_active and not account.waiting:
        return Refused(_("this account is disabled already"), "account")
    said = AccountDisabled(account=account.pseudonym)
    return _changed(account, said, by, {"waiting": False, "is_active": False})


def reset_on_machine(account: Account, by: Recorder) -> str | Refused:
    """A new one-time password from the machine itself, where administrators' are reset too."""
    if not account.is_active:
        return Refused(_("this account is disabled already"), "account")
    chosen = password()
    account.set_password(chosen)
    values = {"password": account.password, "must_change_password": True}
    return _changed(account, PasswordReset(account=account.pseudonym), by, values) or chosen


def retire_founder() -> None:
    """Once the three administrators can all log in, the one-time administrator is retired."""
    active = Account.objects.filter(is_active=True, role__in=ADMINISTRATORS)
    if set(active.values_list("role", flat=True)) == ADMINISTRATORS:
        Account.objects.filter(role=Role.FOUNDER).update(is_active=False)


class _Unrecorded(Exception):
    """The journal did not take the fact, so the table is not changed either."""


def _change(account: Account, said: Payload, by: tuple[Account, str], values: dict[str, object]) -> Refused | None:
    return _changed(account, said, Recorder(by[0].pseudonym, by[1]), values)


def _changed(account: Account, said: Payload, by: Recorder, values: dict[str, object]) -> Refused | None:
    with transaction.atomic():
        changed = Account.objects.filter(pk=account.pk, waiting=account.waiting, is_active=account.is_active)
        if changed.update(**values) == 0:
            return Refused(_("somebody else changed this account meanwhile; look again"), "account")
        refused = _noted(said, by)
        if refused is not None:
            transaction.set_rollback(True)
            return refused
    retire_founder()
    return None


def _opened(account: Account) -> Payload:
    return AccountOpened(
        account=account.pseudonym,
        role=account.role,
        tenant=account.tenant or None,
        approval="needed" if account.waiting else "not_needed",
    )


def _noted(said: Payload, by: Recorder) -> Refused | None:
    kernel = office().kernel
    done = kernel.note([Happening(said, kernel.clock.now())], by)
    return done if isinstance(done, Refused) else None


def _fits(wanted: Wanted) -> Refused | None:
    if not NAME.fullmatch(wanted.username):
        return Refused(_("1 to 64 letters, digits and . _ @ -, beginning with a letter or digit"), "username")
    if not one_way(wanted.person) or len(one_way(wanted.person)) > 64:
        return Refused(_("say whose account it is, in at most 64 characters"), "person")
    if wanted.role not in set(Role) - {Role.FOUNDER}:
        return Refused(_("there is no such role"), "role")
    if wanted.tenant and not TENANT.fullmatch(wanted.tenant):
        return Refused(_("1 to 64 letters, digits and . _ -, beginning with a letter or digit"), "tenant")
    if wanted.role == Role.TENANT_USER and not wanted.tenant:
        return Refused(_("a tenant user belongs to a department"), "tenant")
    return None


def _taken(broken: IntegrityError) -> Refused:
    if "username" in str(broken):
        return Refused(_("this name is taken"), "username")
    return Refused(_("this person has an account already; nobody has two"), "person")

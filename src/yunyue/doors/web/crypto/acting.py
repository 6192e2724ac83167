"""What people do with keys here: most at once, destruction by two people. Used by the pages and by the API."""

from django.db import IntegrityError, transaction

from yunyue.answer import Refused
from yunyue.doors.office import office
from yunyue.doors.vault import space_of, vault_of
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.roles import Role
from yunyue.doors.web.crypto.models import KeyWish, Outcome
from yunyue.doors.web.crypto.roles import DESTROYERS, KEEPERS, SAVERS
from yunyue.services.crypto.custody.acts import ACTS, IRREVERSIBLE, Act, Wish, act, possible
from yunyue.services.crypto.key import WAITING_DAYS

AT_ONCE: dict[Act, frozenset[Role]] = {
    "rotate": KEEPERS,
    "disable": KEEPERS,
    "enable": KEEPERS,
    "undelete": SAVERS,
    "delete": KEEPERS,
}
"""Whose each act is; "delete" is only asked for."""


def understood(name: str) -> Act | Refused:
    """An act by its name."""
    found = next((one for one in ACTS if one == name), None)
    return found or Refused(f"there is no act {name!r}; known: {', '.join(ACTS)}", "act")


def do(account: Account, contract: str, wish: Wish) -> KeyWish | Refused | None:
    """Do it, or keep the wish until another person agrees. Refused: the role, another's key, its state, the vault."""
    if not account.plays(AT_ONCE[wish.act]):
        return Refused(f"role {account.role} does not {wish.act} keys", "act")
    mount = space_of(office(), contract, account.tenant, wish.space)
    if isinstance(mount, Refused):
        return mount
    refused = possible(vault_of(office()), wish)
    if refused is not None:
        return refused
    if wish.act not in IRREVERSIBLE:
        done = act(vault_of(office()), wish, account.pseudonym)
        return done if isinstance(done, Refused) else None
    try:
        with transaction.atomic():
            return KeyWish.objects.create(
                contract=contract,
                tenant=mount.tenant,
                space=wish.space,
                mount=mount.path,
                key=wish.key,
                days=wish.days,
                asked_by=account,
                asked=office().clock.now(),
            )
    except IntegrityError:
        return Refused("somebody asked for this key's destruction already", "key")


def decide(account: Account, contract: str, number: int, *, agree: bool) -> Refused | None:
    """Agree that a key be destroyed, or not. Refused: who asked, another role, a wish decided already, the vault."""
    if not account.plays(DESTROYERS):
        return Refused(f"role {account.role} does not decide on keys", "act")
    with transaction.atomic():
        found = KeyWish.objects.select_for_update().filter(pk=number, contract=contract).first()
        if found is None or (account.tenant and found.tenant != account.tenant):
            return Refused("there is no such wish", "wish")
        if found.outcome != Outcome.WAITING:
            return Refused("this wish was decided already", "wish")
        if found.asked_by_id == account.pk:
            return Refused("whoever asked for it does not decide on it", "wish")
        if agree:
            wish = Wish(found.space, found.key, "delete", found.days)
            done = act(vault_of(office()), wish, account.pseudonym)
            if isinstance(done, Refused):
                return done
        found.outcome = Outcome.APPROVED if agree else Outcome.REJECTED
        found.decided_by, found.decided = account, office().clock.now()
        found.save()
    return None


def waiting(contract: str, tenant: str) -> list[KeyWish]:
    """Wishes nobody decided yet; of one tenant only, unless `tenant` is empty."""
    found = KeyWish.objects.filter(contract=contract, outcome=Outcome.WAITING).select_related("asked_by")
    return list(found.filter(tenant=tenant) if tenant else found)


__all__ = ["AT_ONCE", "WAITING_DAYS", "decide", "do", "understood", "waiting"]

"""What second factors an account has, and taking them away for somebody who lost them."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from yunyue.answer import Refused
from yunyue.doors.web.accounts import changes
from yunyue.doors.web.accounts.models import Account
from yunyue.kernel import Recorder


def kinds(account: Account) -> list[str]:
    """Such as "totp" and "webauthn"."""
    return sorted(str(one) for one in Authenticator.objects.filter(user=account).values_list("type", flat=True))


def remove_all(account: Account, by: Recorder) -> Refused | None:
    """Take every factor away; each is a fact in the name of who did it. Refused: the journal does not take them."""
    try:
        with transaction.atomic(), changes.in_name_of(by):
            for one in Authenticator.objects.filter(user=account):
                one.delete()
    except changes.Unrecorded as unrecorded:
        return Refused(str(unrecorded))
    return None

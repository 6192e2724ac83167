"""Passwords grow old, and are not chosen again soon."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from yunyue.doors.web.accounts.models import Account, OldPassword


class NotUsedBefore:
    """A rule for new passwords: none of the last few."""

    def __init__(self, remembered: int) -> None:
        """`remembered` passwords cannot be chosen again."""
        self.remembered = remembered

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError for one of the last few."""
        if not isinstance(user, Account) or user.pk is None:
            return
        newest = user.old_passwords.order_by("-chosen", "-pk")[: self.remembered]
        if any(check_password(password, one.hashed) for one in newest):
            raise ValidationError(self.get_help_text(), code="used before")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("The new password is none of the last %(count)s.") % {"count": self.remembered}


def chosen(account: Account) -> None:
    """The holder chose a password of their own: it counts from now, and is remembered."""
    now = timezone.now()
    OldPassword.objects.create(account=account, hashed=account.password, chosen=now)
    Account.objects.filter(pk=account.pk).update(must_change_password=False, password_chosen=now)


def too_old(account: Account) -> bool:
    """Whether the password must be replaced because of its age."""
    since = account.password_chosen
    return since is not None and timezone.now() - since > timedelta(days=settings.PASSWORD_AGE_DAYS)

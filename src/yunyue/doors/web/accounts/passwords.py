"""Passwords are of several kinds of characters, grow old, and are not chosen again soon."""

from datetime import datetime, timedelta

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


class ManyKinds:
    """A rule for new passwords: so many of lower case, upper case, digits, and others (which Chinese is too)."""

    def __init__(self, classes: int) -> None:
        """`classes`, 1 to 4, is how many kinds are needed."""
        self.classes = classes

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError for a password of fewer kinds."""
        del user
        if len({_kind(one) for one in password}) < self.classes:
            raise ValidationError(self.get_help_text(), code="too few kinds")

    def get_help_text(self) -> str:
        """The rule in words."""
        words = _("The password has at least %(count)s of: lower case, upper case, digits, other characters.")
        return words % {"count": self.classes}


def _kind(character: str) -> str:
    for kind, holds in (("lower", str.islower), ("upper", str.isupper), ("digit", str.isdigit)):
        if holds(character):
            return kind
    return "other"


def chosen(account: Account) -> None:
    """The holder chose a password of their own: it counts from now, and is remembered."""
    now = timezone.now()
    OldPassword.objects.create(account=account, hashed=account.password, chosen=now)
    Account.objects.filter(pk=account.pk).update(must_change_password=False, password_chosen=now)


def ends(account: Account) -> datetime | None:
    """When the password must be replaced because of its age; None for never, and for one nobody chose."""
    since = account.password_chosen
    if since is None or not settings.PASSWORD_AGE_DAYS:
        return None
    return since + timedelta(days=settings.PASSWORD_AGE_DAYS)


def too_old(account: Account) -> bool:
    """Whether the password must be replaced because of its age."""
    end = ends(account)
    return end is not None and timezone.now() > end

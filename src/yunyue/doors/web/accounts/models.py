"""An account: a name to log in with, one role, and whether its password must be changed first."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from yunyue.doors.web.accounts.roles import Role


class Accounts(BaseUserManager["Account"]):
    """All accounts."""

    def open(self, username: str, role: Role, password: str) -> "Account":
        """Make an account whose password must be changed at the first login. Raises IntegrityError for a name taken."""
        account = self.model(username=username, role=role, must_change_password=True)
        account.set_password(password)
        account.save(using=self._db, force_insert=True)
        return account


class Account(AbstractBaseUser):
    """Someone who may log in. `must_change_password` holds until a one-time password has been replaced."""

    username = models.CharField(_("Account"), max_length=64, unique=True)
    role = models.CharField(_("Role"), max_length=32, choices=Role.choices)
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = Accounts()

    def __str__(self) -> str:
        return self.username

    def plays(self, roles: frozenset[Role]) -> bool:
        """Whether the account's role is among these."""
        return self.role in roles

"""An account: a name to log in with, the one person it belongs to, one role, and whether it may be used yet."""

import re
import unicodedata
from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yunyue.doors.web.accounts.roles import Role

APART: Final = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
"""The space that lists put into a Chinese name of two characters."""


def one_way(person: str) -> str:
    """A person written one way, so that nobody is two by a wide letter, a space, or a sign nobody sees."""
    seen = "".join(one for one in unicodedata.normalize("NFKC", person) if unicodedata.category(one) != "Cf")
    return APART.sub("", " ".join(seen.split()))


class Accounts(BaseUserManager["Account"]):
    """All accounts."""


class Account(AbstractBaseUser):
    """Someone who may log in. `must_change_password` holds until a one-time password has been replaced.

    `person` is what the office calls its holder (a staff number, say); it never leaves this table. Nobody has two
    accounts at a time, so that the three administrators are three people and a maker is never the checker.
    `waiting`: opened or reset by one person, not yet approved by another; `is_active` is then false.
    """

    username = models.CharField(_("Account"), max_length=64, unique=True)
    person = models.CharField(_("Person"), max_length=64, default="")
    role = models.CharField(_("Role"), max_length=32, choices=Role.choices)
    tenant = models.CharField(_("Department"), max_length=64, blank=True, default="")
    must_change_password = models.BooleanField(default=False)
    password_chosen = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    waiting = models.BooleanField(default=False)
    opened_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = Accounts()

    class Meta:
        """What no mistake of a page can get around, because the database refuses it."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("person"), name="one_account_a_person", condition=Q(is_active=True) | Q(waiting=True)
            ),
            models.CheckConstraint(
                name="approved_by_another", condition=Q(approved_by=None) | ~Q(approved_by=F("opened_by"))
            ),
            models.CheckConstraint(name="waiting_is_not_active", condition=~Q(waiting=True, is_active=True)),
            models.CheckConstraint(
                name="tenant_user_has_a_department", condition=~Q(role=Role.TENANT_USER) | ~Q(tenant="")
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def save(self, *arguments: object, **keywords: object) -> None:
        """Keep it; a person nobody named is the account's own name."""
        self.person = one_way(self.person) or self.username
        super().save(*arguments, **keywords)  # type: ignore[arg-type]  # Django's arguments, passed on as they are

    def plays(self, roles: frozenset[Role]) -> bool:
        """Whether the account's role is among these."""
        return self.role in roles

    @property
    def pseudonym(self) -> str:
        """What facts call it."""
        return f"user:{self.pk}"


class OldPassword(models.Model):
    """A password an account had, as its salted hash, so that it is not chosen again soon."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="old_passwords")
    hashed = models.CharField(max_length=128)
    chosen = models.DateTimeField(default=timezone.now)


class Seat(models.Model):
    """A session somebody logged in for: where from, with what, since when."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="seats")
    session = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=64)
    program = models.CharField(max_length=200)
    since = models.DateTimeField(auto_now_add=True)


class Strike(models.Model):
    """Wrong passwords and codes for one name since `since`. The name itself is kept as its digest only."""

    name = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)


class Token(models.Model):
    """What lets a program act for an account, within its scopes, under its contract, until it expires or is revoked.

    Only the digest of the secret is kept, so a copy of this table lets nobody in.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    name = models.CharField(_("Name"), max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=400)
    contract = models.CharField(_("Contract"), max_length=128, blank=True, default="")
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(_("Expires"))
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    last_used = models.DateTimeField(null=True)
    last_address = models.CharField(max_length=64, blank=True, default="")
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def pseudonym(self) -> str:
        """What facts call it."""
        return f"token:{self.pk}"

    @property
    def state(self) -> str:
        """In a word: active, expired or revoked."""
        if self.revoked is not None:
            return "revoked"
        return "active" if timezone.now() < self.expires else "expired"

    @property
    def granted(self) -> frozenset[str]:
        """Its scopes, such as "contracts:read"."""
        return frozenset(self.scopes.split())

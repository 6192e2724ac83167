"""What the pages keep: wishes to destroy a key, each decided by another person, and self-check reports."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yunyue.doors.web.accounts.models import Account


class Outcome(models.TextChoices):
    """What became of a wish."""

    WAITING = "awaiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class KeyWish(models.Model):
    """Somebody asks that a key be destroyed after so many days. `space` is the mount's identifier."""

    contract = models.CharField(max_length=128)
    tenant = models.CharField(max_length=64, blank=True)
    space = models.CharField(max_length=64)
    mount = models.CharField(max_length=200)
    key = models.CharField(max_length=128)
    days = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.WAITING)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    asked = models.DateTimeField()
    decided = models.DateTimeField(null=True)

    class Meta:
        """What no mistake of a page can get around, because the database refuses it."""

        ordering: ClassVar = ["-asked"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["space", "key"], condition=Q(outcome=Outcome.WAITING), name="one_wish_for_a_key_at_a_time"
            ),
            models.CheckConstraint(
                name="wish_decided_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="wish_decided_by_somebody",
                condition=Q(outcome=Outcome.WAITING, decided_by=None)
                | (~Q(outcome=Outcome.WAITING) & Q(decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mount}{self.key}"


class SelfCheck(models.Model):
    """A self-check: what was asked for, then its report. What was looked at is in it, what was typed in is not.

    `made_by` is nobody's account when it was run at a terminal: then `terminal` says by whom, such as cli:1000.
    Until the report is there (`content`), `found` is what was judged at once, and `endpoints` and `keys` say what a
    job still looks at; `failed`: the kind of error it ended with.
    """

    contract = models.CharField(max_length=128)
    tenant = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    terminal = models.CharField(max_length=64, blank=True)
    made = models.DateTimeField()
    content = models.JSONField(null=True)
    found = models.JSONField(default=list)
    endpoints = models.JSONField(default=list)
    keys = models.BooleanField(default=False)
    failed = models.CharField(max_length=64, blank=True)

    class Meta:
        """The newest first. Somebody made each."""

        ordering: ClassVar = ["-made", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="selfcheck_made_by_somebody",
                condition=Q(made_by__isnull=False, terminal="") | (Q(made_by=None) & ~Q(terminal="")),
            ),
        ]

    @property
    def by(self) -> str:
        """Who made it, by the name the system knows them under."""
        return self.terminal if self.made_by is None else self.made_by.pseudonym

    def __str__(self) -> str:
        return f"{self.contract} {self.made}"

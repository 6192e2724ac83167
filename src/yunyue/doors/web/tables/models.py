"""A saved view: what somebody filters a page by, kept under a name of their own."""

from typing import ClassVar

from django.db import models

from yunyue.doors.web.accounts.models import Account

LONGEST_NAME = 40
LONGEST_QUERY = 500


class SavedView(models.Model):
    """One account's view of one page. `page` is the page's name, `query` what follows the question mark."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    page = models.CharField(max_length=100)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)

    class Meta:
        """A name stands once on a page."""

        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "page", "name"], name="a_name_once_on_a_page")
        ]

    def __str__(self) -> str:
        return self.name

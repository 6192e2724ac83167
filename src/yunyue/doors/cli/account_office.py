"""The accounts of the installation, open for one command, with the journal that takes what is done to them.

Django's tables can be imported only once the home folder is known, so some imports stand inside the functions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from yunyue.answer import Refused
from yunyue.catalog import Registry
from yunyue.doors.cli.installed import before_accounts, default_actor, opened, require_installation, settings
from yunyue.doors.cli.voice import Declined
from yunyue.doors.office import Office, open_office
from yunyue.doors.web import setup
from yunyue.kernel import Recorder
from yunyue.kernel.hosting import Hosting
from yunyue.store.series import Series

if TYPE_CHECKING:
    from yunyue.doors.web.accounts.models import Account

SOURCE = "/cli/accounts"


@contextmanager
def account_office() -> Iterator[Recorder]:
    """Who acts on the accounts, once all is open: the person at this terminal. Raises Declined."""
    chosen = settings()
    require_installation(chosen)
    before_accounts()
    setup.migrate(chosen)
    from django.utils import translation

    # No service works for a command on accounts, so none is loaded.
    series = Series.open(chosen.home / "series")
    try:
        # Reasons are English here, as everywhere below the doors; the voice says them in the reader's language.
        with opened() as kernel, translation.override("en"):
            open_office(Office(Hosting(kernel, Registry({}), series)))
            yield Recorder(default_actor(), SOURCE)
    finally:
        series.close()


def named(name: str) -> "Account":
    """The account of that name. Raises Declined."""
    from yunyue.doors.web.accounts.models import Account

    found = Account.objects.filter(username=name).first()
    if found is None:
        raise Declined(Refused(f"there is no account {name!r}", "NAME"))
    return found

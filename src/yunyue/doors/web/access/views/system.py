"""The system administrator's first screen: is it well, busy, backed up. Nothing of what the contract says."""

import shutil
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yunyue.doors.accesses import accesses
from yunyue.doors.office import Office, office
from yunyue.doors.web.access.health import newest_backup, state
from yunyue.doors.web.accounts.gate import seen_by
from yunyue.doors.web.accounts.models import Account, Seat, Token
from yunyue.doors.web.accounts.roles import OPENERS
from yunyue.store.access import Wanted

PARTS: Final = {"journal": _("Journal"), "accounts": _("Accounts"), "jobs": _("Jobs")}
"""What the parts are called that must be ready."""

BACKUP_DAYS: Final = 1
"""A backup older than this is shown as late."""


@seen_by(OPENERS)
def system(request: HttpRequest) -> HttpResponse:
    """Health, load, backups."""
    return render(request, "access/system.html", measured(office()))


def measured(office: Office) -> dict[str, Any]:
    """How the machine is; parts are named in the reader's language."""
    home = office.settings.home
    usage = shutil.disk_usage(home)
    backup, now = newest_backup(home), office.clock.now()
    since = int((now - timedelta(days=1)).timestamp() * 1000)
    return {
        "checks": [(PARTS.get(name, name), well, words) for name, well, words in state(office)],
        "facts": office.kernel.journal.head().size,
        "accounts": Account.objects.filter(is_active=True).count(),
        "waiting": Account.objects.filter(waiting=True).count(),
        "seats": Seat.objects.count(),
        "tokens": Token.objects.filter(revoked=None).count(),
        "requests": accesses(office).search(Wanted(since=since), 0).total,
        "refused_count": accesses(office).search(Wanted(since=since, outcome="refused"), 0).total,
        "free": usage.free // (1 << 30),
        "used": round(usage.used * 100 / usage.total),
        "backup": backup,
        "late": backup is None or now - backup > timedelta(days=BACKUP_DAYS),
    }

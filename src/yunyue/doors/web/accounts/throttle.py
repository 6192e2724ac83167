"""Too many wrong passwords or codes for one name close it for a while: the one lock-out there is.

Kept in the database, so that it holds across processes and restarts. Wrong passwords at the login page, at the
question to prove oneself again and where a new one is chosen, and wrong codes of a second factor, are all counted under
the account's name.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from yunyue.doors.web.accounts.models import Strike


def closed(username: str) -> bool:
    """Whether the name has used up its attempts."""
    found = Strike.objects.filter(name=_key(username)).first()
    return found is not None and not _over(found) and found.count >= settings.LOCKOUT_ATTEMPTS


def failed(username: str) -> None:
    """Count a wrong password or code; the time runs from the first one."""
    found, _new = Strike.objects.get_or_create(name=_key(username))
    if _over(found):
        Strike.objects.filter(pk=found.pk).update(count=1, since=timezone.now())
    else:
        Strike.objects.filter(pk=found.pk).update(count=F("count") + 1)


def succeeded(username: str) -> None:
    """Forget the wrong ones."""
    Strike.objects.filter(name=_key(username)).delete()


def _over(strike: Strike) -> bool:
    return timezone.now() - strike.since > timedelta(seconds=settings.LOCKOUT_SECONDS)


def _key(username: str) -> str:
    return hashlib.sha256(username.strip().lower().encode("utf-8")).hexdigest()

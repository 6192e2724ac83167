"""Sessions as seats: who sits where since when, which can be taken away, and which nobody has used for a while."""

import time
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from yunyue.answer import Refused
from yunyue.doors.web.accounts import changes
from yunyue.doors.web.accounts.models import Account, Seat
from yunyue.kernel import Recorder

SEEN: Final = "seen"
NOTED_EVERY: Final = 60
"""Seconds between two notes of use: one write a minute, not one a page."""
BY_ITSELF: Final = "X-Live"
"""The header by which a page says that it asks by itself, because something happened: nobody used it."""
DISPLAYS: Final = frozenset({"console:wall"})
"""Pages that hang where nobody touches them; being kept current keeps their session."""


def connect() -> None:
    """Note seats as people log in and out."""
    user_logged_in.connect(_sat_down, dispatch_uid="seat")
    user_logged_out.connect(_stood_up, dispatch_uid="seat")


def idle(request: HttpRequest) -> bool:
    """Whether the session was not used for too long; it is then ended. Else its use is noted, if it was used."""
    now = int(time.time())
    seen = request.session.get(SEEN)
    if seen is not None and now - seen > settings.IDLE_SECONDS:
        logout(request)
        return True
    if seen is None or (now - seen >= NOTED_EVERY and not _by_itself(request)):
        request.session[SEEN] = now
    return False


def _by_itself(request: HttpRequest) -> bool:
    match = request.resolver_match
    return BY_ITSELF in request.headers and (match is None or match.view_name not in DISPLAYS)


def seats(account: Account) -> list[Seat]:
    """The sessions of an account that have not ended, newest first."""
    found = list(account.seats.order_by("-since"))
    alive = set(Session.objects.filter(pk__in=[seat.session for seat in found]).values_list("pk", flat=True))
    return [seat for seat in found if seat.session in alive]


def end(account: Account, seat: int) -> bool:
    """End a session of this account; whether there was one."""
    found = account.seats.filter(pk=seat).first()
    if found is None:
        return False
    Session.objects.filter(pk=found.session).delete()
    found.delete()
    return True


def end_noted(account: Account, seat: int, by: Recorder) -> Refused | None:
    """End a session and note it, both or neither. Refused: there is none of that number, or it cannot be noted."""
    with transaction.atomic():
        before = changes.state(account)
        if not end(account, seat):
            return Refused(f"there is no session {seat}", "number")
        refused = changes.note(account, "session_ended", f"session:{seat}", before, by)
        if refused is not None:
            transaction.set_rollback(True)
        return refused


def _sat_down(sender: Any, request: HttpRequest, user: Account, **_keywords: Any) -> None:
    del sender
    session = request.session.session_key
    if session is None:
        return
    Seat.objects.update_or_create(
        session=session,
        defaults={
            "account": user,
            "address": str(request.META.get("REMOTE_ADDR", ""))[:64],
            "program": str(request.headers.get("User-Agent", ""))[:200],
        },
    )


def _stood_up(sender: Any, request: HttpRequest, user: Account | None, **_keywords: Any) -> None:
    del sender, user
    if request.session.session_key is not None:
        Seat.objects.filter(session=request.session.session_key).delete()

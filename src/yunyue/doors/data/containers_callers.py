"""Who asks the containers' streams: by a token, or by their session in the console; decided as for every other door.

To be imported only once Django's settings are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.db import connection

from yunyue.answer import Refused
from yunyue.doors.accesses import accesses
from yunyue.doors.data.containers_streams import Asked, Guest, Turned
from yunyue.doors.office import office
from yunyue.doors.web.access.reaching import reaches
from yunyue.doors.web.accounts import tokens
from yunyue.doors.web.accounts.models import Account
from yunyue.doors.web.accounts.viewing import account_of_session
from yunyue.doors.web.containers.counter import Counter, counter, say
from yunyue.doors.web.containers.roles import PROJECT_READERS, WORKERS
from yunyue.store.access import Access
from yunyue.store.access.record import Outcome

READING: Final = frozenset({"logs"})
UNSEEN: Final = Turned(404, "there is no such contract or project")


@dataclass(frozen=True, slots=True)
class _Caller:
    """An account, and the token it came with ("" by session)."""

    account: Account
    token: str = ""


def caller(asked: Asked) -> Guest | Turned:
    """Let in, or turned away: nobody, another role, a token for something else, a page of another site, a stranger."""
    try:
        found = _who(asked)
        place = found if isinstance(found, Turned) else _place(found.account, asked)
        account = found if isinstance(found, _Caller) else None
        refused = _noted(asked, account, place)
        if refused is not None:
            return refused
        if isinstance(place, Turned) or account is None:
            return place if isinstance(place, Turned) else UNSEEN
        if asked.verb not in READING:
            say(place, asked.verb, asked.about)
        return Guest(account.account.pseudonym, place.project, place.engine, lambda: _still(asked))
    finally:
        # Threads of the front door come and go, and Django keeps a connection for each.
        connection.close()


def _still(asked: Asked) -> bool:
    """Whether they would be let in now: a session ends, a token is revoked, a member goes."""
    try:
        found = _who(asked)
        return isinstance(found, _Caller) and isinstance(_place(found.account, asked), Counter)
    finally:
        connection.close()


def _who(asked: Asked) -> _Caller | Turned:
    given = asked.headers.get("authorization", "")
    if given:
        return _by_token(given, asked)
    account = account_of_session(asked.cookies)
    if account is None:
        return Turned(401, "log in, or show a token")
    if not _own_page(asked.headers):
        return Turned(403, "a connection by session comes from our own pages")
    return _Caller(account)


def _by_token(given: str, asked: Asked) -> _Caller | Turned:
    kind, _, secret = given.partition(" ")
    found = tokens.bearer(secret.strip()) if kind.lower() == "bearer" else Refused("no bearer token")
    if isinstance(found, Refused):
        return Turned(401, found.reason)
    needed = f"containers:{'read' if asked.verb in READING else 'write'}"
    if needed not in found.granted:
        return Turned(403, f"this token is not for {needed}")
    if found.contract not in ("", asked.contract):
        return Turned(403, f"this token is for contract {found.contract!r} only")
    tokens.used(found, asked.address)
    return _Caller(found.account, found.pseudonym)


def _own_page(headers: Mapping[str, str]) -> bool:
    """Browsers say which page opened a connection; no other site's may use the session (RFC 6455 §10.2)."""
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host", "-")


def _place(account: Account, asked: Asked) -> Counter | Turned:
    roles = PROJECT_READERS if asked.verb in READING else WORKERS
    if not account.plays(roles):
        return Turned(403, f"role {account.role} does not open streams of containers")
    contracts = office().kernel.contracts()
    if asked.contract not in contracts or not reaches(account, asked.contract, contracts):
        return UNSEEN
    place = counter(account, asked.contract, asked.project)
    if isinstance(place, Refused):
        return UNSEEN if place.field == "project" else Turned(422, str(place))
    refused = place.refused(asked.verb)
    return place if refused is None else Turned(403, refused.reason)


def _noted(asked: Asked, who: _Caller | None, place: Counter | Turned) -> Turned | None:
    """Put on record before anything is answered. Turned away: it cannot be put there."""
    account = who.account if who is not None else None
    turned = place if isinstance(place, Turned) else None
    outcome: Outcome = "granted" if turned is None else "failed" if turned.status == 422 else "refused"
    record = Access(
        at=int(office().clock.now().timestamp() * 1000),
        actor=f"{who.token} {who.account.pseudonym}".strip() if who is not None else "",
        role=account.role if account is not None else "",
        tenant=account.tenant if account is not None else "",
        door="stream",
        kind="business",
        what=f"containers {asked.verb}",
        about=f"{asked.project} {asked.about}",
        contract=asked.contract,
        outcome=outcome,
        status=turned.status if turned is not None else 101,
        address=asked.address,
        request=asked.headers.get("x-request-id", ""),
    )
    refused = accesses(office()).note(record)
    return Turned(503, "this access could not be put on record") if isinstance(refused, Refused) else None
